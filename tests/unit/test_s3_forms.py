"""Browsers' uploads to S3: reading forms as they arrive, what their policies allow, what is answered."""

from __future__ import annotations

import base64
import io
import json
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config

from sagewright.engine.abc import Record
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.forms.policies import check_fields, read_policy, sized
from sagewright.engine.gateway.forms.reading import MOST_FIELD_BYTES, read_form
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.vocabulary.errors import ApiError

TYPE = "multipart/form-data; boundary=----x"


def form(fields, file=b"content", name="photo.jpg", tail=b""):
    """Return a form's body as browsers write it."""
    text = b""
    for key, value in fields.items():
        text += f'------x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
    if file is not None:
        text += f'------x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode()
        text += b"Content-Type: image/jpeg\r\n\r\n" + file + b"\r\n"
    return text + tail + b"------x--\r\n"


class Slowly(io.BytesIO):
    """A body that arrives in small pieces."""

    def __init__(self, data, most):
        super().__init__(data)
        self._most = most

    def read(self, size=-1):
        return super().read(self._most if size < 0 else min(size, self._most))


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 2, 7, 1 << 20])
@pytest.mark.parametrize("file", [b"", b"content", b"\r\n------", b"\r\n------y" * 100, b"--\r\n" * 50_000])
def test_a_form_is_read_in_whatever_pieces_it_arrives(file, most):
    if most < 3 and len(file) > 10_000:
        file = file[:1000]
    found = read_form(Slowly(form({"Key": "a", "x-amz-meta-é": "ü"}, file), most), TYPE)

    assert (found.fields, found.file_name, found.content_type) == (
        {"key": "a", "x-amz-meta-é": "ü"},
        "photo.jpg",
        "image/jpeg",
    )
    assert b"".join(iter(lambda: found.file.read(1000), b"")) == file


def test_what_follows_the_file_is_for_nobody():
    tail = b'------x\r\nContent-Disposition: form-data; name="acl"\r\n\r\npublic-read\r\n'
    found = read_form(io.BytesIO(form({"key": "a"}, tail=tail)), TYPE)
    assert found.file.read() == b"content"
    assert "acl" not in found.fields


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (form({"key": "a"}, file=None), TYPE, "InvalidArgument"),
        (form({"key": "a" * (MOST_FIELD_BYTES + 1)}), TYPE, "MaxPostPreDataLengthExceededError"),
        (form({str(n): "b" * 1000 for n in range(30)}), TYPE, "MaxPostPreDataLengthExceededError"),
        (form({"key": "a"}), "multipart/form-data", "MalformedPOSTRequest"),
        (form({"key": "a"}), "multipart/form-data; boundary=" + "x" * 71, "MalformedPOSTRequest"),
        (b"", TYPE, "MalformedPOSTRequest"),
        (b"x" * 100_000, TYPE, "MalformedPOSTRequest"),
        (b"------x\r\n" + b"a" * 100_000, TYPE, "MalformedPOSTRequest"),
        (b"------x\r\nno header\r\n\r\n", TYPE, "MalformedPOSTRequest"),
        (b"------xyz", TYPE, "MalformedPOSTRequest"),
    ],
)
def test_forms_that_cannot_be_read(body, content_type, code):
    with pytest.raises(ApiError) as caught:
        read_form(io.BytesIO(body), content_type)
    assert caught.value.code == code


@pytest.mark.parametrize("cut", [1, 5, 12, 14])
def test_a_form_that_ends_too_early_is_no_file(cut):
    found = read_form(io.BytesIO(form({"key": "a"})[:-cut]), TYPE)
    if cut <= 4:  # only the closing dashes are missing, which nobody needs
        assert found.file.read() == b"content"
        return
    with pytest.raises(ApiError):
        found.file.read()


# Policies -------------------------------------------------------------------------------------------------------------


def policy(*conditions, expiration="2100-01-01T00:00:00Z"):
    return base64.b64encode(json.dumps({"expiration": expiration, "conditions": list(conditions)}).encode()).decode()


@pytest.mark.parametrize(
    ("conditions", "fields", "fault"),
    [
        ([{"bucket": "b"}, ["starts-with", "$key", "user/"]], {"key": "user/a"}, None),
        (
            [{"bucket": "b"}, ["starts-with", "$key", ""]],
            {"key": "x", "x-ignore-me": "1", "x-amz-checksum-crc32": "1"},
            None,
        ),
        ([["eq", "$Key", "x"]], {"key": "x", "x-amz-signature": "s", "policy": "p"}, None),
        ([["starts-with", "$Content-Type", "image/"]], {"content-type": "image/png,image/gif"}, None),
        (
            [["starts-with", "$Content-Type", "image/"]],
            {"content-type": "image/png,text/css"},
            "Policy Condition failed",
        ),
        ([{"bucket": "other"}], {}, 'Policy Condition failed: ["eq", "$bucket", "other"]'),
        ([["eq", "$key", "x"]], {"key": "y"}, 'Policy Condition failed: ["eq", "$key", "x"]'),
        ([["eq", "$acl", "private"]], {}, "Policy Condition failed"),
        ([["eq", "$key", "x"]], {"key": "x", "x-amz-meta-a": "1"}, "Extra input fields: x-amz-meta-a"),
    ],
)
def test_what_a_policy_allows(conditions, fields, fault):
    if fault is None:
        check_fields(read_policy(policy(*conditions)), fields, "b", 0.0)
        return
    with pytest.raises(ApiError) as caught:
        check_fields(read_policy(policy(*conditions)), fields, "b", 0.0)
    assert caught.value.code == "AccessDenied"
    assert caught.value.message.startswith(f"Invalid according to Policy: {fault}")


