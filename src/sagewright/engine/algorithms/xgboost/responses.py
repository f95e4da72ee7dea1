"""The forms of an answer (`contract.md` 7.3.4)."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, RECORDIO
from sagewright.vocabulary.recordio import Record, Tensor, write_record

ACCEPTED = (JSON, JSON_LINES, RECORDIO, CSV)

Answer = Mapping[str, Any]


def encode(predictions: npt.NDArray[Any], accept: str, *, is_one_line: bool = False) -> bytes:
    """Return plain predictions.

    Args:
        is_one_line: All values of CSV between commas, without a line end.

    Raises:
        ValueError: `accept`, which a default may have set, is none of `ACCEPTED`.
    """
    values = predictions.tolist()
    if accept == CSV:
        if is_one_line:
            return ",".join(map(str, predictions.ravel().tolist())).encode()
        return "".join(",".join(map(str, row if isinstance(row, list) else [row])) + "\n" for row in values).encode()
    return _documents([{"score": value} for value in values], accept)


def encode_batch(predictions: npt.NDArray[Any]) -> bytes:
    """Return predictions as a transform job stores them, whatever form it asks for."""
    return "".join(f"{value}\n" for value in predictions.tolist()).encode()


def encode_selected(answers: Sequence[Answer], keys: Sequence[str], accept: str, *, is_batch: bool) -> bytes:
    """Return selected outputs, those of CSV in the order of the keys.

    Raises:
        ValueError: As of `encode`.
    """
    if accept == CSV:
        lines = [",".join(_cell(answer[key]) for key in keys) for answer in answers]
        return ("\n".join(lines) + ("\n" if is_batch else "")).encode()
    return _documents(answers, accept)


def _cell(value: Any) -> str:
    return f'"{value}"' if isinstance(value, list) else str(value)


def _documents(answers: Sequence[Answer], accept: str) -> bytes:
    if accept == JSON:
        return json.dumps({"predictions": answers}).encode()
    if accept == JSON_LINES:
        return "".join(json.dumps(answer) + "\n" for answer in answers).encode()
    if accept == RECORDIO:
        return b"".join(write_record(Record({}, {key: _tensor(v) for key, v in answer.items()})) for answer in answers)
    raise ValueError(f"Cannot encode predictions into accept type '{accept}'.")


def _tensor(value: Any) -> Tensor:
    return Tensor(array("f", value if isinstance(value, list) else [value]))
