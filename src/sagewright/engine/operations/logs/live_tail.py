"""StartLiveTail: events as they come."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sagewright.engine.abc import LogEvent, LogStream, NoSuchLog
from sagewright.engine.operations.logs.addresses import arn_of, group_of
from sagewright.engine.operations.logs.errors import invalid_parameter, log_errors
from sagewright.engine.operations.logs.metric_filters import end_of
from sagewright.engine.operations.logs.patterns import Pattern, compiled
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

EACH_S = 1.0
MOST_EVENTS = 500  # of one update; beyond them, the rest is left out
LONGEST_S = 3 * 3600.0


def start_live_tail(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a stream of the events that are written from now on to some groups, once a second.

    Raises:
        ApiError: `ResourceNotFoundException`, `InvalidParameterException`.
    """
    groups = [group_of(identifier) for identifier in params["logGroupIdentifiers"]]
    names, prefixes = params.get("logStreamNames") or (), params.get("logStreamNamePrefixes") or ()
    if names and prefixes:
        raise invalid_parameter("Only one of logStreamNames or logStreamNamePrefixes can be provided.")
    if (names or prefixes) and len(groups) > 1:
        raise invalid_parameter("logStreamNames and logStreamNamePrefixes can only be used with a single log group.")
    pattern = compiled(params.get("logEventFilterPattern") or "")
    tail = _Tail(parts, caller, groups, names, prefixes, pattern)
    with log_errors():
        tail.skip()
    return {"responseStream": _updates(parts, params, tail)}


def _updates(parts: Parts, params: Params, tail: _Tail) -> Iterator[dict[str, Any]]:
    session = {
        "requestId": str(uuid.uuid4()),
        "sessionId": str(uuid.uuid4()),
        "logGroupIdentifiers": list(params["logGroupIdentifiers"]),
        "logEventFilterPattern": params.get("logEventFilterPattern") or "",
    }
    for member in ("logStreamNames", "logStreamNamePrefixes"):
        if params.get(member):
            session[member] = list(params[member])
    yield {"sessionStart": session}
    end = parts.clock.now() + LONGEST_S
    while parts.clock.now() < end:
        parts.clock.sleep(EACH_S)
        found = tail.read()
        yield {
            "sessionUpdate": {
                "sessionMetadata": {"sampled": len(found) > MOST_EVENTS},
                "sessionResults": found[:MOST_EVENTS],
            }
        }
    raise ApiError("SessionTimeoutException", "The session has timed out: it was open for three hours.")


class _Tail:
    """Follows the streams of some groups."""

    def __init__(
        self,
        parts: Parts,
        caller: Caller,
        groups: Sequence[str],
        names: Sequence[str],
        prefixes: Sequence[str],
        pattern: Pattern,
    ) -> None:
        self._parts, self._caller, self._groups = parts, caller, groups
        self._names, self._prefixes, self._pattern = frozenset(names), tuple(prefixes), pattern
        self._places: dict[str, tuple[int, int]] = {}  # by a stream's id: its size as last seen, and how far it is read

    def skip(self) -> None:
        """Pass over what there is.

        Raises:
            NoSuchLog: A group is missing.
        """
        for group in self._groups:
            for stream in self._parts.logs.streams(group):
                self._places[stream.id] = (stream.stored_bytes, end_of(self._parts, group, stream.name))

    def read(self) -> list[dict[str, Any]]:
        """Return what has been written since, in the order of its time."""
        found = [each for group in self._groups for each in self._of(group)]
        return sorted(found, key=lambda each: each["timestamp"])

    def _of(self, group: str) -> Iterator[dict[str, Any]]:
        try:
            for stream in self._parts.logs.streams(group):
                size, place = self._places.get(stream.id, (-1, 0))
                if size == stream.stored_bytes or not self._is_wanted(stream):
                    continue
                for _, end, event in self._parts.logs.scan(group, stream.name, place):
                    place = end
                    if self._pattern.matches(event.message):
                        yield self._described(group, stream, event)
                self._places[stream.id] = (stream.stored_bytes, place)
        except NoSuchLog:  # deleted meanwhile
            return

    def _is_wanted(self, stream: LogStream) -> bool:
        if self._names:
            return stream.name in self._names
        return not self._prefixes or stream.name.startswith(self._prefixes)

    def _described(self, group: str, stream: LogStream, event: LogEvent) -> dict[str, Any]:
        return {
            "logGroupIdentifier": arn_of(self._caller, group),
            "logStreamName": stream.name,
            "message": event.message,
            "timestamp": event.timestamp_ms,
            "ingestionTime": event.ingested_ms,
        }
