"""botocore's own protocol cases, from the other end: what a case says a client sends is read, what it reads is written.

The cases are botocore's `tests/unit/protocols` (see `botocore-cases.md`). In an input case the serialized request goes
through our `parse`, which must give the case's params. In an output case the result goes through our `render`, from
which botocore's parser must read the result again; and the message must be the case's own: values, headers, status.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from botocore import parsers
from botocore.awsrequest import HeadersDict
from botocore.eventstream import EventStream
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from sagewright.engine.gateway.protocols import codec_of
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

COMMITTED = Path(__file__).parent / "botocore-cases.json.gz"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Case:
    """One case of a suite; `direction` is `input` or `output`."""

    direction: str
    protocol: str
    suite: Mapping[str, Any]
    case: Mapping[str, Any]
    number: int

    @property
    def name(self) -> str:
        return str(self.case.get("id") or f"{self.suite['description']}-{self.number}")

    @property
    def model(self) -> OperationModel:
        name = self.case["given"]["name"]
        description = {**self.suite, "operations": {name: self.case["given"]}}
        description.pop("cases", None)
        model = ServiceModel(description, "cases").operation_model(name)
        if self.suite["metadata"]["protocol"] == "query" and model.output_shape is not None:
            model.output_shape.serialization["resultWrapper"] = f"{name}Result"  # as every model of AWS's has it
        return model


def cases(direction: str, folder: str | None = None) -> Iterator[Case]:
    """Yield the cases of a folder of botocore's, or the committed ones."""
    for protocol, suites in (_of_folder(Path(folder)) if folder else _committed())[direction].items():
        for suite in suites:
            for number, case in enumerate(suite["cases"]):
                yield Case(direction, protocol, suite, case, number)


def _of_folder(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        direction: {path.stem: json.loads(path.read_text()) for path in sorted((folder / direction).glob("*.json"))}
        for direction in ("input", "output")
    }


@cache
def _committed() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(gzip.decompress(COMMITTED.read_bytes()))
    return found


# Input cases ----------------------------------------------------------------------------------------------------------


def parsed(case: Case) -> Any:
    """Return the params that we read from the case's request, in the form in which cases give params."""
    request = _request(case)
    return plain(codec_of(case.model, request).parse(request, case.model))


def _request(case: Case) -> HttpRequest:
    sent, metadata = case.case["serialized"], case.suite["metadata"]
    path, _, query = sent.get("uri", "/").partition("?")
    headers = Headers(sent.get("headers", {}))
    body = sent.get("body", "").encode()
    if metadata["protocol"] == "smithy-rpc-v2-cbor":
        body = base64.b64decode(body)
    return HttpRequest(
        sent.get("method", "POST"), path, query, sent.get("host", "localhost"), headers, io.BytesIO(body),
        "cases", case.case["given"]["name"],
    )  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value as cases write it in JSON."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, EventStream):
        return [plain(event) for event in value]
    if hasattr(value, "read"):
        return plain(value.read())
    return value.decode() if isinstance(value, bytes) else value


# Output cases ---------------------------------------------------------------------------------------------------------


def rendered(case: Case) -> HttpResponse:
    """Return what we write for the case's result, or its error."""
    model = case.model
    headers = Headers(
        {"smithy-protocol": "rpc-v2-cbor"}
        if case.suite["metadata"]["protocol"] == "smithy-rpc-v2-cbor"
        else {"x-amz-target": "t"}
        if case.suite["metadata"]["protocol"] == "json"
        else {}
    )
    codec = codec_of(model, HttpRequest("POST", "/", "", "localhost", headers, io.BytesIO(), "cases", model.name))
    if "error" not in case.case:
        return codec.render(_pythonic(model.output_shape, case.case["result"]), model, REQUEST_ID)
    code, status = case.case["errorCode"], case.case["response"]["status_code"]
    return codec.error(ApiError(code, case.case.get("errorMessage", ""), status, _members(case)), model, REQUEST_ID)


def _members(case: Case) -> dict[str, Any]:
    return {name: value for name, value in case.case["error"].items() if name.lower() != "message"}


