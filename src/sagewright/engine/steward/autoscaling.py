"""The steward's loop for auto scaling: alarms run policies, policies change how many instances a variant has."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.autoscaling.policies import find_by_arn
from sagewright.engine.operations.autoscaling.records import POLICY, TARGET, scalable_of
from sagewright.engine.operations.autoscaling.targets import forget_target
from sagewright.engine.operations.cloudwatch.alarm_records import KIND as ALARM_KIND
from sagewright.engine.operations.cloudwatch.alarm_records import is_policy
from sagewright.engine.parts import Parts
from sagewright.engine.scaling import decisions
from sagewright.engine.scaling.alarms import ALARM
from sagewright.engine.steward.alarms import MINUTE_S, PER_INSTANCE, Alarms, Publish
from sagewright.engine.steward.scaling_activities import Activities
from sagewright.engine.steward.schedules import run_due
from sagewright.engine.steward.variant_counts import set_count

LOOKS_A_MINUTE = 30

log = logging.getLogger(__name__)


class Scaled(NamedTuple):
    """A scalable target and what it scales, as they are now.

    Attributes:
        record: The endpoint's, or the inference component's.
    """

    target: Record
    record: Record
    variant: Mapping[str, Any]

    @property
    def capacity(self) -> int:
        return int(self.variant["count"])

    def bounded(self, capacity: int) -> int:
        request = self.target.body["request"]
        return decisions.within(capacity, request["MinCapacity"], request["MaxCapacity"])

    def is_suspended(self, what: str) -> bool:
        return bool(self.target.body["request"]["SuspendedState"][what])


class ScalingReconciler:
    """Evaluates alarms, runs the scaling policies that they name, and keeps variants within their bounds.

    Args:
        minute_s: Seconds that count as a minute, of alarms and cooldowns alike.
        publish: Sends a message to a topic of SNS.
    """

    kind = TARGET

    def __init__(self, parts: Parts, minute_s: float, publish: Publish) -> None:
        self._parts, self._pace = parts, minute_s / MINUTE_S
        self._alarms, self._activities = Alarms(parts, minute_s, publish), Activities(parts)
        self._next_look = 0.0

    def tick(self) -> bool:
        """Look around, some times in a minute. Endpoints keep the steward, and alarms that still see data."""
        now = self._parts.clock.now()
        if now < self._next_look:
            return not self._alarms.are_settled
        self._next_look = now + MINUTE_S * self._pace / LOOKS_A_MINUTE
        run_due(self._parts, self._activities)
        for target in self._targets():
            with _border(target):
                self._look_after(target)
        self._activities.finish()
        for alarm, is_new in self._alarms.evaluate():
            if alarm.body["state"] == ALARM and alarm.body["request"].get("ActionsEnabled", True):
                with _border(alarm):
                    self._run_policies(alarm, is_new)
        return not self._alarms.are_settled

    def _targets(self) -> Iterator[Record]:
        token: str | None = None
        while True:
            page = self._parts.state.list(Query(TARGET, limit=1000, after=token))
            yield from page.records
            token = page.next_token
            if token is None:
                return

    # Targets ------------------------------------------------------------------------------------------------------

    def _look_after(self, target: Record) -> None:
        scalable = scalable_of(target.body["request"]["ResourceId"])
        record = self._parts.state.get(scalable.kind, target.scope, scalable.name)
        if (
            record is None
            or record.body["endpoint_status"] == "Deleting"
            or record.created_at != target.body["made_at"]
        ):
            log.info("%s is gone: its scalable target is forgotten", target.body["request"]["ResourceId"])
            forget_target(self._parts, target)
        elif target.body["to_enforce"] and (scaled := self._scaled(target)):
            self._enforce(scaled)

    def _scaled(self, target: Record | None) -> Scaled | None:
        """Return what a target scales, unless it cannot be changed just now."""
        if target is None:
            return None
        scalable = scalable_of(target.body["request"]["ResourceId"])
        record = self._parts.state.get(scalable.kind, target.scope, scalable.name)
        if record is None or record.body["endpoint_status"] != "InService":
            return None
        variant = scalable.among(record.body["variants"])
        return Scaled(target, record, variant) if variant else None

    def _enforce(self, scaled: Scaled) -> None:
        """Bring a variant within bounds that are new."""
        capacity, wanted = scaled.capacity, scaled.bounded(scaled.capacity)
        if wanted != capacity:
            edge = "minimum" if wanted > capacity else "maximum"
            if not self._change(scaled, wanted, f"{edge} capacity was set to {wanted}"):
                return
        target = scaled.target
        try:
            self._parts.state.put(
                replace(target, body={**target.body, "to_enforce": []}), expected_version=target.version
            )
        except VersionConflict:
            log.info("%s changed meanwhile", target.name)

    def _change(self, scaled: Scaled, count: int, cause: str) -> bool:
        if not set_count(self._parts, scaled.record, scaled.variant["name"], count):
            return False
        self._activities.begin(scaled.target, count, cause)
        self._parts.ring()
        return True

    # Policies -----------------------------------------------------------------------------------------------------

    def _run_policies(self, alarm: Record, is_new: bool) -> None:
        for arn in alarm.body["request"].get("AlarmActions", ()):
            policy = find_by_arn(self._parts, alarm.scope, arn) if is_policy(arn) else None
            if policy is None:
                continue
            target = self._parts.state.get(TARGET, policy.scope, policy.name.rpartition("|")[0])
            scaled = self._scaled(target)
            if scaled is not None:
                self._run(alarm, policy, scaled, is_new)

    def _run(self, alarm: Record, policy: Record, scaled: Scaled, is_new: bool) -> None:
        if policy.body["request"]["PolicyType"] == "StepScaling":
            wanted = self._stepped(alarm, policy, scaled)
        elif alarm.name == policy.body["alarms"][0]["AlarmName"]:
            wanted = self._tracked_out(alarm, policy, scaled)
        else:
            wanted = self._tracked_in(policy, scaled)
        if wanted is None:
            return
        bounded = scaled.bounded(wanted)
        cause = f"monitor alarm {alarm.name} in state ALARM triggered policy {policy.body['request']['PolicyName']}"
        if bounded == scaled.capacity:
            if is_new and wanted != bounded:
                self._activities.note_unscaled(scaled.target, wanted > bounded, bounded, cause)
            return
        direction = "out" if bounded > scaled.capacity else "in"
        if scaled.is_suspended(f"DynamicScaling{direction.capitalize()}Suspended"):
            return
        if self._change(scaled, bounded, cause):
            self._remember(policy, direction, scaled.capacity)

    def _tracked_out(self, alarm: Record, policy: Record, scaled: Scaled) -> int | None:
        config, value = _tracking(policy), _last(alarm)
        if value is None:
            return None
        base = scaled.capacity
        if alarm.body["request"]["MetricName"] not in PER_INSTANCE:  # which is shared among the instances of now
            base = self._base(policy, base, config.get("ScaleOutCooldown"))
        wanted = decisions.tracked(base, value, config["TargetValue"])
        return wanted if wanted > scaled.capacity else None

    def _tracked_in(self, policy: Record, scaled: Scaled) -> int | None:
        """Return the capacity that all target tracking policies of the target can do with, if all want less."""
        config = _tracking(policy)
        if self._cools(policy, config.get("ScaleInCooldown"), config.get("ScaleOutCooldown")):
            return None
        wanted = 0
        for other in self._others(scaled.target):
            config = _tracking(other)
            if not config:
                continue
            low = self._parts.state.get(ALARM_KIND, other.scope, other.body["alarms"][1]["AlarmName"])
            if config.get("DisableScaleIn") or low is None or low.body["state"] != ALARM:
                return None
            highest = max((value for value in low.body.get("values", ()) if value is not None), default=0.0)
            wanted = max(wanted, decisions.tracked(scaled.capacity, highest, config["TargetValue"]))
        return wanted if wanted < scaled.capacity else None

    def _stepped(self, alarm: Record, policy: Record, scaled: Scaled) -> int | None:
        config, threshold = policy.body["request"]["StepScalingPolicyConfiguration"], alarm.body["request"]["Threshold"]
        value = _last(alarm)
        value = threshold if value is None else value  # a state that was set by hand has no value
        wanted = decisions.stepped(config, threshold, scaled.capacity, value)
        if wanted is None or wanted == scaled.capacity:
            return wanted
        if wanted < scaled.capacity:
            return None if self._cools(policy, config.get("Cooldown"), config.get("Cooldown")) else wanted
        base = self._base(policy, scaled.capacity, config.get("Cooldown"))
        wanted = decisions.stepped(config, threshold, base, value)
        return wanted if wanted is not None and wanted > scaled.capacity else None

    def _others(self, target: Record) -> list[Record]:
        return list(
            self._parts.state.list(Query(POLICY, target.scope, name_prefix=f"{target.name}|", limit=1000)).records
        )

    # Cooldowns ----------------------------------------------------------------------------------------------------

    def _base(self, policy: Record, capacity: int, cooldown_s: float | None) -> int:
        return decisions.base(
            capacity, policy.body["last"].get("out"), self._paced(cooldown_s), self._parts.clock.now()
        )

    def _cools(self, policy: Record, in_s: float | None, out_s: float | None) -> bool:
        last, now = policy.body["last"], self._parts.clock.now()
        return decisions.is_cooling(last.get("in"), self._paced(in_s), now) or decisions.is_cooling(
            last.get("out"), self._paced(out_s), now
        )

    def _paced(self, cooldown_s: float | None) -> float:
        return self._pace * (decisions.COOLDOWN_S if cooldown_s is None else cooldown_s)

    def _remember(self, policy: Record, direction: str, before: int) -> None:
        last = {**policy.body["last"], direction: {"at": self._parts.clock.now(), "before": before}}
        if direction == "out":
            last.pop("in", None)  # a scale-out ends the cooldown of a scale-in
        try:
            self._parts.state.put(replace(policy, body={**policy.body, "last": last}), expected_version=policy.version)
        except VersionConflict:
            log.info("%s changed meanwhile; its cooldown begins anew", policy.name)


@contextlib.contextmanager
def _border(record: Record) -> Iterator[None]:
    """Let nothing that goes wrong with one target or alarm stop the others."""
    try:
        yield
    except Exception:
        log.exception("%s %s", record.kind, record.name)


def _tracking(policy: Record) -> Mapping[str, Any]:
    config: Mapping[str, Any] = policy.body["request"].get("TargetTrackingScalingPolicyConfiguration", {})
    return config


def _last(alarm: Record) -> float | None:
    """Return the newest value that an alarm has seen."""
    return next((float(v) for v in reversed(alarm.body.get("values") or ()) if v is not None), None)
