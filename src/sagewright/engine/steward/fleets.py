"""Keeping the instances of an endpoint's variants up: as many as there shall be, each an execution of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagewright.engine.abc import Executor, HostState, LogEvent, NoSuchLog
from sagewright.engine.hosting import gates
from sagewright.engine.parts import Parts
from sagewright.engine.planning.serving import GRACE_S, log_streams

STARTS = 3  # of a new instance that was killed, or that has lost its port to another process
LONGEST_PAUSE_S = 60.0  # between the starts of a server that does not come up
DRAIN_S = 3700.0  # nobody waits longer for an answer; whoever still holds the gate has forgotten it
REASON_CHARACTERS = 1024
TOLD_LINES = 5  # of a server's log, in the failure reason

_HINT = "\nhint: "

Variant = Mapping[str, Any]
Instance = dict[str, Any]


@dataclass(frozen=True)
class Fleet:
    """Variants and their instances, by the variants' names."""

    variants: Sequence[Variant]
    instances: Mapping[str, Sequence[Instance]]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Fleet:
        """Return the fleet of whatever has `variants` and `instances`."""
        return cls(body["variants"], body["instances"])

    def members(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"variants": list(self.variants), "instances": dict(self.instances)}

    def all(self) -> list[Instance]:
        return [instance for given in self.instances.values() for instance in given]


@dataclass
class Seen:
    """What a look at fleets has shown.

    Attributes:
        dead: Executions to release, once the record names them no more.
        surplus: Executions that are no longer wanted.
        failure: Why a new instance does not come up; None: all do, so far.
    """

    dead: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    failure: str | None = None


