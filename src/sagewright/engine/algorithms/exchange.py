"""Requests to a served model, and its answers, in the formats of `contract.md` 7.1.3."""

from __future__ import annotations

import io
import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.channels import dense
from sagewright.engine.model_server.wire import BadRequest
from sagewright.vocabulary import recordio
from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, RECORDIO, parse_content_type

Rows = npt.NDArray[np.float64]
Answers = Sequence[Mapping[str, Any]]
ANY = ("", "*/*", "application/*")


def decode(body: bytes, content_type: str, feature_dim: int) -> Rows:
    """Return the rows of a request, `(n, feature_dim) float64`.

    Raises:
        BadRequest: The body is not what the content type says, or a row has another number of features.
    """
    form = parse_content_type(content_type)
    name = form.name or CSV
    readers = {CSV: _from_csv, JSON: _from_json, JSON_LINES: _from_json_lines, RECORDIO: _from_recordio}
    if name not in readers:
        raise BadRequest(415, f"Content-type {content_type} is not supported; use one of {', '.join(readers)}.")
    rows: list[Any] = []
    try:
        labels = form.number("label_size", 0) if name == CSV else 0
        for row in readers[name](body):
            _check_width(len(rows) + 1, len(row) - labels, feature_dim)
            rows.append(row[labels:])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else error
        raise BadRequest(400, f"unable to evaluate payload provided as {name}: {what}") from None
    if not rows:
        raise BadRequest(400, "the request holds no row.")
    return _finite(np.asarray(rows, np.float64))


def _check_width(number: int, width: int, feature_dim: int) -> None:
    if width != feature_dim:
        raise BadRequest(400, f"row {number} has {width} features; the model was trained with {feature_dim} per row.")


def _finite(rows: Rows) -> Rows:
    bad = np.argwhere(~np.isfinite(rows))
    if len(bad):
        raise BadRequest(400, f"row {bad[0][0] + 1}, feature {bad[0][1] + 1}: not a finite number.")
    return rows


# Readers give their rows one by one: what is wrong with the first of them is told before the rest is read.


def _from_csv(body: bytes) -> Iterator[list[float]]:
    for line in body.decode().splitlines():
        if line.strip():
            yield [float(cell) for cell in line.split(",")]


def _from_json(body: bytes) -> Iterator[Any]:
    document = json.loads(body)
    if not isinstance(document, dict) or not isinstance(document.get("instances"), list):
        raise BadRequest(400, 'JSON must be of the form {"instances": [{"features": [...]}, ...]}.')
    yield from map(_instance, document["instances"])


def _from_json_lines(body: bytes) -> Iterator[Any]:
    for line in body.decode().splitlines():
        if line.strip():
            yield _instance(json.loads(line))


def _instance(item: Any) -> Any:
    """Return the features of one instance: plain, or under `data`, dense or sparse."""
    features = item["features"] if "features" in item else item["data"]["features"]
    if isinstance(features, list):
        return [float(value) for value in features]
    values = [float(value) for value in features["values"]]
    keys = features.get("keys")
    if not keys:
        return values
    return dense(recordio.Tensor(array("d", values), keys, features["shape"]))


def _from_recordio(body: bytes) -> Iterator[Any]:
    for record in recordio.read_records(io.BytesIO(body)):
        yield dense(record.features["values"])


def encode(answers: Answers, accept: str) -> tuple[bytes, str]:
    """Return the body and the content type of a response.

    Raises:
        BadRequest: `accept` names nothing that can be written.
    """
    for wish in accept.split(","):
        name = parse_content_type(wish).name
        if name in (*ANY, JSON):
            return json.dumps({"predictions": answers}).encode(), JSON
        if name == JSON_LINES:
            return "".join(json.dumps(answer) + "\n" for answer in answers).encode(), JSON_LINES
        if name == RECORDIO:
            return b"".join(recordio.write_record(_record(answer)) for answer in answers), RECORDIO
        if name == CSV:
            return "".join(",".join(map(str, _flat(answer))) + "\n" for answer in answers).encode(), CSV
    raise BadRequest(400, f"Accept type {accept} is not supported; use {JSON}, {JSON_LINES}, {CSV} or {RECORDIO}.")


def _record(answer: Mapping[str, Any]) -> recordio.Record:
    label = {name: recordio.Tensor(array("f", _numbers(value))) for name, value in answer.items()}
    return recordio.Record({}, label)


def _numbers(value: Any) -> list[float]:
    return [float(v) for v in value] if isinstance(value, list) else [float(value)]


def _flat(answer: Mapping[str, Any]) -> list[Any]:
    """Return an answer's values in one row: the label, where there is one, then the scores."""
    values = [answer["predicted_label"]] if "predicted_label" in answer else []
    score = answer["score"]
    return [*values, *(score if isinstance(score, list) else [score])]
