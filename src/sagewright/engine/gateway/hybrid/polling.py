"""Requests for messages of a queue, read for how long they wait."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sagewright.engine.gateway.hybrid import backends, sharing
from sagewright.engine.parts import Caller

_WAIT = "WaitTimeSeconds"


@dataclass(frozen=True)
class Poll:
    """A request for messages.

    Attributes:
        wait_s: How long it waits for one; None: as long as the queue says.
        body: The same request, waiting for none.
    """

    queue: str
    wait_s: float | None
    body: bytes


def read(body: bytes) -> Poll:
    """Read a request in either protocol of SQS."""
    try:
        document: Any = json.loads(body)
        waiting_none = json.dumps({**document, _WAIT: 0}).encode()
    except (ValueError, TypeError):
        document = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        waiting_none = urlencode({**document, _WAIT: "0"}).encode()
    try:
        wait_s = float(document[_WAIT])
    except (KeyError, TypeError, ValueError):
        wait_s = None
    return Poll(str(document.get("QueueUrl", "")), wait_s, waiting_none)


def wait_of(home: Path, queue: str, caller: Caller) -> float:
    """Return how long requests to a queue wait that do not say it themselves."""

    def look(_: object) -> float:
        backend: Any = backends.backend_of(("sqs", caller.account, caller.region))
        found = backend.queues.get(queue.rstrip("/").rpartition("/")[2])
        return float(found.receive_message_wait_time_seconds or 0) if found is not None else 0.0

    return sharing.work_on(home, look, changes=False)
