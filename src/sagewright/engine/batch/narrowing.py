"""Finding which record of a payload a model stumbles over, by asking again for halves of it."""

from __future__ import annotations

from collections.abc import Callable

from sagewright.engine.batch import failures
from sagewright.engine.batch.asking import Answer, NoAnswer
from sagewright.engine.batch.failures import Failure
from sagewright.engine.batch.records import BadRecord
from sagewright.engine.batch.splitting import Payload

MOST_REQUESTS = 40


def narrow(payload: Payload, failure: Failure, ask: Callable[[Payload], Answer]) -> Failure:
    """Return the failure of the first record at fault; of the whole payload where none is by itself.

    Args:
        payload: Lines that a server has answered with an error.
        ask: Sends a part of them, once.
    """
    if not failure.lines[0].startswith(failures.BAD_STATUS):
        return failure
    requests = 0
    while payload.records > 1:
        halves = _halves(payload)
        for half in halves:
            requests += 1
            if requests > MOST_REQUESTS:
                return failure
            if found := _failure(half, ask):
                payload, failure = half, found
                break
        else:
            return failure
    return failure


def _failure(payload: Payload, ask: Callable[[Payload], Answer]) -> Failure | None:
    try:
        answer = ask(payload)
    except (NoAnswer, BadRecord):
        return None
    return failures.of_answer(answer, payload) if answer.status >= 400 else None


def _halves(payload: Payload) -> tuple[Payload, Payload]:
    lines = payload.body.split(b"\n")
    middle = len(lines) // 2
    return (
        Payload(payload.first, middle, b"\n".join(lines[:middle])),
        Payload(payload.first + middle, len(lines) - middle, b"\n".join(lines[middle:])),
    )
