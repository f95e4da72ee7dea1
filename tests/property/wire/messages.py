"""Requests on the wire from params, however wrong they are, and damage done to them on the way."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zlib
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from botocore.awsrequest import AWSRequest, prepare_request_dict
from botocore.model import OperationModel
from botocore.serialize import create_serializer

from sagewright.engine.gateway.mounts.botocore import from_botocore
from sagewright.engine.gateway.wire import Headers, HttpRequest
from tests.property.wire.values import HOSTILE, Chance

ENDPOINT = "https://s3.us-east-1.amazonaws.com"
METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE")
HEADER_NAMES = (
    *("content-type", "content-encoding", "content-length", "content-md5", "range", "if-match", "if-none-match"),
    *("if-modified-since", "x-amz-target", "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer"),
    *("x-amz-copy-source", "x-amz-copy-source-range", "x-amz-tagging", "x-amz-meta-a", "x-amz-checksum-crc32"),
    *("x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm", "smithy-protocol", "expect", "x-amz-acl"),
    *("x-amz-server-side-encryption", "x-amz-storage-class", "x-amz-date", "host", "transfer-encoding"),
    *("x-amzn-sagemaker-custom-attributes", "x-amzn-sagemaker-inputlocation", "accept", "x-amz-expected-bucket-owner"),
)
HEADER_VALUES = (
    *("aws-chunked", "gzip", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "rpc-v2-cbor", "application/xml", "bytes=0-3"),
    *("*", '"x"', "-1", "5", "9" * 30, "Thu, 01 Jan 1970 00:00:00 GMT", "bucket-1/Key", "/bucket-1/Key?versionId=x"),
    *("x-amz-checksum-crc32", "AAAAAA==", "CRC32", "a=b&c", "text/csv; charset=\xff"),
)
BODIES = (
    b"",
    b"null",
    b"[]",
    b"0",
    b'"text"',
    b"{",
    b"\xff\xfe\x00",
    b"\x00" * 100,
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"<a>" * 50_000,
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
    b"<a xmlns='x'/>",
    b"&".join(b"a.%d=b" % number for number in range(20_000)),
    b"a=%ff&b=%zz&=&&&",
    b"A" + b".member" * 5_000 + b"=1",
    b"\x9f" * 50_000,
    b"\xbf" * 5_000,
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\xbf\x61\x61\xf9\x7e\x00\xff",
    b'{"a": NaN, "b": 1e999, "c": ' + b"9" * 5_000 + b"}",
    b'{"a": "\\ud800"}',
    gzip.compress(b"\x00" * 1_000_000, mtime=0),
    gzip.compress(b"{}", mtime=0)[:-4],
    b"5\r\nabcde\r\n0\r\n\r\n",
    b"5;chunk-signature=0\r\nab",
    b"ffffffffffff\r\nab\r\n0\r\n\r\n",
)


def request(model: OperationModel, protocol: str, params: dict[str, Any], chance: Chance) -> HttpRequest:
    """Return the request of an operation; params of wrong types are written as well as it goes."""
    try:
        return by_botocore(model, protocol, params)
    except Exception:  # noqa: BLE001 - its serializers want right types
        return by_hand(model, protocol, params, chance)


def by_botocore(model: OperationModel, protocol: str, params: dict[str, Any]) -> HttpRequest:
    serializer = create_serializer(protocol, include_validation=False)
    request_dict = serializer.serialize_to_request(params, model)
    prepare_request_dict(request_dict, endpoint_url=ENDPOINT, context={})
    made = AWSRequest(
        method=request_dict["method"],
        url=request_dict["url"],
        data=request_dict["body"],
        headers=request_dict["headers"],
    ).prepare()
    asked = from_botocore(made, model.service_model.service_name, model.name)
    if not hasattr(asked.body, "read"):
        raise TypeError(asked.body)
    return asked


def by_hand(model: OperationModel, protocol: str, params: dict[str, Any], chance: Chance) -> HttpRequest:
    """Return a request with the params' leaves as text, wherever the model has them."""
    service = model.service_model
    headers = {"x-amz-target": f"{service.metadata.get('targetPrefix', '')}.{model.name}"}
    if protocol == "json":
        return _request(model, "POST", "/", "", headers, dumped(params))
    if protocol == "query":
        fields = [("Action", model.name), ("Version", service.api_version), *_flat(params, "")]
        return _request(model, "POST", "/", "", {}, urlencode(fields, errors="surrogatepass").encode())
    if protocol == "smithy-rpc-v2-cbor":
        path = f"/service/x/operation/{model.name}"
        body = chance.choice(BODIES) if chance.random() < 0.3 else cbor(params)
        return _request(model, "POST", path, "", {"smithy-protocol": "rpc-v2-cbor"}, body)
    return _rest(model, params, chance)


def _rest(model: OperationModel, params: dict[str, Any], chance: Chance) -> HttpRequest:
    path, query, headers, body = model.http["requestUri"].partition("?")[0], [], {}, {}
    shape: Any = model.input_shape
    for name, value in params.items():
        member = shape.members.get(name)
        traits = {} if member is None else member.serialization
        wire_name, location = traits.get("name", name), traits.get("location")
        if location == "uri":
            quoted = quote(str(value), safe="/", errors="surrogatepass")
            path = path.replace(f"{{{wire_name}+}}", quoted).replace(f"{{{wire_name}}}", quoted)
        elif location == "querystring":
            query.append((wire_name, str(value)))
        elif location in ("header", "headers"):
            headers[wire_name] = str(value)
        else:
            body[name] = value
    payload = dumped(body) if chance.random() < 0.5 else chance.choice(BODIES)
    return _request(model, model.http["method"], path, urlencode(query, errors="surrogatepass"), headers, payload)


