"""Carrying an endpoint's update on (`contract.md` 2.5). Pure, but for the keeper's look at the instances.

While `UpdateEndpoint` is carried out, the record's `update` holds two fleets: `old` (which took requests before) and
`new`. The record's own `variants` and `instances`, which callers read, are always made of these (`_serving`): they
change with the one write of the record that makes a step. A change of capacity has no second fleet; its `update` holds
the counts to go back to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.lifecycle.deployment import Policy, mixed, policy_of
from sagewright.engine.steward.fleets import Fleet, FleetKeeper, Seen, count_of

Body = dict[str, Any]


class Endpoint(NamedTuple):
    """Whose body it is: the scope of its record, and the group of its logs."""

    scope: str
    log_group: str


Wanted = Callable[[Mapping[str, Any]], int]  # a variant -> how many instances it shall have


def carry_on(keeper: FleetKeeper, endpoint: Endpoint, body: Body, wanted: Wanted, seen: Seen) -> Body:
    """Return the body of an endpoint that is being updated after another look at its instances."""
    if body["endpoint_status"] == "RollingBack":
        return _roll_back(keeper, endpoint, body, wanted, seen)
    if "before" in body["update"]:
        return _resize(keeper, endpoint, body, wanted, seen)
    return _deploy(keeper, endpoint, body, wanted, seen)


def _resize(keeper: FleetKeeper, endpoint: Endpoint, body: Body, wanted: Wanted, seen: Seen) -> Body:
    counts = {variant["name"]: wanted(variant) for variant in body["variants"]}
    fleet = keeper.look(endpoint.log_group, Fleet.of(body), counts, seen, strict=True)
    if seen.failure:
        before = body["update"]["before"]
        seen.dead += [instance["execution_id"] for instance in fleet.all() if instance.get("new")]
        body = {**body, "variants": [{**v, "count": before[v["name"]]} for v in body["variants"]]}
        old = {variant: [i for i in given if not i.get("new")] for variant, given in fleet.instances.items()}
        return _ended({**body, "instances": old}, seen.failure)
    body = {**body, **fleet.members()}
    return _ended(body) if _are_ready(fleet) else body


def _deploy(keeper: FleetKeeper, endpoint: Endpoint, body: Body, wanted_of: Wanted, seen: Seen) -> Body:
    update = body["update"]
    policy, step, now = policy_of(update["deployment"]), update["step"], keeper.parts.clock.now()
    old, new = Fleet.of(update["old"]), Fleet.of(update["new"])
    counts = counts_of(new.variants)
    kept = {variant["name"]: wanted_of(variant) for variant in old.variants}
    if policy.rolling:
        kept = {variant: policy.kept(count, counts.get(variant, count), step) for variant, count in kept.items()}
    old = keeper.look(endpoint.log_group, old, kept, seen, strict=False)
    wanted = {variant: policy.wanted(count, step) for variant, count in counts.items()}
    new = keeper.look(endpoint.log_group, new, wanted, seen, strict=step == 0 or policy.rolling)
    update = {**update, "old": {**update["old"], **old.members()}, "new": {**update["new"], **new.members()}}
    body = {**body, "update": update}
    last = policy.is_last(counts, step)
    if reason := seen.failure or _why_not(keeper, endpoint.scope, policy, update, now, last=last):
        return _rolling_back(body, old, new, seen, reason)
    waited = now - update["stepped_at"]
    if last and waited >= policy.wait_s + policy.keep_s:
        return _deployed(body, old, new, seen)
    if not last and _are_ready(new) and (step == 0 or waited >= policy.wait_s):
        update = {**update, "step": step + 1, "stepped_at": now}
        return _deploy_on(policy, {**body, "update": update}, old, new, seen)
    return {**body, **_serving(policy, update, old, new)}


def _deploy_on(policy: Policy, body: Body, old: Fleet, new: Fleet, seen: Seen) -> Body:
    """Make a step; the last ends the update where nothing is to be waited for."""
    update = body["update"]
    if policy.is_last(counts_of(new.variants), update["step"]) and not policy.wait_s + policy.keep_s:
        return _deployed(body, old, new, seen)
    return {**body, **_serving(policy, update, old, new)}


def _serving(policy: Policy, update: Mapping[str, Any], old: Fleet, new: Fleet) -> Body:
    """Return the variants and instances that take requests now."""
    counts, step = counts_of(new.variants), update["step"]
    if step == 0:
        return old.members()
    if policy.is_last(counts, step):
        return new.members()
    return {"variants": list(old.variants), "instances": mixed(policy, old.instances, new.instances, counts, step)}


def _deployed(body: Body, old: Fleet, new: Fleet, seen: Seen) -> Body:
    update = body["update"]
    seen.surplus += [instance["execution_id"] for instance in old.all()]
    request = {**body["request"], **update["new"]["request"]}
    return _ended({**body, "request": request, "config": update["new"]["config"], **new.members()})


def _rolling_back(body: Body, old: Fleet, new: Fleet, seen: Seen, reason: str) -> Body:
    seen.surplus += [instance["execution_id"] for instance in new.all()]
    step, body = body["update"]["step"], {**body, **old.members()}
    return {**lifecycle.move(body, "RollingBack"), "update": {"reason": reason}} if step else _ended(body, reason)


def _roll_back(keeper: FleetKeeper, endpoint: Endpoint, body: Body, wanted: Wanted, seen: Seen) -> Body:
    counts = {variant["name"]: wanted(variant) for variant in body["variants"]}
    fleet = keeper.look(endpoint.log_group, Fleet.of(body), counts, seen, strict=False)
    body = {**body, **fleet.members()}
    return _ended(body, body["update"]["reason"]) if _are_ready(fleet) else body


def _why_not(
    keeper: FleetKeeper, scope: str, policy: Policy, update: Mapping[str, Any], now: float, *, last: bool
) -> str | None:
    """Return why a deployment has to be taken back, whose instances all come up; None: it need not be."""
    if not last and policy.limit_s is not None and now - update["started_at"] > policy.limit_s:
        return "The update did not end in its time."
    if not update["step"]:
        return None
    alarms = [keeper.parts.state.get("alarm", scope, name) for name in policy.alarms]
    gone_off = [alarm.name for alarm in alarms if alarm is not None and alarm.status == "ALARM"]
    return f"One or more configured alarms are in ALARM state: {', '.join(gone_off)}." if gone_off else None


def _ended(body: Body, reason: str | None = None) -> Body:
    left = {member: value for member, value in body.items() if member not in ("update", "failure_reason")}
    return {**lifecycle.move(left, "InService"), **({"failure_reason": reason} if reason else {})}


def counts_of(variants: Any) -> dict[str, int]:
    """Return how many instances each variant shall have."""
    return {variant["name"]: count_of(variant) for variant in variants}


def _are_ready(fleet: Fleet) -> bool:
    return all(instance.get("addresses") for instance in fleet.all())
