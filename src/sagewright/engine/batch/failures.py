"""Why an object could not be transformed, in the words of SageMaker's data log (`contract.md` 3.2.2). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sagewright.engine.batch.asking import Answer, NoAnswer
from sagewright.engine.batch.records import BadRecord
from sagewright.engine.batch.splitting import BadInput, Payload

CLIENT, ALGORITHM = "ClientError", "AlgorithmError"
SEE_LOGS = "See job logs for more information"
SHOWN_BYTES = 8192  # of a server's error
HINT_CHARACTERS = 300


@dataclass(frozen=True)
class Failure:
    """What went wrong with an object first.

    Attributes:
        kind: `ClientError` or `AlgorithmError`.
        where: The record or records at fault; empty: the object.
        lines: The story.
        can_be_narrowed: It is known of several records together; asking for fewer of them tells which it is.
    """

    kind: str
    where: str
    lines: Sequence[str]
    can_be_narrowed: bool = False

    @property
    def told(self) -> Sequence[str]:
        """The lines for the log, the first with the place."""
        first, *rest = self.lines
        return [f"{self.where}: {first}" if self.where else first, *rest]

    @property
    def summary(self) -> str:
        """One line for the job's failure reason."""
        text = " ".join(line for line in self.told if line and line != "Message:")
        return text if len(text) <= HINT_CHARACTERS else f"{text[:HINT_CHARACTERS]}..."


def of_input(error: BadInput) -> Failure:
    """Return the failure of an object that cannot be split."""
    said = f"Too much data for max payload size: {error}" if error.too_large else f"Bad input: {error}"
    return Failure(CLIENT, f"record {error.record}" if error.record else "", [said])


def of_record(error: BadRecord, payload: Payload) -> Failure:
    """Return the failure of a record that cannot be filtered or joined."""
    where = place(payload) if error.record is None else f"record {max(payload.first, 1) + error.record}"
    kind = ALGORITHM if error.is_answer else CLIENT
    return Failure(kind, where, [str(error)], can_be_narrowed=error.record is None)


def of_answer(answer: Answer, payload: Payload) -> Failure:
    """Return the failure that a server has answered with."""
    text = answer.body[:SHOWN_BYTES].decode(errors="replace")
    lines = [f"Bad HTTP status received from algorithm: {answer.status}", "", "Message:", *text.splitlines()]
    kind = CLIENT if answer.status < 500 else ALGORITHM
    return Failure(kind, place(payload), lines, can_be_narrowed=True)


def of_silence(error: NoAnswer, payload: Payload) -> Failure:
    """Return the failure of a request that got no answer."""
    return Failure(ALGORITHM, place(payload), [str(error)])


def place(payload: Payload) -> str:
    """Return which records a payload holds."""
    if payload.first == 0:
        return ""
    if payload.records == 1:
        return f"record {payload.first}"
    return f"records {payload.first} to {payload.first + payload.records - 1}"