def _request(
    model: OperationModel, method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> HttpRequest:
    service = model.service_model.service_name
    return HttpRequest(
        method, path, query, "s3.us-east-1.amazonaws.com", Headers(headers), io.BytesIO(body), service, model.name
    )


def dumped(value: Any) -> bytes:
    """Return JSON, with Python's own idea of NaN and of halves of characters."""
    return json.dumps(value, default=_leaf).encode()


def _leaf(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp() if value.year > 1900 else value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _flat(value: Any, prefix: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for name, item in value.items() for pair in _flat(item, f"{prefix}.{name}" if prefix else name)]
    if isinstance(value, list):
        return [pair for n, item in enumerate(value, 1) for pair in _flat(item, f"{prefix}.member.{n}")]
    return [(prefix, value.decode("latin-1") if isinstance(value, bytes) else str(value))]


def cbor(value: Any) -> bytes:
    """Return any value in CBOR."""
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(cbor(str(name)) + cbor(item) for name, item in value.items())
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(cbor(item) for item in value)
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return _head(3, len(text)) + text
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, datetime):
        return b"\xc1" + cbor(value.timestamp())
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    return b"\xfb" + struct.pack("!d", value)


def _head(kind: int, size: int) -> bytes:
    return bytes([kind << 5 | 27]) + size.to_bytes(8, "big")


# Browsers' forms ------------------------------------------------------------------------------------------------------

FIELDS = (
    "key",
    "policy",
    "acl",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-signature",
    "x-amz-algorithm",
    "success_action",
)


def form(chance: Chance) -> HttpRequest:
    """Return an upload from a browser."""
    boundary = chance.choice(("xyz", "xyz", "xyz", "", "a" * 300, "x y"))
    names = [*chance.sample(FIELDS, chance.randrange(len(FIELDS))), *chance.choices(HEADER_NAMES, k=2)]
    if chance.random() < 0.9:
        names.append("file")
    lines = []
    for name in names:
        text = chance.choice((chance.choice(HOSTILE), "${filename}", "k", "200", base64.b64encode(b"{}").decode()))
        lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n{text}\r\n')
    body = "".join(lines).encode("utf-8", "surrogatepass") + chance.choice((f"--{boundary}--\r\n", "")).encode()
    headers = Headers({"content-type": f"multipart/form-data; boundary={boundary}", "content-length": str(len(body))})
    return HttpRequest("POST", "/bucket-1", "", "localhost", headers, io.BytesIO(body), "s3", "PostObject")


# Damage ---------------------------------------------------------------------------------------------------------------


def damaged(asked: HttpRequest, chance: Chance) -> HttpRequest:
    """Return a request with one or two things wrong."""
    for _ in range(chance.choice((1, 1, 2))):
        chance.choice((_method, _path, _query, _header, _header, _no_header, _body, _body, _cut, _flip, _chunks))(
            asked, chance
        )
    return asked


def _method(asked: HttpRequest, chance: Chance) -> None:
    asked.method = chance.choice(METHODS)


def _path(asked: HttpRequest, chance: Chance) -> None:
    hostile = quote(chance.choice(HOSTILE), safe="/.%", errors="surrogatepass")
    asked.path = chance.choice(
        (
            f"/{hostile}",
            asked.path + hostile,
            "//" + asked.path,
            "/%ff%fe",
            asked.path.replace("bucket-1", hostile),
            "/",
        )
    )


def _query(asked: HttpRequest, chance: Chance) -> None:
    text = urlencode({chance.choice(HOSTILE): chance.choice(HOSTILE)}, errors="surrogatepass")
    asked.query = chance.choice((text, f"{asked.query}&{text}", "%", "&" * 1000, "a=%ff", asked.query + asked.query))


def _header(asked: HttpRequest, chance: Chance) -> None:
    value = chance.choice((chance.choice(HEADER_VALUES), chance.choice(HEADER_VALUES), _latin(chance.choice(HOSTILE))))
    asked.headers[chance.choice(HEADER_NAMES)] = value


def _latin(text: str) -> str:
    """Return header text as a server hands it over: Latin-1, without line ends."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r", "").replace("\n", "").replace("\0", "")


def _no_header(asked: HttpRequest, chance: Chance) -> None:
    if asked.headers:
        asked.headers.pop(chance.choice(list(asked.headers)))


def _body(asked: HttpRequest, chance: Chance) -> None:
    asked.body = io.BytesIO(chance.choice(BODIES))


def _cut(asked: HttpRequest, chance: Chance) -> None:
    body = asked.body.read()
    asked.body = io.BytesIO(body[: chance.randrange(len(body) + 1)])


def _flip(asked: HttpRequest, chance: Chance) -> None:
    body = bytearray(asked.body.read())
    for _ in range(chance.randrange(1, 4)):
        if body:
            body[chance.randrange(len(body))] = chance.randrange(256)
    asked.body = io.BytesIO(bytes(body))


def _chunks(asked: HttpRequest, chance: Chance) -> None:
    """Put the body into chunks, with a trailing checksum that may be the right one."""
    body, size = asked.body.read(), chance.choice((8192, 8192, 1, 100_000))
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    checksum = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")) if chance.random() < 0.7 else b"AAAAAA=="
    text = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    asked.body = io.BytesIO(
        text + b"0\r\nx-amz-checksum-crc32:" + checksum + chance.choice((b"\r\n\r\n", b"\r\n", b"x"))
    )
    asked.headers.update(
        {
            "content-encoding": "aws-chunked",
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": str(len(body) + chance.choice((0, 0, 0, 1, -1))),
            "x-amz-trailer": "x-amz-checksum-crc32",
        }
    )
