"""Filtering records and joining answers to them (`contract.md` 3.2.3). Pure.

CSV is cut at its commas and put together again with the fields as they were, quotes included. JSON is parsed where a
filter or a join looks into it; what goes to the model unfiltered goes as it came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.batch.json_path import ALL, NothingFound, Path

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
FORMATS = (CSV, JSON, JSON_LINES)
INPUT, OUTPUT = "SageMakerInput", "SageMakerOutput"
INFERENCE_ID, INFERENCE_TIME = "SageMakerInferenceId", "SageMakerInferenceTime"

_FIELD = re.compile(rb'(?:"(?:[^"]|"")*"|[^,"])*')


class BadRecord(ValueError):
    """A record cannot be filtered or joined.

    Attributes:
        record: Its number within the payload, from 0; None: all of them are meant.
        is_answer: The model's answer is at fault, and not the input.
    """

    def __init__(self, message: str, record: int | None = None, *, is_answer: bool = False) -> None:
        super().__init__(message)
        self.record, self.is_answer = record, is_answer


@dataclass(frozen=True)
class Processing:
    """What is done to records on their way to the model and back.

    Attributes:
        content_type: One of `FORMATS`; others only where nothing is filtered or joined.
        lines: Each line is a record; else a payload is one.
        accept: What the answer shall be, where that was said.
    """

    content_type: str = ""
    lines: bool = True
    input_filter: Path = ALL
    join: bool = False
    output_filter: Path = ALL
    inference_time: str = ""  # set: each record of the output gets an inference id, and this time

    @property
    def looks_into_answers(self) -> bool:
        return self.join or not self.output_filter.selects_all or bool(self.inference_time)

    def count(self, body: bytes) -> int:
        """Return how many records a payload holds."""
        return len(self._records(body))

    def request(self, body: bytes) -> bytes:
        """Return what the model is sent of a payload.

        Raises:
            BadRecord: The filter selects nothing of a record, or it cannot be read.
        """
        if self.input_filter.selects_all:
            return body
        return b"\n".join(self._filtered(record, n) for n, record in enumerate(self._records(body)))

    def output(self, body: bytes, answer: bytes, inference_ids: Sequence[str] = (), answered: str = "") -> bytes:
        """Return what is stored of an answer to a payload.

        Args:
            body: The payload as it was before its filter.
            answered: The answer's content type.
            inference_ids: One for each record, where they are wanted.

        Raises:
            BadRecord: The answer cannot be joined to the payload.
        """
        if not self.looks_into_answers:
            return answer
        records = self._records(body)
        if self.content_type == CSV and _is_json(answered):
            said = f"Failed to parse output from the algorithm as CSV: it is {answered}, name {CSV} as Accept"
            raise BadRecord(said, 0, is_answer=True)
        answers = self._answers(answer, len(records))
        finish = self._finish_row if self.content_type == CSV else self._finish_value
        ids = inference_ids or [""] * len(records)
        return b"\n".join(
            finish(record, given, identifier, number)
            for number, (record, given, identifier) in enumerate(zip(records, answers, ids, strict=True))
        )

    def _records(self, body: bytes) -> list[bytes]:
        return _lines_of(body) if self.lines else [body]

    def _answers(self, answer: bytes, count: int) -> list[bytes]:
        if self.content_type != CSV and count == 1:
            return [answer]  # a single document may stretch over lines
        answers = _lines_of(answer)
        if len(answers) != count:
            raise BadRecord(
                f"Failed to parse output from the algorithm as {_named(self.content_type)}: it has {len(answers)} "
                f"records, of {count} that it was sent",
                is_answer=True,
            )
        return answers

    def _filtered(self, record: bytes, number: int) -> bytes:
        try:
            if self.content_type == CSV:
                return b",".join(self.input_filter.select_fields(fields(record)))
            return _dump(self.input_filter.select(json.loads(record)))
        except NothingFound:
            raise BadRecord(f"the InputFilter `{self.input_filter.text}` selects nothing of it", number) from None
        except (ValueError, RecursionError) as error:
            raise BadRecord(f"it is no JSON: {error}", number) from None

    def _finish_row(self, record: bytes, answer: bytes, identifier: str, number: int) -> bytes:
        row = [*(fields(record) if self.join else ()), *fields(answer)]
        row = self._selected(row, number, of_row=True)
        if self.inference_time:
            row += [identifier.encode(), self.inference_time.encode()]
        return b",".join(row)

    def _finish_value(self, record: bytes, answer: bytes, identifier: str, number: int) -> bytes:
        value = _parsed(answer, number, is_answer=True)
        if self.join:
            given = _parsed(record, number, is_answer=False)
            value = {**given, OUTPUT: value} if isinstance(given, dict) else {INPUT: given, OUTPUT: value}
        value = self._selected(value, number, of_row=False)
        if self.inference_time:
            value = value if isinstance(value, dict) else {OUTPUT: value}
            value = {**value, INFERENCE_ID: identifier, INFERENCE_TIME: self.inference_time}
        return _dump(value)

    def _selected(self, value: Any, number: int, *, of_row: bool) -> Any:
        try:
            return self.output_filter.select_fields(value) if of_row else self.output_filter.select(value)
        except NothingFound:
            message = f"the OutputFilter `{self.output_filter.text}` selects what is not there"
            raise BadRecord(message, number) from None


def fields(record: bytes) -> list[bytes]:
    """Return the fields of a row as they stand there, quotes included."""
    record = record.removesuffix(b"\r")
    if b'"' not in record:
        return record.split(b",")
    found, position = [], 0
    while True:
        match = _FIELD.match(record, position)
        end = match.end() if match else position
        if end < len(record) and record[end : end + 1] != b",":  # a quote that is never closed
            end = len(record)
        found.append(record[position:end])
        if end >= len(record):
            return found
        position = end + 1


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in (JSON, JSON_LINES)


def _lines_of(body: bytes) -> list[bytes]:
    return [line for line in (line.rstrip(b"\r") for line in body.split(b"\n")) if line]


def _parsed(text: bytes, number: int, *, is_answer: bool) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "Failed to parse output from the algorithm as JSON" if is_answer else "it is no JSON"
        raise BadRecord(f"{what}: {error}", number, is_answer=is_answer) from None


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _named(content_type: str) -> str:
    return "CSV" if content_type == CSV else "JSON"
