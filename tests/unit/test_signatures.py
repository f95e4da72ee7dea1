"""Signatures: AWS's own test suite in reverse, what botocore signs, and what must not pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sagewright.engine.signatures import faults, v2, v4
from sagewright.engine.signatures.chunks import ChunkSignatures
from sagewright.engine.signatures.claims import Claim, Scope, claim_of, unix_of
from sagewright.engine.signatures.forms import claim_of_form, verify_post

SUITE = json.loads((Path(__file__).parent / "signature_cases" / "aws4_testsuite.json").read_text())
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEYS = Credentials("AKIDEXAMPLE", SECRET)


def parse_raw(text: str) -> dict[str, Any]:
    """Read a request of the suite as a server does: doubled headers are joined, folded lines unfolded."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    method, _, target = first.partition(" ")
    path, _, query = target.rpartition(" ")[0].partition("?")
    headers: dict[str, str] = {}
    name = ""
    for line in filter(None, lines):
        if line[0] in " \t":
            headers[name] += " " + line.strip()
            continue
        name, _, value = line.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return {"method": method, "path": path, "query": query, "headers": headers, "body": body}


@pytest.mark.parametrize("case", SUITE["cases"], ids=lambda case: case["name"])
def test_awss_test_suite(case: dict[str, str]) -> None:
    request = parse_raw(case["req"])
    headers = {**request["headers"], "authorization": case["authz"]}
    for line in case["creq"].split("\n"):  # the suite hands a session's token over beside the request
        if line.startswith("x-amz-security-token:"):
            headers.setdefault("x-amz-security-token", line.partition(":")[2])
    claim = claim_of(headers, request["query"])
    v4.check_time(claim, unix_of("20150830T123600Z"))
    v4.check_scope(claim, ("us-east-1",), ("service",))
    arguments = {
        "method": request["method"],
        "path": request["path"],
        "query": request["query"],
        "host": headers["host"],
        "headers": headers,
        "payload": hashlib.sha256(request["body"].encode()).hexdigest(),
        "is_s3": False,
    }
    v4.verify(claim, SECRET, **arguments)
    for changed in ({"method": "PUT"}, {"host": "evil.example.com"}, {"payload": "0" * 64}, {"query": "a=1&b=2&c=3"}):
        with pytest.raises(faults.Mismatch):
            v4.verify(claim, SECRET, **{**arguments, **changed})
    with pytest.raises(faults.Mismatch):
        v4.verify(claim, SECRET + "x", **arguments)


def signed(
    signer: Callable[..., Any],
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    service: str = "s3",
    token: str | None = None,
    **options: Any,
) -> tuple[Claim, dict[str, Any]]:
    """Let botocore sign a request; return its claim, and what `v4.verify` needs beside it."""
    request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
    credentials = Credentials("AKIDEXAMPLE", SECRET, token)
    signer(credentials, service, "us-east-1", **options).add_auth(request)
    prepared = request.prepare()
    parts = urlsplit(prepared.url)
    found = {k.lower(): v.decode() if isinstance(v, bytes) else v for k, v in prepared.headers.items()}
    arguments = {"method": method, "path": parts.path, "query": parts.query, "host": parts.netloc, "headers": found}
    return claim_of(found, parts.query), arguments


S3_URLS = (
    "http://localhost:8080/bucket/key",
    "http://bucket.localhost:8080/a%20key/with%2Fslash//double/../dots/%C3%BC%2B",
    "http://localhost:8080/bucket/key?versionId=abc&response-content-type=text%2Fplain%2B",
    "http://localhost:8080/bucket?prefix=a%20b%2Bc&list-type=2&delimiter=%2F&empty=&acl",
    "http://[::1]:8080/bucket/~tilde-_.",
)


