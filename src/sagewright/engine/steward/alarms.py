"""The steward's look at CloudWatch alarms: each is evaluated when a period of its metric is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.cloudwatch.alarms import ACTIONS, KIND, is_policy, turned
from sagewright.engine.operations.cloudwatch.queries import statistics
from sagewright.engine.operations.sagemaker.placed_components import KIND as COMPONENT
from sagewright.engine.parts import Parts
from sagewright.engine.scaling.alarms import state_of
from sagewright.vocabulary.arns import parse_arn

MINUTE_S = 60.0
GRACE_S = 5.0  # at the usual pace: the processes that call endpoints write their metrics down a moment late
LEAST_GRACE_S = 1.0
PER_INSTANCE = ("InvocationsPerInstance", "InvocationsPerCopy")

Publish = Callable[[str, str, str], None]  # topic, subject, message


class Alarms:
    """Evaluates alarms.

    Args:
        minute_s: Seconds that count as a minute.
        publish: Sends a message to a topic of SNS.
    """

    def __init__(self, parts: Parts, minute_s: float, publish: Publish) -> None:
        self._parts, self._pace, self._publish = parts, minute_s / MINUTE_S, publish
        self._grace_s = max(LEAST_GRACE_S, GRACE_S * self._pace)
        self._seen: dict[tuple[str, str], tuple[float, float]] = {}

    def evaluate(self) -> Iterator[tuple[Record, bool]]:
        """Yield the alarms that have been looked at, each with whether its state is a new one.

        That is once a period, and after somebody has set a state by hand.
        """
        for record in list(self._all()):
            looked = self._look_at(record)
            if looked is not None:
                if looked.body.get("to_tell"):
                    self._tell(looked, record.body["state"])
                yield looked, bool(looked.body.get("to_tell"))

    def _all(self) -> Iterator[Record]:
        token: str | None = None
        while True:
            page = self._parts.state.list(Query(KIND, limit=1000, after=token))
            yield from page.records
            token = page.next_token
            if token is None:
                return

    def _look_at(self, record: Record) -> Record | None:
        body = dict(record.body)
        if body.pop("to_act", False):
            return self._put(record, {**body, "to_tell": True})
        period_s = body["request"]["Period"] * self._pace
        end = (self._parts.clock.now() - self._grace_s) // period_s * period_s
        key, mark = (record.scope, record.name), (end, body["configured_at"])
        if self._seen.get(key) == mark:
            return None
        self._seen[key] = mark
        read = self._read(record, end, period_s)
        values = self._shared(record, read, end, period_s)
        state, reason = state_of(body["request"], values, body["state"])
        is_new = state != body["state"]
        changed = turned(body, state, reason, self._parts.clock.now()) if is_new else body
        return self._put(record, {**changed, "values": values, "read": [end, read], "to_tell": is_new})

    def _put(self, record: Record, body: Mapping[str, Any]) -> Record | None:
        try:
            self._parts.state.put(
                replace(record, body={k: v for k, v in body.items() if k != "to_tell"}, status=body["state"]),
                expected_version=record.version,
            )
        except VersionConflict:  # somebody has changed it: the next look decides again
            self._seen.pop((record.scope, record.name), None)
            return None
        return replace(record, body=body, status=body["state"])

    def _read(self, record: Record, end: float, period_s: float) -> list[float | None]:
        """Return the statistic of the alarm's periods, oldest first; those that were read before are not read again."""
        request, count = record.body["request"], record.body["request"]["EvaluationPeriods"]
        before, values = record.body.get("read", (0.0, ()))
        passed = round((end - before) / period_s)
        known = values[passed:] if before and 0 < passed < count else []
        start = end - (count - len(known)) * period_s
        stat = request.get("Statistic") or request["ExtendedStatistic"]
        found = statistics(self._parts, _metric(request), start, end, period_s, stat)
        fresh: list[float | None] = [None] * (count - len(known))
        for time, value in found.items():
            place = round((time - start) / period_s)
            if 0 <= place < len(fresh):
                fresh[place] = value
        return [*known, *fresh]

    def _shared(self, record: Record, values: list[float | None], end: float, period_s: float) -> list[float | None]:
        """Share invocations among the variant's instances of now; an endpoint that nobody calls has none of them."""
        request = record.body["request"]
        if not _is_per_instance(request):
            return values
        found = self._callee(record)
        if found is None:
            return values
        callee, variant = found
        instances = max(1, variant["count"])
        start, known_from = end - len(values) * period_s, max(callee.created_at, record.created_at) - period_s
        return [
            None if value is None and start + place * period_s < known_from else (value or 0.0) / instances
            for place, value in enumerate(values)
        ]

    def _callee(self, record: Record) -> tuple[Record, Mapping[str, Any]] | None:
        """Return the endpoint or the inference component whose invocations an alarm counts, and its variant."""
        named = {pair["Name"]: pair["Value"] for pair in record.body["request"]["Dimensions"]}
        component = named.get("InferenceComponentName")
        kind, name = (COMPONENT, component) if component else ("endpoint", named.get("EndpointName", ""))
        callee = self._parts.state.get(kind, record.scope, name)
        variants = callee.body["variants"] if callee is not None else ()
        found = next((v for v in variants if named.get("VariantName", v["name"]) == v["name"]), None)
        return (callee, found) if callee is not None and found else None

    def _tell(self, record: Record, was: str) -> None:
        """Send the news of an alarm to its topics."""
        request = record.body["request"]
        if not request.get("ActionsEnabled", True):
            return
        for topic in request.get(ACTIONS[record.body["state"]], ()):
            if not is_policy(topic):
                subject = f'{record.body["state"]}: "{record.name}" in {parse_arn(record.body["arn"]).region}'
                self._publish(topic, subject[:100], json.dumps(_news(record, was)))


def _is_per_instance(request: Mapping[str, Any]) -> bool:
    return bool(request["MetricName"] in PER_INSTANCE and request["Namespace"] == "AWS/SageMaker")


def _metric(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metric that an alarm reads: of invocations per instance, those that there were in all."""
    return {**request, "MetricName": "Invocations", "Unit": None} if _is_per_instance(request) else request


def _news(record: Record, was: str) -> dict[str, Any]:
    body, request, arn = record.body, record.body["request"], parse_arn(record.body["arn"])
    changed_at = datetime.fromtimestamp(body["updated_at"], timezone.utc)
    return {
        "AlarmName": record.name,
        "AlarmDescription": request.get("AlarmDescription"),
        "AWSAccountId": arn.account,
        "NewStateValue": body["state"],
        "NewStateReason": body["reason"],
        "StateChangeTime": changed_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        "Region": arn.region,
        "AlarmArn": body["arn"],
        "OldStateValue": was,
        "Trigger": {
            "MetricName": request["MetricName"],
            "Namespace": request["Namespace"],
            "Statistic": request.get("Statistic") or request.get("ExtendedStatistic"),
            "Dimensions": [{"name": d["Name"], "value": d["Value"]} for d in request["Dimensions"]],
            "Period": request["Period"],
            "EvaluationPeriods": request["EvaluationPeriods"],
            "ComparisonOperator": request["ComparisonOperator"],
            "Threshold": request["Threshold"],
            "TreatMissingData": request.get("TreatMissingData", "missing"),
        },
    }