def test_a_policy_expires():
    found = read_policy(policy({"bucket": "b"}, expiration="2020-01-01T00:00:00.000Z"))
    with pytest.raises(ApiError, match="Policy expired"):
        check_fields(found, {}, "b", found.expires_at)


@pytest.mark.parametrize(
    "text",
    [
        "%%%",
        base64.b64encode(b"[").decode(),
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"conditions": [{}]}').decode(),
        base64.b64encode(b'{"expiration": "2100-01-01T00:00:00Z"}').decode(),
        policy(),
        policy({"bucket": "b"}, expiration="tomorrow"),
        policy(["ends-with", "$key", "x"]),
        policy(["eq", "key", "x"]),
        policy(["eq", "$key"]),
        policy({"key": 1}),
        policy({}),
        policy({"key": "a", "acl": "b"}),
        policy(["content-length-range", "a", 1]),
        policy(["content-length-range", -1, 1]),
    ],
)
def test_policies_that_cannot_be_read(text):
    with pytest.raises(ApiError) as caught:
        read_policy(text)
    assert caught.value.code == "InvalidPolicyDocument"


@pytest.mark.parametrize(("size", "code"), [(4, "EntityTooSmall"), (5, None), (10, None), (11, "EntityTooLarge")])
def test_a_policy_bounds_the_file(size, code):
    bounded = sized(read_policy(policy(["content-length-range", 5, 10])), io.BytesIO(b"x" * size))

    def read():
        return b"".join(iter(lambda: bounded.read(3), b""))

    if code is None:
        assert len(read()) == size
        return
    with pytest.raises(ApiError) as caught:
        read()
    assert caught.value.code == code


# Uploading ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def objects(home):
    store = engine_of(home).parts.objects
    store.create_bucket("bucket", "us-east-1", "123456789012")
    return store


@pytest.fixture
def post(home, objects):
    def post(fields, path="/bucket", host="s3.localhost:8080", **form_parts):
        body = io.BytesIO(form(fields, **form_parts))
        headers = Headers({"content-type": TYPE})
        return handle(HttpRequest("POST", path, "", host, headers, body, "s3", "PostObject"), home)

    return post


def test_a_form_becomes_an_object(post, objects):
    answer = post(
        {
            "key": "user/${filename}",
            "Content-Type": "image/png",
            "x-amz-meta-who": "me",
            "tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b&amp;c</Value></Tag></TagSet></Tagging>",
        },
        name="C:\\photos\\me.png",
    )

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["location"] == "http://s3.localhost:8080/bucket/user/me.png"
    info = objects.head("bucket", "user/me.png")
    assert (info.size, info.headers["ContentType"], info.metadata, info.tags) == (
        7,
        "image/png",
        {"who": "me"},
        {"a": "b&c"},
    )


def test_the_bucket_may_stand_in_the_host(post, objects):
    answer = post({"key": "a b"}, path="/", host="bucket.s3.localhost:8080")
    assert answer.headers["location"] == "http://bucket.s3.localhost:8080/a%20b"
    assert objects.head("bucket", "a b").size == 7


def test_a_page_may_see_the_answer_to_its_form_and_others_hear_of_a_post(home, objects, monkeypatch):
    told = []
    place = "sagewright.engine.operations.s3.objects.object_event"
    monkeypatch.setattr(place, lambda parts, caller, name, *_: told.append(name))
    rule = {"AllowedOrigins": ["https://page.example"], "AllowedMethods": ["POST"]}
    objects.configure_bucket("bucket", "cors", [rule])
    headers = Headers({"content-type": TYPE, "origin": "https://page.example"})
    sent = ("POST", "/bucket", "", "localhost", headers, io.BytesIO(form({"key": "k"})), "s3", "PostObject")
    answer = handle(HttpRequest(*sent), home)
    assert answer.headers["access-control-allow-origin"] == "https://page.example"
    assert told == ["ObjectCreated:Post"]


