"""The model server: the checks of a request in the container's order, its answers in its forms.

Facts: `contract.md` 7.3.4.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.serving import serve_folder
from sagewright.engine.algorithms.xgboost import requests
from sagewright.engine.algorithms.xgboost.image import is_one_line, library_version
from sagewright.engine.algorithms.xgboost.matrices import message_of
from sagewright.engine.algorithms.xgboost.model_file import load_all
from sagewright.engine.algorithms.xgboost.responses import ACCEPTED, encode, encode_batch, encode_selected
from sagewright.engine.algorithms.xgboost.selection import select
from sagewright.engine.model_server.wire import Request, Response
from sagewright.vocabulary.content_types import CSV, JSON

LARGEST_BODY_BYTES = 6_291_456
_VOTED = ("multi:softmax", "binary:hinge")


@dataclass(frozen=True)
class Settings:
    """What a model's environment asks for.

    Attributes:
        selected: The keys of `SAGEMAKER_INFERENCE_OUTPUT`; None: the plain predictions.
        is_batch: The server works for a transform job.
        default_accept: The form of an answer where the request names none.
        is_one_line: CSV goes on one line, as the legacy image writes it.
    """

    selected: Sequence[str] | None = None
    is_batch: bool = False
    default_accept: str = CSV
    is_ensemble: bool = True
    largest_body_bytes: int = LARGEST_BODY_BYTES
    is_one_line: bool = False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        selected = environment.get("SAGEMAKER_INFERENCE_OUTPUT")
        return cls(
            selected=None if selected is None else selected.replace(" ", "").lower().split(","),
            is_batch=bool(environment.get("SAGEMAKER_BATCH")),
            default_accept=environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV),
            is_ensemble=environment.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") == "true",
            largest_body_bytes=int(environment.get("MAX_CONTENT_LENGTH", LARGEST_BODY_BYTES)),
            is_one_line=is_one_line(library_version(environment)),
        )


@dataclass(frozen=True)
class Served:
    """The models that answer together: one, or those of cross validation."""

    boosters: Sequence[xgb.Booster]
    objective: str
    num_class: int

    @classmethod
    def of(cls, boosters: Sequence[xgb.Booster]) -> Served:
        learner = json.loads(boosters[0].save_config())["learner"]
        for booster in boosters:
            booster.set_param({"nthread": 1})  # requests run side by side
        return cls(boosters, learner["objective"]["name"], int(learner["learner_model_param"]["num_class"]))

    def predict(self, rows: Any) -> npt.NDArray[Any]:
        """Return `(n,)` or, for the probabilities of several classes, `(n, classes)` predictions."""
        matrix = xgb.DMatrix(rows, nthread=1)
        found = [_predict(booster, matrix) for booster in self.boosters]
        if len(found) == 1:
            return found[0]
        return _voted(np.stack(found)) if self.objective in _VOTED else np.asarray(np.mean(found, axis=0))


def _predict(booster: xgb.Booster, matrix: xgb.DMatrix) -> npt.NDArray[Any]:
    best = booster.attr("best_iteration")
    rounds = (0, int(best) + 1) if best is not None else (0, 0)
    return np.asarray(booster.predict(matrix, iteration_range=rounds, validate_features=False))


def _voted(predictions: npt.NDArray[Any]) -> npt.NDArray[Any]:
    known = np.unique(predictions)
    votes = np.stack([(predictions == value).sum(axis=0) for value in known])
    return np.asarray(known[votes.argmax(axis=0)])


def serve(folder: Path) -> int:
    """Serve the models of a folder until SIGTERM; return the exit code."""
    settings = Settings.of(os.environ)

    def load(place: Path) -> partial[Response]:
        served = Served.of(load_all(place, ensemble=settings.is_ensemble))
        print(f"Model objective : {served.objective}", flush=True)  # noqa: T201
        return partial(answer, served, settings)

    return serve_folder(load, folder, "XGBoost", failed=1, largest_body_bytes=settings.largest_body_bytes)


def answer(served: Served, settings: Settings, request: Request) -> Response:
    """Answer one request."""
    path = request.path.partition("?")[0]
    if path == "/ping" and request.method == "GET":
        return Response(200)
    if path == "/execution-parameters" and request.method == "GET":
        parameters = {
            "MaxConcurrentTransforms": os.cpu_count() or 1,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": settings.largest_body_bytes >> 20,
        }
        return Response(200, json.dumps(parameters).encode())
    if path == "/invocations" and request.method == "POST":
        return _invoke(served, settings, request)
    return _text(404, f"There is no {request.method} {path} here.")


def _invoke(served: Served, settings: Settings, request: Request) -> Response:
    if not request.body:
        return Response(204, content_type="text/html; charset=utf-8")
    try:
        rows = requests.decode(request.body, request.headers.get("content-type"))
    except (requests.Unreadable, CustomerError) as error:
        return _text(415, str(error))
    try:
        predictions = served.predict(rows)
    except (xgb.core.XGBoostError, ValueError) as error:
        return _text(400, f"Unable to evaluate payload provided: {message_of(error)}")
    accept = _accept(request.headers.get("accept", ""), settings.default_accept)
    if accept is None:
        name = request.headers["accept"].partition(";")[0].strip()
        return _text(406, f"Accept type {name} is not supported. Please use supported accept types: {list(ACCEPTED)}.")
    try:
        return Response(200, _encoded(served, settings, predictions, accept), _content_type(accept))
    except ValueError as error:
        return _text(500, str(error))


def _accept(given: str, default: str) -> str | None:
    name = given.partition(";")[0].strip()
    if name in ("", "*/*"):
        return default
    return name.lower() if name.lower() in ACCEPTED else None


def _encoded(served: Served, settings: Settings, predictions: npt.NDArray[Any], accept: str) -> bytes:
    if settings.selected is not None:
        chosen = select(predictions, settings.selected, served.objective, served.num_class)
        return encode_selected(chosen, settings.selected, accept, is_batch=settings.is_batch)
    if settings.is_batch:
        return encode_batch(predictions)
    return encode(predictions, accept, is_one_line=settings.is_one_line)


def _content_type(accept: str) -> str:
    return f"{accept}; charset=utf-8" if accept.startswith("text/") else accept or JSON


def _text(status: int, message: str) -> Response:
    print(f"{status} {message}", file=sys.stderr, flush=True)  # noqa: T201
    return Response(status, message.encode(), "text/html; charset=utf-8")
