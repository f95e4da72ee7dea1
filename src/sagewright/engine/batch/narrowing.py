"""Finding which record of a payload a model stumbles over, by asking again for halves of it."""

from __future__ import annotations

from collections.abc import Callable

from sagewright.engine.batch.failures import Failure
from sagewright.engine.batch.splitting import Payload

MOST_REQUESTS = 40


def narrow(payload: Payload, failure: Failure, ask: Callable[[Payload], bytes | Failure]) -> Failure:
    """Return the failure of the first record at fault; of the whole payload where none is by itself.

    Args:
        payload: Lines that were answered with the failure.
        ask: Sends a part of them, once.
    """
    requests = 0
    while failure.can_be_narrowed and payload.records > 1:
        for half in _halves(payload):
            requests += 1
            found = ask(half) if requests <= MOST_REQUESTS else None
            if isinstance(found, Failure) and found.can_be_narrowed:
                payload, failure = half, found
                break
        else:
            break
    return failure


def _halves(payload: Payload) -> tuple[Payload, Payload]:
    lines = payload.body.split(b"\n")
    middle = len(lines) // 2
    return (
        Payload(payload.first, middle, b"\n".join(lines[:middle])),
        Payload(payload.first + middle, len(lines) - middle, b"\n".join(lines[middle:])),
    )