def test_a_form_says_what_it_wants_to_be_answered(post):
    created = post({"key": "<k>", "success_action_status": "201"})
    assert created.status == 201
    assert b"<Bucket>bucket</Bucket><Key>&lt;k&gt;</Key>" in created.body
    assert post({"key": "k", "success_action_status": "200"}).status == 200
    assert post({"key": "k", "success_action_status": "404"}).status == 204


def test_a_form_may_lead_on(post):
    answer = post({"key": "k", "success_action_redirect": "https://page.example/done?a=1"})
    assert answer.status == 303
    told = urlsplit(answer.headers["location"])
    assert (told.netloc, parse_qs(told.query)["key"]) == ("page.example", ["k"])
    assert parse_qs(told.query)["a"] == ["1"]
    assert post({"key": "k", "success_action_redirect": "javascript:alert(1)"}).status == 204


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 400, b"InvalidArgument"),
        ({"key": "k", "policy": policy({"bucket": "other"})}, 403, b"AccessDenied"),
        (
            {"key": "k", "policy": policy(["starts-with", "$key", ""], ["content-length-range", 0, 6])},
            400,
            b"EntityTooLarge",
        ),
        ({"key": "k", "tagging": "<Tagging>"}, 400, b"MalformedXML"),
        ({"key": "k" * 1025}, 400, b"KeyTooLongError"),
    ],
)
def test_uploads_that_are_refused_leave_nothing(post, objects, fields, status, code):
    answer = post(fields)
    assert (answer.status, code in answer.body) == (status, True)
    assert not objects.list("bucket").objects


def test_a_torn_upload_leaves_nothing(home, objects):
    body = io.BytesIO(form({"key": "k"})[:-20])
    headers = Headers({"content-type": TYPE})
    answer = handle(HttpRequest("POST", "/bucket", "", "localhost", headers, body, "s3", "PostObject"), home)
    assert (answer.status, b"MalformedPOSTRequest" in answer.body) == (400, True)
    assert not objects.list("bucket").objects


# Over the network -----------------------------------------------------------------------------------------------------

KEY_ID, SECRET = "AKIAEXAMPLEEXAMPLE12", "a secret"


@pytest.fixture(params=["s3v4"])
def client(home, objects, request):
    """Return a client whose key the engine knows; it only signs."""
    body = {"account": "123456789012", "user": None, "secret": SECRET, "status": "Active", "created_at": 0.0}
    engine_of(home).parts.state.put(Record("iam-access-key", "", KEY_ID, body), expected_version=0)
    return boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        endpoint_url="http://localhost:8080",
        config=Config(signature_version=request.param),
    )


@pytest.fixture
def send(home):
    """Send a form as a stranger."""

    def send(fields, **form_parts):
        body, headers = io.BytesIO(form(fields, **form_parts)), Headers({"content-type": TYPE})
        peer = Peer("192.0.2.1")
        return handle(
            HttpRequest("POST", "/bucket", "", "localhost:8080", headers, body, "s3", "PostObject", peer), home
        )

    return send


@pytest.mark.parametrize("client", ["s3v4", "s3"], indirect=True)
def test_a_form_that_boto3_has_signed_is_believed(client, send, objects):
    signed = client.generate_presigned_post(
        "bucket", "user/${filename}", {"acl": "private"}, [{"acl": "private"}, ["content-length-range", 1, 100]]
    )
    assert send(signed["fields"]).status == 204
    assert objects.head("bucket", "user/photo.jpg").size == 7


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"x-amz-signature": "0" * 64}, b"SignatureDoesNotMatch"),
        ({"policy": policy({"bucket": "bucket"}, ["starts-with", "$key", ""])}, b"SignatureDoesNotMatch"),
        ({"policy": None, "x-amz-signature": None}, b"AccessDenied"),
        ({"x-amz-signature": None}, b"must contain a field named"),
        ({"key": "elsewhere"}, b"AccessDenied"),
        ({"x-amz-meta-more": "1"}, b"AccessDenied"),
    ],
)
def test_a_form_that_was_changed_is_not(client, send, objects, changes, code):
    fields = {**client.generate_presigned_post("bucket", "k")["fields"], **changes}
    answer = send({name: value for name, value in fields.items() if value is not None})
    assert (400 <= answer.status < 500, code in answer.body) == (True, True)
    assert not objects.list("bucket").objects


def test_a_form_of_a_stranger_is_not(client, send, objects):
    fields = client.generate_presigned_post("bucket", "k")["fields"]
    answer = send({**fields, "x-amz-credential": fields["x-amz-credential"].replace(KEY_ID, "AKIANOBODY")})
    assert (answer.status, b"InvalidAccessKeyId" in answer.body) == (403, True)
    assert not objects.list("bucket").objects


def test_a_form_expires(client, send, objects):
    fields = client.generate_presigned_post("bucket", "k", ExpiresIn=-1)["fields"]
    answer = send(fields)
    assert (answer.status, b"Policy expired" in answer.body) == (403, True)
    assert not objects.list("bucket").objects