@dataclass(frozen=True)
class FleetKeeper:
    """Looks after instances; what it decides is in what it returns, for the record to be written first."""

    parts: Parts
    executor: Executor

    def look(self, group: str, fleet: Fleet, counts: Mapping[str, int], seen: Seen, *, strict: bool) -> Fleet:
        """Return the fleet as it is now, and as it shall be: instances that died replaced, counts as wanted.

        Args:
            group: Of the logs of these instances.
            counts: How many instances each variant shall have.
            strict: A new instance that does not come up is a failure; else it is started again and again.
        """
        instances = {
            variant["name"]: [
                self._look_at(group, variant, instance, seen, strict=strict)
                for instance in self._sized(fleet.instances.get(variant["name"], ()), counts[variant["name"]], seen)
            ]
            for variant in fleet.variants
        }
        return Fleet(fleet.variants, instances)

    def retired(self, retiring: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Stop instances that are in the record's `instances` no more, when their last answer is given.

        Returns:
            Those that are still there.
        """
        left = []
        for item in retiring:
            if not item.get("ordered"):
                left.append({**item, "ordered": True} if self._stopped(item) else dict(item))
            elif any(host.alive for host in self.executor.observe(item["execution_id"])):
                left.append(dict(item))
            else:
                self.executor.release(item["execution_id"])
        return left

    def retiring(self, executions: Iterable[str]) -> list[dict[str, Any]]:
        """Return what a record keeps of instances that shall be stopped."""
        return [{"execution_id": execution, "since": self.parts.clock.now()} for execution in executions]

    def _stopped(self, item: Mapping[str, Any]) -> bool:
        """Stop a retiring instance, unless somebody still waits for its answer."""
        over = self.parts.clock.now() - item["since"] > DRAIN_S
        if not over and not gates.shut(self.parts.home, item["execution_id"]):
            return False
        self.executor.stop(item["execution_id"], GRACE_S)
        return True

    def _sized(self, given: Sequence[Instance], count: int, seen: Seen) -> list[Instance]:
        """Return as many instances as wanted; those that take no requests go first, then the youngest."""
        ranked = sorted(range(len(given)), key=lambda i: (not given[i].get("addresses"), i))
        kept = set(ranked[:count])
        seen.surplus += [given[i]["execution_id"] for i in range(len(given)) if i not in kept]
        new = [self._new_instance() for _ in range(count - len(given))]
        return [given[i] for i in sorted(kept)] + new

    def _new_instance(self) -> Instance:
        return {"execution_id": self._new_execution(), "starts": 1, "addresses": None, "new": True}

    def _look_at(self, group: str, variant: Variant, instance: Instance, seen: Seen, *, strict: bool) -> Instance:
        addresses = instance.get("addresses")
        if addresses and instance.get("gate") and self.executor.lives(instance["execution_id"], len(addresses)):
            return instance
        hosts = self.executor.observe(instance["execution_id"])
        if not hosts:  # not started yet
            return instance
        if all(host.alive for host in hosts):
            return self._living(instance, [host.address for host in hosts])
        if strict and instance.get("new") and (_is_over(hosts) or instance["starts"] >= STARTS):
            seen.failure = seen.failure or self._failure(group, variant, instance, hosts)
            return instance
        return self._replaced(instance, hosts, seen, strict=strict)

    def _living(self, instance: Instance, addresses: Sequence[str | None]) -> Instance:
        if not all(addresses):
            return {**instance, "addresses": None}
        gates.make(self.parts.home, instance["execution_id"])
        known = {name: value for name, value in instance.items() if name != "new"}
        return {**known, "addresses": list(addresses), "gate": True}

    def _replaced(self, instance: Instance, hosts: Sequence[HostState], seen: Seen, *, strict: bool) -> Instance:
        """Return an instance whose servers are gone with an execution that is to be started, or waits for that."""
        came_up = all(host.address for host in hosts)
        is_failing = strict and instance.get("new")  # and fails for good, soon
        if not came_up and not is_failing and self._pausing(instance):
            return {**instance, "addresses": None}
        seen.dead.append(instance["execution_id"])
        return {
            **({"new": True} if instance.get("new") else {}),
            "execution_id": self._new_execution(),
            "starts": 1 if came_up else instance["starts"] + 1,
            "started_at": self.parts.clock.now(),
            "addresses": None,
        }

    def _pausing(self, instance: Instance) -> bool:
        """Tell whether it is too early to start a server again that does not come up; each time it waits longer."""
        pause_s = min(LONGEST_PAUSE_S, 0.5 * 2.0 ** (instance["starts"] - 1)) if instance["starts"] > 1 else 0.0
        return bool(self.parts.clock.now() - instance.get("started_at", 0.0) < pause_s)

    def _failure(self, group: str, variant: Variant, instance: Instance, hosts: Sequence[HostState]) -> str:
        """Say why an instance did not come up, as the service does, with what its server said last as a hint."""
        number = next((i for i, host in enumerate(hosts) if host.outcome and host.outcome["reason"]), 0)
        names = [container["name"] for container in variant["containers"]]
        outcome = hosts[number].outcome or {}
        lines = [outcome["reason"]] if outcome.get("reason") else []
        stream = log_streams(variant, instance["execution_id"])[number]
        lines += last_lines(self.parts, group, stream)
        reason = (
            f"The {names[number]} container for production variant {variant['name']} did not pass the ping health "
            "check. Please check CloudWatch logs for this endpoint."
        )
        left = REASON_CHARACTERS - len(reason) - len(_HINT)
        return f"{reason}{_HINT}{_end_of(lines, left)}" if lines else reason

    def _new_execution(self) -> str:
        return f"ep-{self.parts.ids.new()}"


def count_of(variant: Variant) -> int:
    """Return how many instances a variant has whatever the demand; one for inference components has none of its own."""
    return int(variant["count"]) if variant["containers"] else 0


def last_lines(parts: Parts, group: str, stream: str) -> list[str]:
    """Return the last lines of a log."""
    position, last = 0, list[LogEvent]()
    with contextlib.suppress(NoSuchLog):
        while True:
            events, position = parts.logs.read(group, stream, position)
            if not events:
                break
            last = [*last, *events][-TOLD_LINES:]
    return [event.message for event in last]


def _end_of(lines: Sequence[str], characters: int) -> str:
    text = "\n".join(lines)
    return text if len(text) <= characters else f"...{text[3 - characters :]}"


def _is_over(hosts: Sequence[HostState]) -> bool:
    """Tell whether a program has ended by itself: a host that was killed, or whose port was taken, may try again."""
    outcomes = [host.outcome for host in hosts if host.outcome]
    return any(not outcome.get("stopped") and not outcome.get("port_lost") for outcome in outcomes)