@pytest.mark.parametrize("url", S3_URLS)
def test_what_botocore_signs_for_s3_passes_and_nothing_else_does(url: str) -> None:
    claim, arguments = signed(botocore.auth.S3SigV4Auth, url, method="PUT", headers={"x-amz-meta-a": "two  spaces "})
    arguments |= {"payload": arguments["headers"]["x-amz-content-sha256"], "is_s3": True}
    v4.verify(claim, SECRET, **arguments)
    for changed in (
        {"method": "DELETE"},
        {"path": arguments["path"] + "x"},
        {"path": arguments["path"].replace("bucket", "other") + "/"},
        {"query": arguments["query"] + "&acl=x"},
        {"host": "other:8080"},
        {"headers": {**arguments["headers"], "x-amz-meta-a": "other"}},
        {"payload": hashlib.sha256(b"other").hexdigest()},
    ):
        with pytest.raises(faults.Mismatch):
            v4.verify(claim, SECRET, **{**arguments, **changed})
    with pytest.raises(faults.UnsignedHeaders):
        v4.verify(claim, SECRET, **{**arguments, "headers": {**arguments["headers"], "x-amz-acl": "public-read"}})


@pytest.mark.parametrize("url", S3_URLS)
def test_presigned_urls(url: str) -> None:
    claim, arguments = signed(botocore.auth.S3SigV4QueryAuth, url, token="the/token=", expires=60)
    assert (claim.method, claim.expires_s, claim.token) == ("query", 60, "the/token=")
    arguments |= {"payload": "UNSIGNED-PAYLOAD", "is_s3": True}
    v4.verify(claim, SECRET, **arguments)
    v4.check_time(claim, claim.signed_at + 60)
    with pytest.raises(faults.Untimely, match="Request has expired"):
        v4.check_time(claim, claim.signed_at + 61)
    with pytest.raises(faults.Untimely, match="not yet valid"):
        v4.check_time(claim, claim.signed_at - 901)
    for old, new in (("X-Amz-Expires=60", "X-Amz-Expires=600"), ("X-Amz-Date=2", "X-Amz-Date=3")):
        query = arguments["query"].replace(old, new)
        assert query != arguments["query"]
        with pytest.raises(faults.BadSignature):
            v4.verify(claim_of({}, query), SECRET, **{**arguments, "query": query})


def test_a_plus_means_what_it_is_read_as() -> None:
    claim, arguments = signed(botocore.auth.S3SigV4Auth, "http://h/b?prefix=a%2Bb")
    arguments |= {"payload": arguments["headers"]["x-amz-content-sha256"], "is_s3": True}
    with pytest.raises(faults.Mismatch):
        v4.verify(claim, SECRET, **{**arguments, "query": "prefix=a+b"})
    claim, arguments = signed(botocore.auth.S3SigV4Auth, "http://h/b?prefix=a%20b")
    arguments |= {"payload": arguments["headers"]["x-amz-content-sha256"], "is_s3": True}
    v4.verify(claim, SECRET, **{**arguments, "query": "prefix=a+b"})


def test_an_encoded_slash_stays_one() -> None:
    claim, arguments = signed(botocore.auth.S3SigV4Auth, "http://h/bucket/a/b")
    arguments |= {"payload": arguments["headers"]["x-amz-content-sha256"], "is_s3": True}
    with pytest.raises(faults.Mismatch):
        v4.verify(claim, SECRET, **{**arguments, "path": "/bucket%2Fa/b"})


def test_headers_of_other_alphabets_and_usual_ports() -> None:
    claim, arguments = signed(botocore.auth.S3SigV4Auth, "http://h/b/k", headers={"x-amz-meta-a": "zwölf  Boxkämpfer"})
    headers = {k: v.encode().decode("latin-1") for k, v in arguments["headers"].items()}
    arguments |= {"payload": headers["x-amz-content-sha256"], "is_s3": True, "headers": headers, "host": "h:80"}
    v4.verify(claim, SECRET, **arguments)


