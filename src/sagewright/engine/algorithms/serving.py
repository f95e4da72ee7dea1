"""The model server of the built-in algorithms: `/ping`, `/invocations`, `/execution-parameters` (`contract.md` 2.1).

One process answers, on a thread for each connection. With `SAGEMAKER_MULTI_MODEL` it holds many models (2.7).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sagewright.engine.algorithms.abc import Algorithm, CustomerError, Model
from sagewright.engine.algorithms.exchange import decode, encode
from sagewright.engine.model_server.listening import Server
from sagewright.engine.model_server.models import CannotLoad, Models
from sagewright.engine.model_server.settings import Settings, place_of
from sagewright.engine.model_server.wire import (
    LARGEST_BODY_BYTES,
    Answer,
    BadRequest,
    Request,
    Response,
    error_response,
    port_of,
)
from sagewright.vocabulary.content_types import CSV

SIZE_FACTOR = 3  # of a model's files to what it holds of the memory, at a guess


def serve(algorithm: Algorithm, folder: Path) -> int:
    """Serve a model until SIGTERM; return the exit code."""
    return serve_folder(lambda place: partial(answer, algorithm.load(place)), folder, algorithm.name, failed=2)


def serve_folder(
    load: Callable[[Path], Answer],
    folder: Path,
    name: str,
    *,
    failed: int,
    largest_body_bytes: int = LARGEST_BODY_BYTES,
) -> int:
    """Serve the model of a folder, or with `SAGEMAKER_MULTI_MODEL` those that are asked for; return the exit code.

    Args:
        load: Makes what answers of a folder's model; raises `CustomerError`.
        failed: The exit code where that cannot be done.
    """
    settings = Settings.of(os.environ)
    if settings.is_multi_model:
        models = Models(
            lambda _name, place: _InProcess.of(load, place),
            partial(place_of, folder.parent),
            settings.most_models,
            settings.memory_bytes,
        )
        serve_answers(partial(_answer_many, models), name, largest_body_bytes)
        return 0
    try:
        found = load(folder)
    except CustomerError as error:
        print(f"ClientError: {error}", file=sys.stderr, flush=True)  # noqa: T201
        return failed
    serve_answers(found, name, largest_body_bytes)
    return 0


def serve_answers(answer: Answer, name: str, largest_body_bytes: int = LARGEST_BODY_BYTES) -> None:
    """Answer on the port that the platform names until SIGTERM."""
    server = Server(answer, port_of(), largest_body_bytes)
    server.stop_on_sigterm()
    print(f"{name}: serving on port {server.port}", flush=True)  # noqa: T201
    server.serve()


def answer(model: Model, request: Request) -> Response:
    """Answer one request."""
    path = request.path.partition("?")[0]
    if path == "/ping" and request.method == "GET":
        return Response(200)
    if path == "/execution-parameters" and request.method == "GET":
        parameters = {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}
        return Response(200, json.dumps(parameters).encode())
    if path == "/invocations" and request.method == "POST":
        return _invoke(model, request)
    return error_response(404, f"There is no {request.method} {path} here.")


class _InProcess(NamedTuple):
    """A model of many, in this process."""

    respond: Answer
    size_bytes: int

    @classmethod
    def of(cls, load: Callable[[Path], Answer], folder: Path) -> _InProcess:
        try:
            found = load(folder)
        except CustomerError as error:
            raise CannotLoad(500, str(error)) from None
        except MemoryError:
            raise CannotLoad(507, "There is too little memory for the model.") from None
        size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return cls(found, SIZE_FACTOR * size_bytes)

    def answer(self, request: Request) -> Response:
        return self.respond(request._replace(path="/invocations"))

    def close(self) -> None:
        pass

    def resident_bytes(self) -> int:
        return self.size_bytes


def _answer_many(models: Models, request: Request) -> Response:
    if request.path.partition("?")[0] == "/ping" and request.method == "GET":
        return Response(200)
    return models.answer(request)


def _invoke(model: Model, request: Request) -> Response:
    try:
        rows = decode(request.body, request.headers.get("content-type", CSV), model.feature_dim)
        body, content_type = encode(model.predict(rows), _accept(request))
    except BadRequest as error:
        return error_response(error.status, str(error))
    except Exception as error:  # noqa: BLE001 - the border of the server
        return error_response(500, f"{type(error).__name__}: {error}")
    return Response(200, body, content_type)


def _accept(request: Request) -> str:
    """Return what the caller accepts; one that does not care gets what the model's environment says."""
    accept = request.headers.get("accept", "")
    return os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "") if accept in ("", "*/*") else accept
