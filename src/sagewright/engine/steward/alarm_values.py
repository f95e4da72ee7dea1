"""What an alarm watches: the values of its last periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.cloudwatch.alarm_checks import result_of
from sagewright.engine.operations.cloudwatch.queries import evaluate, statistics
from sagewright.engine.operations.sagemaker.placed_components import KIND as COMPONENT
from sagewright.engine.parts import Parts

PER_INSTANCE = ("InvocationsPerInstance", "InvocationsPerCopy")


class AlarmValues:
    """Reads alarms' values.

    Args:
        pace: Seconds that a second of the alarms' periods lasts.
    """

    def __init__(self, parts: Parts, pace: float) -> None:
        self._parts, self._pace = parts, pace

    def read(self, record: Record, end: float, period_s: float, count: int) -> list[float | None]:
        """Return what an alarm watches in the periods before a time, oldest first; None: there is nothing."""
        request = record.body["request"]
        start = end - count * period_s
        found = self._found(request, start, end, period_s)
        values: list[float | None] = [None] * count
        for time, value in found.items():
            place = round((time - start) / period_s)
            if 0 <= place < count:
                values[place] = value
        return self._shared(record, values, end, period_s)

    def are_too_few(self, request: Mapping[str, Any], end: float, period_s: float) -> bool:
        """Tell whether a percentile is asked of fewer values than it means something for, and shall wait for more."""
        if request.get("EvaluateLowSampleCountPercentile") != "ignore":
            return False
        share = float(str(request.get("ExtendedStatistic", "p50"))[1:]) / 100
        needed = 10 / max(1 - share, 1e-9) if share >= 0.5 else 10 / max(share, 1e-9)
        start = end - request["EvaluationPeriods"] * period_s
        counts = statistics(self._parts, request, start, end, period_s, "SampleCount")
        return sum(counts.values()) < needed

    def _found(self, request: Mapping[str, Any], start: float, end: float, period_s: float) -> Mapping[float, float]:
        if request.get("Metrics"):
            name = result_of(request)
            series = evaluate(self._parts, request["Metrics"], start, end, [name], self._pace)[name]
            return series[0].points if series else {}
        stat = request.get("Statistic") or request["ExtendedStatistic"]
        return statistics(self._parts, _metric(request), start, end, period_s, stat)

    def _shared(self, record: Record, values: list[float | None], end: float, period_s: float) -> list[float | None]:
        """Share invocations among the variant's instances of now; an endpoint that nobody calls has none of them."""
        if not _is_per_instance(record.body["request"]):
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


def _is_per_instance(request: Mapping[str, Any]) -> bool:
    return request.get("MetricName") in PER_INSTANCE and request.get("Namespace") == "AWS/SageMaker"


def _metric(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metric that an alarm reads: of invocations per instance, those that there were in all."""
    return {**request, "MetricName": "Invocations", "Unit": None} if _is_per_instance(request) else request
