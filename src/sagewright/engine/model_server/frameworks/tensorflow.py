"""TensorFlow: SavedModels behind TensorFlow Serving's REST API, and a script's handlers around that.

Source: aws/sagemaker-tensorflow-serving-container, and TensorFlow's `api_rest`.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NamedTuple

from sagewright.engine.model_server.context import Context
from sagewright.engine.model_server.frameworks import generic, rest_forms
from sagewright.engine.model_server.frameworks.saved_models import SavedModels
from sagewright.engine.model_server.handlers import Defaults
from sagewright.engine.model_server.listening import Server
from sagewright.engine.model_server.wire import Request, Response
from sagewright.vocabulary.content_types import JSON

_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_ATTRIBUTE = re.compile(r"(tfs-[a-z\-]+)=([^,]+)")
_PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>\d+))?:(?P<method>\w+)")


class HandlerContext(NamedTuple):
    """What a script's handlers are told of a request."""

    model_name: str
    model_version: str | None
    method: str | None
    rest_uri: str
    grpc_port: str | None
    channel: Any
    custom_attributes: str | None
    request_content_type: str
    accept_header: str
    content_length: int


@dataclass
class RestAnswer:
    """An answer of the REST API, as `requests` would have it."""

    status_code: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": JSON})

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def ok(self) -> bool:
        return self.status_code < 400

    def json(self, **options: Any) -> Any:
        return json.loads(self.content, **options)

    def raise_for_status(self) -> None:
        if not self.ok:
            raise RuntimeError(f"{self.status_code} of the model: {self.text}")


class Body:
    """A request's body, as a stream that is read once."""

    def __init__(self, data: bytes) -> None:
        self._left = data

    def read(self, size: int = -1) -> bytes:
        taken = self._left if size is None or size < 0 else self._left[:size]
        self._left = self._left[len(taken) :]
        return taken


def adapt(module: ModuleType | None) -> Defaults:
    """Return the functions in force for a script, whose handlers go by names of their own.

    Raises:
        NotImplementedError: It has no handlers.
    """
    handler, before, after = (getattr(module, name, None) for name in ("handler", "input_handler", "output_handler"))
    if module is not None and not handler and not (before and after):
        raise NotImplementedError(
            "Handlers are not implemented correctly in user script.\n"
            "hint: TensorFlow Serving's container calls input_handler and output_handler, or handler."
        )

    def transform_fn(model: SavedModels, data: Any, content_type: str, accept: str, context: Context) -> Any:
        body = data.encode() if isinstance(data, str) else data
        if module is None:
            return _answer_plain(model, body, content_type, accept, context)
        told = _context(model, len(body), content_type, accept, context)
        if handler:
            return handler(Body(body), told._replace(rest_uri=_rest_uri(model, told.rest_uri)))
        asked = before(Body(body), told) if before else body
        answer = RestAnswer(*model.answer(told.model_name, told.model_version, told.method, _bytes(asked)))
        return after(answer, told) if after else answer.content

    return DEFAULTS._replace(transform_fn=transform_fn)


def model_fn(model_dir: str) -> SavedModels:
    """Load the SavedModels of a folder."""
    return SavedModels.of(model_dir)


def error_response(error: BaseException) -> Response:
    """Return the container's answer for an error of the script's."""
    return Response(getattr(error, "status_code", 500), json.dumps({"error": str(error)}).encode())


def _answer_plain(model: SavedModels, body: bytes, content_type: str, accept: str, context: Context) -> Any:
    """Answer a request without a script: the forms that TensorFlow Serving does not know are made into its own."""
    try:
        asked = rest_forms.to_rest(body.decode("utf-8"), content_type)
    except rest_forms.UnknownForm as error:
        context.set_response_status(415)
        return json.dumps({"error": str(error)}), JSON
    name, version, method = _target(model, context)
    status, answer = model.answer(name, version, method, asked.encode())
    context.set_response_status(status)
    wishes = [wish.strip() for wish in accept.split(",")]
    return answer, wishes[0] if {"application/jsonlines", JSON} & set(wishes) else JSON


def _target(model: SavedModels, context: Context) -> tuple[str, str | None, str | None]:
    """Return the model, its version and the method that a request's attributes name."""
    found = dict(_ATTRIBUTE.findall(context.get_request_header(0, _ATTRIBUTES) or ""))
    return found.get("tfs-model-name") or model.default, found.get("tfs-model-version"), found.get("tfs-method")


def _context(model: SavedModels, length: int, content_type: str, accept: str, context: Context) -> HandlerContext:
    name, version, method = _target(model, context)
    path = f"/v1/models/{name}{f'/versions/{version}' if version else ''}:{method or 'predict'}"
    attributes = context.get_request_header(0, _ATTRIBUTES)
    return HandlerContext(name, version, method, path, None, None, attributes, content_type, accept, length)


def _rest_uri(model: SavedModels, path: str) -> str:
    """Return where a script that speaks HTTP to the model finds it; the server there starts with the first request."""
    with _lock:
        if model not in _servers:
            server = _servers[model] = Server(lambda request: _answer_rest(model, request), 0)
            threading.Thread(target=server.serve, daemon=True).start()
    return f"http://localhost:{_servers[model].port}{path}"


def _answer_rest(model: SavedModels, request: Request) -> Response:
    match = _PATH.fullmatch(request.path)
    if match is None or request.method != "POST":
        return Response(404, json.dumps({"error": f"Malformed request: {request.method} {request.path}"}).encode())
    return Response(*model.answer(match["name"], match["version"], match["method"], request.body))


def _bytes(asked: Any) -> bytes:
    if isinstance(asked, (bytes, bytearray)):
        return bytes(asked)
    return asked.encode() if isinstance(asked, str) else json.dumps(asked).encode()


_servers: dict[SavedModels, Server] = {}
_lock = threading.Lock()

DEFAULTS = Defaults(
    model_fn,
    generic.input_fn,
    generic.predict_fn,
    generic.output_fn,
    error_response=error_response,
    adapt=adapt,
    is_named=False,
)
