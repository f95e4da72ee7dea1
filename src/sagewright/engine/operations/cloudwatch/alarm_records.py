"""Alarms' records, and what kinds of them there are."""

from __future__ import annotations

from collections.abc import Iterator

from sagewright.engine.abc import Query, Record
from sagewright.engine.parts import Parts

KIND = "alarm"
METRIC, COMPOSITE = "MetricAlarm", "CompositeAlarm"


def type_of(record: Record) -> str:
    return str(record.body.get("type", METRIC))


def is_policy(action: str) -> bool:
    """Tell whether an alarm's action is a scaling policy."""
    return ":autoscaling:" in action and ":scalingPolicy:" in action


def is_function(action: str) -> bool:
    """Tell whether an alarm's action is a function of Lambda."""
    return ":lambda:" in action and ":function:" in action


def records(parts: Parts, scope: str | None = None, kind: str = KIND) -> Iterator[Record]:
    """Yield the alarms of a scope (None: of all) in order of name, or the records of another kind."""
    token: str | None = None
    while True:
        page = parts.state.list(Query(kind, scope, sort_by="name", limit=1000, after=token))
        yield from page.records
        token = page.next_token
        if token is None:
            return
