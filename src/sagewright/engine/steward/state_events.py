"""Telling EventBridge what becomes of jobs and endpoints, where rules are there to hear it.

The details are those of Amazon's guide, "Events that SageMaker sends to EventBridge". As there, a state may be told
twice; of states that follow each other within a moment, only the last may be told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from sagewright.engine import operations
from sagewright.engine.gateway.hybrid import pending
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.errors import ApiError

_PAGE = 1000


@dataclass(frozen=True)
class _Told:
    """How one kind of resource is told of.

    Attributes:
        statuses: Members of the description that make up its state.
        dropped: Members of the description that no event has.
    """

    noun: str
    kind: str
    statuses: tuple[str, ...]
    dropped: tuple[str, ...] = ()


_KINDS = {
    "training-job": _Told(
        "TrainingJob", "SageMaker Training Job State Change", ("TrainingJobStatus", "SecondaryStatus")
    ),
    "transform-job": _Told("TransformJob", "SageMaker Transform Job State Change", ("TransformJobStatus",)),
    "endpoint": _Told("Endpoint", "SageMaker Endpoint State Change", ("EndpointStatus",), ("DataCaptureConfig",)),
}


class StateEventReconciler:
    """Follows the changes of the state store from where the last one has stopped."""

    kind = "state-event"

    def __init__(self, parts: Parts) -> None:
        self._parts = replace(parts, ring=lambda: None)  # what is described here is being worked on already
        self._last: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def tick(self) -> bool:
        """Have told what has changed; return whether there was anything to tell."""
        home = self._parts.home
        if home is None or not pending.has_rules(home):
            return False
        after = pending.followed_to(home)
        if after is None:  # rules are new here: what was before is not told
            pending.follow(home, self._newest(0), ())
            return False
        changes = self._parts.state.changes(after, _PAGE)
        found = [self._event(change.kind, change.scope, change.name) for change in changes if change.version]
        events = [event for event in found if event is not None]
        if changes:
            pending.follow(home, changes[-1].seq, events)
        return bool(events)

    def _newest(self, after: int) -> int:
        while changes := self._parts.state.changes(after, _PAGE):
            after = changes[-1].seq
        return after

    def _event(self, kind: str, scope: str, name: str) -> Mapping[str, Any] | None:
        """Return the event of a resource's new state; None: it is in the state that was told of last."""
        told = _KINDS.get(kind)
        if told is None:
            return None
        account, _, region = scope.partition("/")
        caller = Caller(account, region, f"arn:aws:iam::{account}:root", account)
        describe = operations.find("sagemaker", f"Describe{told.noun}")
        assert describe is not None
        try:
            described = describe(self._parts, caller, {f"{told.noun}Name": name})
        except ApiError:  # it has gone meanwhile
            return None
        state = tuple(str(described.get(member)) for member in told.statuses)
        if self._last.get((kind, scope, name)) == state:
            return None
        self._last[kind, scope, name] = state
        detail = _plain({name: value for name, value in described.items() if name not in told.dropped}, kind)
        if kind == "endpoint":
            detail["EndpointStatus"] = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", described["EndpointStatus"]).upper()
        arn = described[f"{told.noun}Arn"]
        return {
            "kind": "event",
            "account": account,
            "region": region,
            "source": "aws.sagemaker",
            "type": told.kind,
            "resources": [arn],
            "detail": {"Tags": {}, **detail},
        }


def _plain(value: Any, kind: str) -> Any:
    """Return a value as events have it: times as the guide shows them for each kind."""
    if isinstance(value, Mapping):
        return {name: _timed(name, item, kind) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, kind) for item in value]
    return value


def _timed(name: str, value: Any, kind: str) -> Any:
    if not (name.endswith("Time") and isinstance(value, (int, float, datetime))):
        return _plain(value, kind)
    seconds = value.timestamp() if isinstance(value, datetime) else float(value)
    if kind == "transform-job":
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(int(seconds * 1000)) if kind == "training-job" else seconds * 1000