def _pythonic(shape: Shape | None, value: Any) -> Any:
    """Return a case's value in botocore's Python form."""
    if shape is None or value is None or getattr(shape, "is_document_type", False):
        return value
    if isinstance(shape, StructureShape) and getattr(shape, "is_eventstream", False):
        return iter([{name: _pythonic(shape.members[name], item) for name, item in event.items()} for event in value])
    if isinstance(shape, StructureShape):
        return {name: _pythonic(shape.members[name], item) for name, item in value.items()}
    if isinstance(shape, ListShape):
        return [_pythonic(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _pythonic(shape.value, item) for key, item in value.items()}
    if shape.type_name == "blob":
        return value.encode()
    return float(value) if shape.type_name in ("float", "double") else value


def read_back(case: Case, response: HttpResponse) -> Any:
    """Return what botocore's parser reads of our message, in the form in which cases give results."""
    model = case.model
    kind: Any = parsers.PROTOCOL_PARSERS[case.suite["metadata"]["protocol"]]
    parser = kind(timestamp_parser=_time)
    body: Any = b"".join(response.pieces())
    if model.has_event_stream_output:
        body = _Raw(body)
    elif model.has_streaming_output and response.status < 300:
        body = io.BytesIO(body)
    document = {
        "status_code": response.status, "headers": HeadersDict(response.headers), "body": body,
        "context": {"operation_name": model.name},
    }  # fmt: skip
    found: dict[str, Any] = dict(parser.parse(document, model.output_shape))
    if "Error" in found:
        found["Error"] = {name: found["Error"].get(name) or "" for name in ("Code", "Message")}
        error_shape = model.service_model.shape_for_error_code(found["Error"]["Code"])
        if error_shape is not None:
            found.update(parser.parse(document, error_shape))
    found.pop("ResponseMetadata", None)
    return plain(found)


def _time(value: Any) -> Any:
    from botocore.utils import parse_timestamp

    return parse_timestamp(value).timestamp()


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def expected(case: Case) -> Any:
    """Return what botocore's parser must have read."""
    if "error" not in case.case:
        return case.case["result"]
    return {
        "Error": {"Code": case.case["errorCode"], "Message": case.case.get("errorMessage", "")},
        **case.case["error"],
    }


def differences(case: Case, response: HttpResponse) -> list[str]:
    """Return where our message is another than the case's, which a client would read alike."""
    wanted = case.case["response"]
    body = response.body if isinstance(response.body, bytes) else b""
    found = [] if response.status == wanted["status_code"] else [f"status {response.status}"]
    for name, value in wanted.get("headers", {}).items():
        got = response.headers.get(name, str(len(body)) if name.lower() == "content-length" else None)
        if got is None or _without_spaces(got) != _without_spaces(value):
            found.append(f"header {name}: {got}")
    protocol = case.suite["metadata"]["protocol"]
    text = wanted.get("body", "").encode()
    theirs = _document(protocol, base64.b64decode(text) if "cbor" in protocol else text)
    ours = _document(protocol, body)
    return found if ours == theirs else [*found, f"body {ours} instead of {theirs}"]


def _without_spaces(text: str) -> str:
    return text.replace(", ", ",")


def _document(protocol: str, body: bytes) -> Any:
    """Return a body in a form in which messages that say the same are the same."""
    if not body:
        return None
    if "cbor" in protocol:
        parser = parsers.RpcV2CBORParser()
        return _unprefixed(plain(parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))))
    try:
        return _unprefixed(json.loads(body)) if "json" in protocol else _tree(ElementTree.fromstring(body), root=True)
    except (ValueError, ElementTree.ParseError):
        return body


def _unprefixed(document: Any) -> Any:
    """Return a document with the bare name of an error's type: clients drop its namespace."""
    if isinstance(document, dict) and "__type" in document:
        return {**document, "__type": document["__type"].rpartition("#")[2]}
    return document


def _tree(node: ElementTree.Element, *, root: bool = False) -> Any:
    """Return an element as values. What its root is called only Amazon S3's documentation tells."""
    children = [_tree(child) for child in node if _local(child) not in ("RequestId", "ResponseMetadata")]
    text = "" if children else (node.text or "").strip()
    return "" if root else _local(node), dict(node.attrib), text, sorted(children, key=repr)


def _local(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]