@pytest.mark.parametrize(
    ("headers", "query", "kind"),
    [
        ({}, "", faults.Unsigned),
        ({}, "list-type=2", faults.Unsigned),
        ({"authorization": "Basic dXNlcjpwYXNz"}, "", faults.Incomplete),
        ({"authorization": ""}, "", faults.Incomplete),
        ({"authorization": "AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/s3/aws4_request"}, "", faults.Incomplete),
        ({"authorization": "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0"}, "", faults.Incomplete),
        ({"authorization": "AWS4-HMAC-SHA256 x"}, "X-Amz-Signature=0", faults.Ambiguous),
        ({}, "X-Amz-Signature=0&AWSAccessKeyId=a&Signature=0", faults.Ambiguous),
        ({}, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-Signature=1", faults.Ambiguous),
        ({}, "X-Amz-Signature=0", faults.Incomplete),
        ({}, "X%2DAmz-Signature=0", faults.Incomplete),
        ({}, "AWSAccessKeyId=a&Signature=0&Expires=never", faults.Incomplete),
        ({}, "AWSAccessKeyId=a&Signature=0&SignatureVersion=1&Timestamp=x", faults.Incomplete),
    ],
)
def test_what_is_no_claim(headers: dict[str, str], query: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        claim_of(headers, query)


@pytest.mark.parametrize("expires", ["604801", "-1", "soon", "1e9", "²"])
def test_expiries_that_are_none(expires: str) -> None:
    _, arguments = signed(botocore.auth.S3SigV4QueryAuth, "http://h/b/k", expires=60)
    query = arguments["query"].replace("X-Amz-Expires=60", f"X-Amz-Expires={expires}")
    with pytest.raises(faults.Incomplete, match="X-Amz-Expires"):
        claim_of({}, query)


def test_scopes() -> None:
    claim, _ = signed(botocore.auth.SigV4Auth, "http://h/", service="sagemaker")
    v4.check_scope(claim, (), ("sagemaker",))
    for regions, services, message in (
        (("eu-west-1",), ("sagemaker",), "valid region"),
        ((), ("s3",), "correct service: 's3'"),
    ):
        with pytest.raises(faults.WrongScope, match=message):
            v4.check_scope(claim, regions, services)
    with pytest.raises(faults.WrongScope, match="Date in Credential scope"):
        v4.check_scope(replace(claim, at="20200101T000000Z"), (), ())


def test_times() -> None:
    claim, _ = signed(botocore.auth.SigV4Auth, "http://h/", service="sagemaker")
    for now in (claim.signed_at - 900, claim.signed_at + 900):
        v4.check_time(claim, now)
    with pytest.raises(faults.Untimely, match="Signature expired"):
        v4.check_time(claim, claim.signed_at + 901)
    with pytest.raises(faults.Untimely, match="Signature not yet current"):
        v4.check_time(claim, claim.signed_at - 901)


def test_version_2_urls() -> None:
    url = "http://localhost/bucket/a%20key?response-content-type=text%2Fplain&versionId=x"
    request = AWSRequest(method="GET", url=url)
    request.auth_path = "/bucket/a%20key"
    botocore.auth.HmacV1QueryAuth(Credentials("AKIDEXAMPLE", SECRET, "token"), expires=60).add_auth(request)
    parts = urlsplit(str(request.url))
    claim = claim_of({}, parts.query)
    arguments: dict[str, Any] = {"method": "GET", "path": parts.path, "query": parts.query, "bucket": "", "headers": {}}
    v2.verify_url(claim, SECRET, **arguments)
    v2.verify_url(claim, SECRET, **{**arguments, "path": "/a%20key", "bucket": "bucket"})
    v2.verify_url(claim, SECRET, **{**arguments, "query": parts.query + "&prefix=open"})
    assert claim.expires_s is not None
    v2.check_url_time(claim, claim.expires_s)
    with pytest.raises(faults.Untimely):
        v2.check_url_time(claim, claim.expires_s + 1)
    for changed in ({"path": "/bucket/other"}, {"method": "PUT"}, {"headers": {"x-amz-acl": "private"}}):
        with pytest.raises(faults.Mismatch):
            v2.verify_url(claim, SECRET, **{**arguments, **changed})
    with pytest.raises(faults.Mismatch):
        v2.verify_url(claim, SECRET, **{**arguments, "query": parts.query + "&tagging"})
    with pytest.raises(faults.UnsignedHeaders):
        v2.verify_url(claim, SECRET, **{**arguments, "query": parts.query + "&encryption"})


def test_version_2_forms() -> None:
    request = AWSRequest(method="POST", url="http://localhost:8080/", data={"Action": "Publish", "Message": "a b+c/ü"})
    botocore.auth.SigV2Auth(KEYS).add_auth(request)
    fields: dict[str, str] = dict(request.data or {})
    claim = claim_of({}, "", fields)
    arguments: dict[str, Any] = {"method": "POST", "host": "localhost:8080", "path": "/", "fields": fields}
    v2.verify_form(claim, SECRET, **arguments)
    v2.check_form_time(claim, claim.signed_at + 900)
    with pytest.raises(faults.Untimely):
        v2.check_form_time(claim, claim.signed_at + 901)
    with pytest.raises(faults.Mismatch):
        v2.verify_form(claim, SECRET, **{**arguments, "fields": {**fields, "Message": "other"}})


def test_chunks_as_the_manual_has_them() -> None:
    """Amazon S3 API Reference, sigv4-streaming: the example of 66,560 bytes."""
    claim = Claim(
        method="header",
        key_id="AKIAIOSFODNN7EXAMPLE",
        signature="4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        at="20130524T000000Z",
        signed_at=0.0,
        scope=Scope("20130524", "us-east-1", "s3"),
    )
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    chunks = [
        ("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", b"a" * 65536),
        ("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", b"a" * 1024),
        ("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", b""),
    ]
    checker = ChunkSignatures(claim, secret)
    for signature, content in chunks:
        checker.chunk(signature, hashlib.sha256(content).hexdigest())
    swapped = ChunkSignatures(claim, secret)
    with pytest.raises(faults.Mismatch):
        swapped.chunk(chunks[1][0], hashlib.sha256(chunks[1][1]).hexdigest())


def test_forms_of_browsers() -> None:
    """Amazon S3 API Reference, sigv4-post-example: its policy is not printed whole, so botocore signs one."""
    request = AWSRequest(method="POST", url="http://h/bucket")
    request.context["s3-presign-post-fields"] = {}
    request.context["s3-presign-post-policy"] = {"expiration": "2030-01-01T00:00:00Z", "conditions": []}
    botocore.auth.S3SigV4PostAuth(KEYS, "s3", "us-east-1").add_auth(request)
    fields = {name.lower(): value for name, value in request.context["s3-presign-post-fields"].items()}
    claim = claim_of_form(fields)
    verify_post(claim, SECRET, fields["policy"])
    with pytest.raises(faults.Mismatch):
        verify_post(claim, SECRET, fields["policy"] + "A")
    with pytest.raises(faults.Mismatch):
        verify_post(claim, "other", fields["policy"])


def test_forms_of_browsers_in_version_2() -> None:
    request = AWSRequest(method="POST", url="http://h/bucket")
    request.context["s3-presign-post-fields"] = {}
    request.context["s3-presign-post-policy"] = {"expiration": "2030-01-01T00:00:00Z", "conditions": []}
    botocore.auth.HmacV1PostAuth(KEYS).add_auth(request)
    fields = {name.lower(): value for name, value in request.context["s3-presign-post-fields"].items()}
    verify_post(claim_of_form(fields), SECRET, fields["policy"])
    with pytest.raises(faults.Mismatch):
        verify_post(claim_of_form(fields), "other", fields["policy"])
    with pytest.raises(faults.Unsigned):
        claim_of_form({"key": "x"})


def test_chunks_and_trailers_as_the_manual_has_them() -> None:
    """Amazon S3 API Reference, sigv4-streaming-trailers: the same bytes with a checksum behind them."""
    claim = Claim(
        method="header",
        key_id="AKIAIOSFODNN7EXAMPLE",
        signature="106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        at="20130524T000000Z",
        signed_at=0.0,
        scope=Scope("20130524", "us-east-1", "s3"),
    )
    checker = ChunkSignatures(claim, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    for signature, content in (
        ("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2", b"a" * 65536),
        ("1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7", b"a" * 1024),
        ("2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992", b""),
    ):
        checker.chunk(signature, hashlib.sha256(content).hexdigest())
    trailer = hashlib.sha256(b"x-amz-checksum-crc32c:sOO8/Q==\n").hexdigest()
    checker.trailer("d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435", trailer)
