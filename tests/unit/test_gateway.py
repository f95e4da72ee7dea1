from __future__ import annotations

import io

import pytest

from sagewright.engine.gateway.handlers.identify import inherited, region_of
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.gateway.wire import Headers, HttpRequest


def request(
    body: bytes = b"", host: str = "s3.eu-west-1.amazonaws.com", query: str = "", **headers: str
) -> HttpRequest:
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return HttpRequest("PUT", "/", query, host, named, io.BytesIO(body), "s3", "PutObject")


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("bucket.s3.amazonaws.com", "/a/b%20c", ("bucket", "a/b c")),
        ("my.bucket.s3.eu-west-1.amazonaws.com", "/", ("my.bucket", "")),
        ("s3.us-east-1.amazonaws.com", "/bucket/a//b", ("bucket", "a//b")),
        ("s3.us-east-1.amazonaws.com", "/", ("", "")),
        ("bucket.s3.cn-north-1.amazonaws.com.cn", "/k", ("bucket", "k")),
        ("localhost:9000", "/bucket/k", ("bucket", "k")),
    ],
)
def test_bucket_and_key(host, path, expected):
    assert bucket_and_key(host, path) == expected


@pytest.mark.parametrize(
    ("asked", "region"),
    [
        (
            request(authorization="AWS4-HMAC-SHA256 Credential=AK/20261125/eu-north-1/s3/aws4_request, ..."),
            "eu-north-1",
        ),
        (request(query="X-Amz-Credential=AK%2F20261125%2Fap-south-1%2Fs3%2Faws4_request"), "ap-south-1"),
        (request(), "eu-west-1"),
        (request(host="example.test"), "us-east-1"),
    ],
)
def test_region_of(asked, region):
    assert region_of(asked) == region


def test_jobs_inherit_no_secrets():
    environ = {
        "PATH": "/bin",
        "AWS_SECRET_ACCESS_KEY": "s",
        "DB_PASSWORD": "p",
        "OMP_NUM_THREADS": "2",
        "HF_TOKEN": "t",
    }

    assert inherited(environ) == {"PATH": "/bin", "OMP_NUM_THREADS": "2"}
