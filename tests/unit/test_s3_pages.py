"""Web pages of other origins: preflight requests, and what real answers tell their browsers."""

from __future__ import annotations

import io

import pytest

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer

PAGE = "https://page.example"
RULES = [
    {
        "AllowedOrigins": ["https://*.example"],
        "AllowedMethods": ["PUT", "GET"],
        "AllowedHeaders": ["*"],
        "MaxAgeSeconds": 60,
        "ExposeHeaders": ["ETag"],
    },
    {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]},
]


@pytest.fixture
def store(home):
    store = engine_of(home).parts.objects
    store.create_bucket("bucket", "us-east-1", "123456789012")
    store.configure_bucket("bucket", "cors", RULES)
    store.put("bucket", "k", b"content")
    return store


@pytest.fixture
def ask(home, store):
    def ask(method, operation, path="/bucket/k", peer=None, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = HttpRequest(method, path, "", "localhost:8080", Headers(names), io.BytesIO(), "s3", operation, peer)
        return handle(request, home)

    return ask


def preflight(ask, method="PUT", origin=PAGE, **more):
    asked = {"origin": origin, "access_control_request_method": method, **more}
    return ask("OPTIONS", "OptionsObject", peer=Peer("192.0.2.1"), **{k: v for k, v in asked.items() if v})


def test_a_page_may_ask_without_a_signature(ask):
    answer = preflight(ask, access_control_request_headers="X-Amz-Date, content-type")

    assert answer.status == 200
    allowed = {name: value for name, value in answer.headers.items() if name.startswith("access-control")}
    assert allowed == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-methods": "PUT, GET",
        "access-control-allow-headers": "x-amz-date, content-type",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "ETag",
        "access-control-max-age": "60",
    }


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"origin": None}, 400, b"Origin request header needed"),
        ({"method": None}, 400, b"Invalid Access-Control-Request-Method"),
        ({"origin": "http://other.org"}, 403, b"This CORS request is not allowed"),
        ({"method": "DELETE"}, 403, b"This CORS request is not allowed"),
    ],
)
def test_what_a_page_may_not(ask, changes, status, text):
    answer = preflight(ask, **changes)
    assert (answer.status, text in answer.body) == (status, True)


def test_a_bucket_without_rules_lets_no_page_in(ask, store):
    store.configure_bucket("bucket", "cors", None)
    assert b"CORS is not enabled for this bucket" in preflight(ask).body
    assert "access-control-allow-origin" not in ask("HEAD", "HeadObject", origin=PAGE).headers


@pytest.mark.parametrize(("path", "status"), [("/bucket/k", 200), ("/bucket/none", 404)])
def test_answers_tell_the_browser_whether_its_page_may_see_them(ask, path, status):
    answer = ask("GET", "GetObject", path, origin=PAGE)
    assert (answer.status, answer.headers.get("access-control-allow-origin")) == (status, PAGE)
    for _ in answer.pieces():
        pass
    everybody = ask("GET", "GetObject", path, origin="http://other.org")
    assert everybody.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in everybody.headers
    for _ in everybody.pieces():
        pass


def test_who_comes_from_no_page_is_told_nothing(ask):
    answer = ask("HEAD", "HeadObject")
    assert not any(name.startswith("access-control") for name in answer.headers)
