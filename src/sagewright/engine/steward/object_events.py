"""Telling topics, queues and buses what has happened to objects (`operations/s3/events.py` writes the messages down).

At least once: a record goes when all of its messages are sent. In order for one key and one target: what has failed
holds back what follows it, until it is sent or given up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.s3.events import KIND, SUBJECT
from sagewright.engine.parts import Parts

PATIENCE_S = 3600.0  # after which a message is given up
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
_RECORDS_PER_TICK = 200

log = logging.getLogger(__name__)

Send = Callable[[str, str, Sequence[str]], None]  # ARN, subject, messages
Message = Mapping[str, Any]


class ObjectEventReconciler:
    """Delivers what waits.

    Args:
        send: Sends messages to one target; raises where that fails. Its `LookupError` says that there is no such
            target, which is not tried again.
    """

    kind = KIND

    def __init__(self, parts: Parts, send: Send) -> None:
        self._parts, self._send = parts, send
        self._pauses: dict[str, tuple[float, float]] = {}  # target -> when it is tried again, and the pause after that

    def tick(self) -> bool:
        """Deliver what can be delivered now."""
        records = self._parts.state.list(Query(KIND, queue="queued", sort_by="name", limit=_RECORDS_PER_TICK)).records
        if not records:
            return False
        waiting = [(record, message) for record in records for message in record.body["messages"]]
        done: set[int] = set()
        by_target = sorted(range(len(waiting)), key=lambda number: waiting[number][1]["arn"])
        for arn, numbers in groupby(by_target, key=lambda number: str(waiting[number][1]["arn"])):
            done.update(self._deliver(arn, [(number, *waiting[number]) for number in numbers]))
        self._settle(records, [message for _, message in waiting], done)
        return True

    def _deliver(self, arn: str, waiting: Sequence[tuple[int, Record, Message]]) -> list[int]:
        """Send one target what waits for it; return the numbers of the messages that are done with."""
        now = self._parts.clock.now()
        if self._pauses.get(arn, (0.0, 0.0))[0] > now:
            return []
        try:
            self._send(arn, SUBJECT, [message["text"] for _, _, message in waiting])
        except LookupError:
            log.warning("%d messages of S3 are lost: there is no %s", len(waiting), arn)
        except Exception as error:  # noqa: BLE001 - whatever stands in a message's way must not stop the others
            return self._pause(arn, waiting, now, error)
        self._pauses.pop(arn, None)
        return [number for number, _, _ in waiting]

    def _pause(
        self, arn: str, waiting: Sequence[tuple[int, Record, Message]], now: float, error: Exception
    ) -> list[int]:
        pause = self._pauses.get(arn, (0.0, FIRST_PAUSE_S))[1]
        self._pauses[arn] = (now + pause, min(2 * pause, LONGEST_PAUSE_S))
        old = [number for number, record, _ in waiting if now - record.created_at > PATIENCE_S]
        log.warning("%d messages of S3 to %s: %s; %d are given up", len(waiting), arn, error, len(old))
        return old

    def _settle(self, records: Sequence[Record], messages: Sequence[Message], done: set[int]) -> None:
        """Remove records that are done with, and what is done of the others."""
        number = 0
        for record in records:
            numbers = range(number, number + len(record.body["messages"]))
            number = numbers.stop
            left = [messages[n] for n in numbers if n not in done]
            if not left:
                self._parts.state.delete(KIND, record.scope, record.name)
            elif len(left) < len(numbers):
                try:
                    self._parts.state.put(replace(record, body={"messages": left}), expected_version=record.version)
                except VersionConflict:
                    log.warning("%s was changed by somebody else", record.name)
