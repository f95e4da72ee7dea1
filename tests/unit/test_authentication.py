"""What comes over the network and is not signed as it must be is refused, in the words of its service."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from urllib.parse import urlencode, urlsplit

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sagewright.engine.abc import Record
from sagewright.engine.gateway.authentication.payloads import HashedBody
from sagewright.engine.gateway.mounts.botocore import from_botocore
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.vocabulary.errors import ApiError
from tests.unit.networked import ACCOUNT, REGION, ROOT, Keys, Network

WRONG = Keys(ROOT.id, "another secret")
STRANGER = Keys("AKIANOBODYNOBODYNOBO", "secret")

# One call per protocol.
CALLS = {
    "s3": ("s3", "list_buckets", {}),
    "json": ("sagemaker", "list_training_jobs", {}),
    "rest-json": ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "e", "Body": b"1,2"}),
    "query": ("sts", "get_caller_identity", {}),
    "cbor": ("cloudwatch", "list_metrics", {}),
    "foreign json": ("dynamodb", "list_tables", {}),
    "foreign query": ("sns", "list_topics", {}),
    "ec2": ("ec2", "describe_instances", {}),
}


@pytest.fixture
def network(tmp_path):
    return Network(tmp_path)


def refusal(client, method, **params):
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def unsign(request):
    del request.headers["authorization"]


def move_clock(network, monkeypatch, seconds):
    """Let requests arrive so much later (or earlier) than they are signed."""
    monkeypatch.setattr(network.parts.clock, "now", lambda: datetime.now(timezone.utc).timestamp() + seconds)


CODES = {
    # protocol: unsigned, unknown key, wrong secret, too late
    "s3": ("AccessDenied 403", "InvalidAccessKeyId 403", "SignatureDoesNotMatch 403", "RequestTimeTooSkewed 403"),
    "json": (
        "MissingAuthenticationTokenException 400",
        "UnrecognizedClientException 400",
        "InvalidSignatureException 400",
        "InvalidSignatureException 400",
    ),
    "rest-json": (
        "MissingAuthenticationTokenException 403",
        "UnrecognizedClientException 403",
        "InvalidSignatureException 403",
        "InvalidSignatureException 403",
    ),
    "query": (
        "MissingAuthenticationToken 403",
        "InvalidClientTokenId 403",
        "SignatureDoesNotMatch 403",
        "SignatureDoesNotMatch 403",
    ),
    "ec2": ("AuthFailure 401", "AuthFailure 401", "AuthFailure 401", "AuthFailure 401"),
}
CODES |= {"cbor": CODES["query"], "foreign json": CODES["json"], "foreign query": CODES["query"]}


@pytest.mark.parametrize("protocol", CALLS)
def test_who_is_not_believed(network, monkeypatch, protocol):
    service, method, params = CALLS[protocol]
    unsigned, unknown, wrong, late = CODES[protocol]
    for expected, keys, tamper in ((unsigned, ROOT, unsign), (unknown, STRANGER, None), (wrong, WRONG, None)):
        code, status, _ = refusal(network.client(service, keys, tamper), method, **params)
        assert f"{code} {status}" == expected
    move_clock(network, monkeypatch, 902)
    code, status, _ = refusal(network.client(service), method, **params)
    assert f"{code} {status}" == late
    move_clock(network, monkeypatch, -902)
    code, status, _ = refusal(network.client(service), method, **params)
    assert f"{code} {status}" == late


@pytest.mark.parametrize("protocol", CALLS)
def test_what_is_changed_on_the_way(network, protocol):
    service, method, params = CALLS[protocol]

    def with_body(request):
        request.body = io.BytesIO(request.body.read() + b" ")

    def with_query(request):
        request.query += "&a=b" if request.query else "a=b"

    def with_host(request):
        request.host = "elsewhere:8080"

    def with_header(request):
        request.headers["x-amz-new"] = "value"

    def with_signature(request):
        text = request.headers["authorization"]
        request.headers["authorization"] = text[:-1] + ("0" if text[-1] != "0" else "1")

    wrong = CODES[protocol][2].split()[0]
    for tamper in (with_body, with_query, with_host, with_header, with_signature):
        if tamper is with_body and service == "s3":
            continue  # bound while it is read: below
        code = refusal(network.client(service, tamper=tamper), method, **params)[0]
        assert code == ("AccessDenied" if service == "s3" and tamper is with_header else wrong), tamper


def test_who_signs_is_believed(network):
    identity = network.client("sts").get_caller_identity()
    assert (identity["Arn"], identity["Account"]) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
    assert network.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
    assert network.client("cloudwatch").list_metrics()["Metrics"] == []
    assert network.client("sns").list_topics()["Topics"] == []


def test_texts(network):
    message = refusal(network.client("sagemaker", WRONG), "list_training_jobs")[2]
    assert message.startswith(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this "
        "request should have been\n'POST\n/\n\n"
    )
    assert WRONG.secret not in message
    assert ROOT.secret not in message
    assert refusal(network.client("sts", STRANGER), "get_caller_identity")[2] == (
        "The security token included in the request is invalid."
    )
    assert refusal(network.client("s3", STRANGER), "list_buckets")[2] == (
        "The AWS Access Key Id you provided does not exist in our records."
    )


def test_a_key_that_is_put_out_of_use_stops_working_at_once(network):
    keys = network.put_key(Keys("AKIASECONDSECONDSECO", "s"), None)
    client = network.client("sts", keys)
    client.get_caller_identity()
    network.put_key(keys, None, status="Inactive")
    assert refusal(client, "get_caller_identity")[0] == "InvalidClientTokenId"
    network.put_key(keys, None)
    client.get_caller_identity()
    network.parts.state.delete("iam-access-key", "", keys.id)
    assert refusal(client, "get_caller_identity")[0] == "InvalidClientTokenId"


def test_a_user_that_is_gone_takes_his_keys_along(network):
    keys = network.put_key(Keys("AKIAUSERUSERUSERUSER", "s"), "ann")
    assert refusal(network.client("sts", keys), "get_caller_identity")[0] == "InvalidClientTokenId"
    network.parts.state.put(
        Record("iam-user", ACCOUNT, "ann", {"path": "/staff/", "id": "AIDAANN", "tags": []}), expected_version=0
    )
    identity = network.client("sts", keys).get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:user/staff/ann", "AIDAANN")


def test_credentials_for_another_service(network):
    def for_sts(request):
        signer = botocore.auth.SigV4Auth(Credentials(ROOT.id, ROOT.secret), "sts", REGION)
        body = request.body.read()
        resigned = AWSRequest("POST", f"http://{request.host}/", data=body)
        resigned.headers["X-Amz-Target"] = request.headers["x-amz-target"]
        signer.add_auth(resigned)
        request.headers = Headers({name: str(value) for name, value in resigned.headers.items()})
        request.body = io.BytesIO(body)

    code, _, message = refusal(network.client("sagemaker", tamper=for_sts), "list_training_jobs")
    assert (code, message) == (
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'sagemaker'.",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AWS AKIA:signature", "InvalidRequest"),
        ("Bearer token", "InvalidArgument"),
        ("AWS4-HMAC-SHA256 Credential=AKIA/20200101", "AuthorizationHeaderMalformed"),
        ("AWS4-HMAC-SHA256 nonsense", "AuthorizationHeaderMalformed"),
    ],
)
def test_headers_that_s3_cannot_read(network, text, code):
    def tamper(request):
        request.headers["authorization"] = text

    assert refusal(network.client("s3", tamper=tamper), "list_buckets")[0] == code


def test_two_credentials_are_too_many(network):
    def tamper(request):
        request.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"

    assert refusal(network.client("s3", tamper=tamper), "list_buckets")[0] == "InvalidArgument"
    assert refusal(network.client("sts", tamper=tamper), "get_caller_identity")[0] == "IncompleteSignature"


# Sessions -------------------------------------------------------------------------------------------------------------


def session(network, **changes):
    body = {
        "kind": "assumed-role",
        "account": ACCOUNT,
        "secret": "session secret",
        "token": "the token",
        "issued_at": 0.0,
        "expires_at": network.parts.clock.now() + 60,
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s",
        "user_id": "AROA:s",
        "principal": {"kind": "role", "name": "r"},
        **changes,
    }
    network.parts.state.put(Record("sts-session", "", "ASIASESSIONSESSIONSE", body), expected_version=0)
    return Keys("ASIASESSIONSESSIONSE", "session secret", "the token")


def test_a_session_needs_its_token(network):
    keys = session(network)
    assert network.client("sts", keys).get_caller_identity()["UserId"] == "AROA:s"
    for token, query, s3 in (
        (None, "InvalidClientTokenId", "InvalidAccessKeyId"),
        ("another", "InvalidClientTokenId", "InvalidToken"),
    ):
        changed = Keys(keys.id, keys.secret, token)
        assert refusal(network.client("sts", changed), "get_caller_identity")[0] == query
        assert refusal(network.client("s3", changed), "list_buckets")[0] == s3
    assert refusal(network.client("s3", Keys(ROOT.id, ROOT.secret, "token")), "list_buckets")[0] == "InvalidToken"


def test_a_session_ends(network):
    keys = session(network, expires_at=network.parts.clock.now() - 1)
    for service, method, code in (
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("sagemaker", "list_training_jobs", "ExpiredTokenException"),
        ("s3", "list_buckets", "ExpiredToken"),
    ):
        assert refusal(network.client(service, keys), method)[0] == code


# Bodies and URLs of S3 ------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(network):
    network.client("s3").create_bucket(Bucket="bucket")
    return "bucket"


def replace_body(text):
    def tamper(request):
        request.body = io.BytesIO(text)
        request.headers["content-length"] = str(len(text))

    return tamper


def test_an_object_other_than_was_signed_is_not_stored(network, bucket):
    plain = {"request_checksum_calculation": "when_required", "s3": {"payload_signing_enabled": True}}
    client = network.client("s3", tamper=replace_body(b"other"), **plain)
    assert refusal(client, "put_object", Bucket=bucket, Key="k", Body=b"12345")[0] == "XAmzContentSHA256Mismatch"
    assert "Contents" not in network.client("s3").list_objects_v2(Bucket=bucket)
    network.client("s3", **plain).put_object(Bucket=bucket, Key="k", Body=b"12345")
    assert network.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"12345"


def test_a_form_of_deletions_other_than_was_signed_deletes_nothing(network, bucket):
    client = network.client("s3")
    client.put_object(Bucket=bucket, Key="kept", Body=b"1")
    body = b"<Delete><Object><Key>kept</Key></Object></Delete>"
    tampered = network.client("s3", tamper=replace_body(body))
    assert refusal(tampered, "delete_objects", Bucket=bucket, Delete={"Objects": [{"Key": "other"}]})[0] in (
        "XAmzContentSHA256Mismatch",
        "BadDigest",
    )
    client.head_object(Bucket=bucket, Key="kept")


def test_chunks(network, bucket):
    """botocore does not sign chunks, but the Java and Go SDKs do."""
    content = b"a" * 10000
    for change, expected in ((None, 200), (b"b", 403)):
        request = chunked(content, "chunked", change)
        response = network.send(request)
        assert response.status == expected, response.body
    got = network.client("s3").get_object(Bucket=bucket, Key="chunked")["Body"].read()
    assert got == content


def chunked(content, key, change=None):
    """Sign a body in two chunks; `change` replaces the first byte after signing."""
    from sagewright.engine.signatures.claims import Scope
    from sagewright.engine.signatures.v4 import derived_key, signature

    credentials = Credentials(ROOT.id, ROOT.secret)
    request = AWSRequest("PUT", f"http://localhost:8080/bucket/{key}", data=b"")
    request.headers["x-amz-decoded-content-length"] = str(len(content))
    request.headers["x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    request.headers["content-encoding"] = "aws-chunked"

    class Signer(botocore.auth.S3SigV4Auth):
        def payload(self, request):
            return "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

        def _should_sha256_sign_payload(self, request):
            return True

        def _modify_request_before_signing(self, request):
            getattr(botocore.auth.SigV4Auth, "_modify_request_before_signing")(self, request)  # noqa: B009

    Signer(credentials, "s3", REGION).add_auth(request)
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    at, last = headers["x-amz-date"], headers["authorization"].rpartition("=")[2]
    scope = Scope(at[:8], REGION, "s3")
    import hashlib

    body, empty = b"", hashlib.sha256(b"").hexdigest()
    for piece in (content[:8192], content[8192:], b""):
        text = f"AWS4-HMAC-SHA256-PAYLOAD\n{at}\n{scope}\n{last}\n{empty}\n{hashlib.sha256(piece).hexdigest()}"
        last = signature(derived_key(ROOT.secret, scope), text)
        sent = (change + piece[1:]) if change and piece else piece
        body += f"{len(piece):x};chunk-signature={last}\r\n".encode() + sent + b"\r\n"
    return HttpRequest(
        "PUT",
        f"/bucket/{key}",
        "",
        "localhost:8080",
        Headers(headers),
        io.BytesIO(body),
        "s3",
        "PutObject",
        Peer("::1"),
    )


def get(network, url, method="GET", operation="GetObject", body=b"", **headers):
    parts = urlsplit(url)
    named = Headers({"host": parts.netloc, **headers})
    request = HttpRequest(
        method, parts.path, parts.query, parts.netloc, named, io.BytesIO(body), "s3", operation, Peer("::1")
    )
    response = network.send(request)
    return response.status, b"".join(response.pieces()).decode()


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_presigned_urls(network, bucket, monkeypatch, version):
    network.client("s3").put_object(Bucket=bucket, Key="a key", Body=b"content")
    signer = network.client("s3", signature_version=version)
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a key"}, ExpiresIn=60)
    assert get(network, url) == (200, "content")
    for changed in (
        url.replace("a%20key", "b"),
        url.replace("ignature=", "ignature=0"),
        url + "&versionId=null",
        url + "&tagging=",
    ):
        assert changed != url
        status, text = get(network, changed)
        assert (status, "SignatureDoesNotMatch" in text) == (403, True), text
    assert get(network, url, method="DELETE", operation="DeleteObject")[0] == 403
    if version == "s3v4":
        for old, new in (("Expires=60", "Expires=600000"), ("Expires=60", "Expires=604801"), (ROOT.id, STRANGER.id)):
            assert get(network, url.replace(old, new))[0] in (400, 403)
    move_clock(network, monkeypatch, 62)
    status, text = get(network, url)
    assert (status, "Request has expired" in text, "<Code>AccessDenied</Code>" in text) == (403, True, True)


def test_a_presigned_upload(network, bucket):
    signer = network.client("s3", signature_version="s3v4")
    params = {"Bucket": bucket, "Key": "up", "ContentType": "text/plain"}
    url = signer.generate_presigned_url("put_object", params)
    typed = {"content-type": "text/plain", "content-length": "2"}
    assert get(network, url, "PUT", "PutObject", b"up", **{**typed, "content-type": "text/html"})[0] == 403
    assert get(network, url, "PUT", "PutObject", b"up", **{**typed, "x-amz-acl": "public-read"})[0] == 403
    assert get(network, url, "PUT", "PutObject", b"up", **typed)[0] == 200
    assert network.client("s3").get_object(Bucket=bucket, Key="up")["ContentType"] == "text/plain"


def test_a_browsers_upload(network, bucket):
    post = network.client("s3", signature_version="s3v4").generate_presigned_post(bucket, "form", ExpiresIn=60)

    def upload(**changes):
        fields = {**post["fields"], **changes}
        text = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
            if value is not None
        )
        text += '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--b--\r\n'
        typed = {"content-type": "multipart/form-data; boundary=b", "content-length": str(len(text))}
        return get(network, post["url"], "POST", "PostObject", text.encode(), **typed)

    assert upload(policy=None)[0] == 403
    assert "SignatureDoesNotMatch" in upload(policy="e30=")[1]
    stranger = post["fields"]["x-amz-credential"].replace(ROOT.id, STRANGER.id)
    assert "InvalidAccessKeyId" in upload(**{"x-amz-credential": stranger})[1]
    assert "AccessDenied" in upload(key="other")[1]
    assert "Contents" not in network.client("s3").list_objects_v2(Bucket=bucket)
    assert upload()[0] == 204
    assert network.client("s3").get_object(Bucket=bucket, Key="form")["Body"].read() == b"hello"


def test_version_2_of_the_query_protocol(network):
    signed = AWSRequest("POST", "http://localhost:8080/", data={"Action": "GetCallerIdentity", "Version": "2011-06-15"})
    botocore.auth.SigV2Auth(Credentials(ROOT.id, ROOT.secret)).add_auth(signed)
    fields = dict(signed.data or {})
    headers = Headers({"host": "localhost:8080", "content-type": "application/x-www-form-urlencoded"})
    for changes, query, status in (({}, "", 200), ({"Version": "x"}, "", 403), ({}, "Action=GetSessionToken", 400)):
        body = io.BytesIO(urlencode({**fields, **changes}).encode())
        request = HttpRequest(
            "POST", "/", query, "localhost:8080", headers, body, "sts", "GetCallerIdentity", Peer("::1")
        )
        assert network.send(request).status == status


def test_a_presigned_question_of_who_one_is(network):
    """As Kubernetes clusters ask it (`aws eks get-token`)."""
    url = network.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    parts = urlsplit(url)
    for query, status in ((parts.query, 200), (parts.query + "0", 403)):
        request = HttpRequest(
            "GET",
            parts.path or "/",
            query,
            parts.netloc,
            Headers({"host": parts.netloc}),
            io.BytesIO(),
            "sts",
            "GetCallerIdentity",
            Peer("::1"),
        )
        assert network.send(request).status == status


def test_a_body_is_compared_where_its_reader_stops():
    body = HashedBody(io.BytesIO(b"12345"), "0" * 64, "5")
    assert body.read(4) == b"1234"
    with pytest.raises(ApiError, match="XAmzContentSHA256Mismatch"):
        body.read(1)
    with pytest.raises(ApiError, match="XAmzContentSHA256Mismatch"):
        HashedBody(io.BytesIO(b"12345"), "0" * 64, None).read()


def test_in_the_users_own_process_nothing_is_asked(network):
    request = AWSRequest("POST", "http://localhost/", data=b"Action=GetCallerIdentity&Version=2011-06-15").prepare()
    assert network.send(from_botocore(request, "sts", "GetCallerIdentity")).status == 200
