"""The steward's look at CloudWatch alarms: each is evaluated when a period of its metric is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.cloudwatch.alarm_checks import period_of
from sagewright.engine.operations.cloudwatch.alarm_history import acted, note, state_updated
from sagewright.engine.operations.cloudwatch.alarm_records import COMPOSITE, is_function, is_policy, records, type_of
from sagewright.engine.operations.cloudwatch.alarms import ACTIONS, turned
from sagewright.engine.parts import Parts
from sagewright.engine.scaling.alarm_rules import BadRule, parsed
from sagewright.engine.scaling.alarms import ALARM, FURTHER_PERIODS, OK, state_of
from sagewright.engine.steward.alarm_news import event_of, news_of
from sagewright.engine.steward.alarm_values import PER_INSTANCE, AlarmValues
from sagewright.vocabulary.arns import parse_arn

__all__ = ["MINUTE_S", "PER_INSTANCE", "Alarms", "Publish"]

MINUTE_S = 60.0
GRACE_S = 5.0  # at the usual pace: the processes that call endpoints write their metrics down a moment late
LEAST_GRACE_S = 1.0

Publish = Callable[[str, str, str], bool | None]  # topic or function, subject, message; False: nobody got it


class Alarms:
    """Evaluates alarms.

    Args:
        minute_s: Seconds that count as a minute.
        publish: Sends a message to a topic of SNS or a function of Lambda.
    """

    def __init__(self, parts: Parts, minute_s: float, publish: Publish) -> None:
        self._parts, self._pace, self._publish = parts, minute_s / MINUTE_S, publish
        self._values = AlarmValues(parts, self._pace)
        self._grace_s = max(LEAST_GRACE_S, GRACE_S * self._pace)
        self._seen: dict[tuple[str, str], tuple[float, float]] = {}
        self._unsettled: set[tuple[str, str]] = set()

    @property
    def are_settled(self) -> bool:
        """Whether no alarm will come into another state before somebody writes again."""
        return not self._unsettled

    def evaluate(self) -> Iterator[tuple[Record, bool]]:
        """Yield the alarms that have been looked at, each with whether its state is a new one.

        That is once a period, and after somebody has set a state by hand. Composite alarms are looked at every time.
        """
        found = list(records(self._parts))
        states: dict[tuple[str, str], str] = {(record.scope, record.name): record.body["state"] for record in found}
        self._unsettled &= set(states)
        for record in sorted(found, key=lambda record: type_of(record) == COMPOSITE):
            looked = self._look_at(record, states)
            if looked is None:
                continue
            states[record.scope, record.name] = looked.body["state"]
            is_new = bool(looked.body.get("untold"))
            yield (self._told(looked) if is_new else looked), is_new

    def _look_at(self, record: Record, states: Mapping[tuple[str, str], str]) -> Record | None:
        if record.body.get("untold"):  # a state that was set by hand, or that a steward could not tell any more
            return record
        if type_of(record) == COMPOSITE:
            return self._look_at_composite(record, states)
        period_s = period_of(record.body["request"]) * self._pace
        end = (self._parts.clock.now() - self._grace_s) // period_s * period_s
        key, mark = (record.scope, record.name), (end, record.body["configured_at"])
        if self._seen.get(key) == mark:
            return None
        self._seen[key] = mark
        return self._evaluated(record, end, period_s)

    def _evaluated(self, record: Record, end: float, period_s: float) -> Record | None:
        body, request = record.body, record.body["request"]
        count = request["EvaluationPeriods"]
        values = self._values.read(record, end, period_s, count + FURTHER_PERIODS)
        self._note_whether_settled(record, values)
        if self._values.are_too_few(request, end, period_s):
            state, reason = body["state"], body["reason"]
        else:
            state, reason = state_of(request, values, body["state"])
        recent = values[-count:]
        if state == body["state"] and recent == body.get("values"):
            return record
        changed = turned(body, state, reason, self._parts.clock.now()) if state != body["state"] else dict(body)
        if state != body["state"]:
            changed["reason_data"] = _reason_data(request, recent, end, period_s)
        return self._put(record, {**changed, "values": recent})

    def _look_at_composite(self, record: Record, states: Mapping[tuple[str, str], str]) -> Record | None:
        try:
            rule = parsed(record.body["request"]["AlarmRule"])
        except BadRule:  # no rule like that is stored
            return None
        own = {name: state for (scope, name), state in states.items() if scope == record.scope}
        state = ALARM if rule.holds(own) else OK
        if state == record.body["state"]:
            return None
        listed = ", ".join(f"{name} is {own.get(name, 'missing')}" for name in rule.names)
        reason = f"{parse_arn(record.body['arn']).resource} transitioned to {state}: {listed}"
        return self._put(record, turned(record.body, state, reason, self._parts.clock.now()))

    def _note_whether_settled(self, record: Record, values: Sequence[float | None]) -> None:
        key = (record.scope, record.name)
        if any(value is not None for value in values):
            self._unsettled.add(key)
        else:
            self._unsettled.discard(key)

    def _put(self, record: Record, body: dict[str, Any]) -> Record | None:
        is_new = body["state"] != record.body["state"]
        if is_new:
            body["untold"] = {"was": record.body["state"]}
        try:
            changed = self._parts.state.put(
                replace(record, body=body, status=body["state"]), expected_version=record.version
            )
        except VersionConflict:  # somebody has changed it: the next look decides again
            self._seen.pop((record.scope, record.name), None)
            return None
        if is_new:
            note(self._parts, changed, state_updated(record.body, body))
        return changed

    def _told(self, record: Record) -> Record:
        """Run the actions of a state that is new, and note that this is done; killed in between, they run again."""
        self._tell(record, record.body["untold"]["was"])
        body = {name: value for name, value in record.body.items() if name != "untold"}
        try:
            return self._parts.state.put(replace(record, body=body), expected_version=record.version)
        except VersionConflict:
            return replace(record, body=body)

    def _tell(self, record: Record, was: str) -> None:
        """Send the news of an alarm to its topics and functions."""
        request = record.body["request"]
        if not request.get("ActionsEnabled", True):
            return
        for action in request.get(ACTIONS[record.body["state"]], ()):
            if not is_policy(action):
                subject = f'{record.body["state"]}: "{record.name}" in {parse_arn(record.body["arn"]).region}'
                news = event_of(record, was) if is_function(action) else news_of(record, was)
                is_done = self._publish(action, subject[:100], json.dumps(news)) is not False
                note(self._parts, record, acted(action, record.body["state"], is_done=is_done))


def _reason_data(request: Mapping[str, Any], values: Sequence[float | None], end: float, period_s: float) -> str:
    data = {
        "version": "1.0",
        "startDate": end - len(values) * period_s,
        "queryDate": end,
        "statistic": request.get("Statistic") or request.get("ExtendedStatistic"),
        "period": period_of(request),
        "recentDatapoints": [value for value in values if value is not None],
        "threshold": request["Threshold"],
    }
    return json.dumps({name: value for name, value in data.items() if value is not None})
