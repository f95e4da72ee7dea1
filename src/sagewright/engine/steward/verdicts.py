"""What hosts say, as facts of a training job. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import HostState, Record
from sagewright.engine.lifecycle import training as lifecycle
from sagewright.engine.planning import limits

Body = dict[str, Any]

INTERNAL_ERROR = "InternalServerError: "
STOPPED = {"max-runtime": "MaxRuntimeExceeded", "max-wait": "MaxWaitTimeExceeded"}  # by `stopped_by` of the body


def advance(body: Body, hosts: Sequence[HostState]) -> Body:
    """Return the body after the phases that every host has entered, at the times when the last one did."""
    for phase in ("Downloading", "Training", "Uploading"):
        times = [time for host in hosts for entered, time in host.phases if entered == phase]
        if len(times) < len(hosts):
            break
        if phase == "Downloading":
            body.setdefault("training_started_at", max(times))
            body.setdefault("attempt_started_at", max(times))
        if phase in lifecycle.MOVES[body["secondary"]]:
            body = lifecycle.move(body, phase, max(times))
    ran_out = [time for host in hosts for entered, time in host.phases if entered == "Stopping"]
    if ran_out and "Stopping" in lifecycle.MOVES[body["secondary"]]:
        body = {**lifecycle.move(body, "Stopping", min(ran_out)), "stopped_by": "max-runtime"}
    return body


def outwaited(record: Record, now: float) -> str | None:
    """Return which limit a waiting job has passed: `max-wait`, `max-pending`; None: none."""
    waited_s = now - record.created_at
    wait_s, pending_s = limits.max_wait_s(record.body["request"]), limits.max_pending_s(record.body["request"])
    if wait_s is not None and waited_s >= wait_s:
        return "max-wait"
    return "max-pending" if pending_s is not None and waited_s >= pending_s else None


def judge(hosts: Sequence[HostState]) -> str | None:
    """Return `done`, `order`, `interruption`, `max-runtime`, `failed` or `died`; None: the hosts are at work."""
    if any(host.outcome is None and not host.alive for host in hosts):
        return "died"  # and where another has failed, that likely came of it
    reasons = [host.outcome["reason"] for host in hosts if host.outcome and host.outcome["reason"]]
    if reasons:
        return "died" if all(reason.startswith(INTERNAL_ERROR) for reason in reasons) else "failed"
    if any(host.outcome is None for host in hosts):
        return None
    told = {host.outcome["stopped"] for host in hosts if host.outcome}
    return next((why for why in ("max-runtime", "interruption", "order") if why in told), "done")


def ended_attempt(body: Body, now: float) -> Body:
    """Return the body after an attempt: the seconds that it was at work are added up."""
    began = body.pop("attempt_started_at", None)
    return {**body, "used_s": body.get("used_s", 0.0) + (now - began if began is not None else 0.0)}


def goes_on(body: Mapping[str, Any], verdict: str) -> bool:
    """Tell whether another attempt follows; a job that is stopping, or has used up its time, wants none."""
    if body["secondary"] == "Stopping" or body["used_s"] >= limits.max_runtime_s(body["request"]):
        return False
    allowed: int = body["request"].get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
    return verdict == "interruption" or (verdict == "died" and body.get("retries", 0) < allowed)


def finished(body: Body, verdict: str, hosts: Sequence[HostState], now: float) -> Body:
    """Return the body of a job that has come to its end."""
    outcomes = [host.outcome for host in hosts if host.outcome]
    body = {**body, "training_ended_at": now, "final_metrics": final_metrics(outcomes)}
    for outcome in outcomes:
        if "model" in outcome["artifacts"]:
            body["model_artifacts"] = outcome["artifacts"]["model"]
    if verdict in ("failed", "died"):
        return {**lifecycle.move(body, "Failed", now), "failure_reason": _reason(verdict, outcomes)}
    if verdict in ("max-runtime", "interruption") and body["secondary"] != "Stopping":
        body = {**lifecycle.move(body, "Stopping", now), "stopped_by": "max-runtime"}
    if body["secondary"] == "Stopping":
        return lifecycle.move(body, STOPPED.get(body.get("stopped_by", ""), "Stopped"), now)
    return lifecycle.move(body, "Completed", now)


def final_metrics(outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `FinalMetricDataList`: the last value of each metric over all hosts."""
    last: dict[str, tuple[float, float]] = {}
    for outcome in outcomes:
        for name, (value, time) in outcome["metrics"].items():
            if name not in last or time >= last[name][1]:
                last[name] = (value, time)
    return [
        {"MetricName": name, "Value": value, "Timestamp": int(time)} for name, (value, time) in sorted(last.items())
    ][:40]


def _reason(verdict: str, outcomes: Sequence[Mapping[str, Any]]) -> str:
    """Return why the first of the hosts that failed did so (`contract.md` 1.6)."""
    failed = [outcome for outcome in outcomes if outcome["reason"]]
    if verdict == "died":
        failed = [outcome for outcome in failed if outcome["reason"].startswith(INTERNAL_ERROR)]
    if failed:
        first: str = min(failed, key=lambda outcome: outcome["ended_at"] or 0.0)["reason"]
        return first
    return "InternalServerError: We encountered an internal error. Please try again. The job's host process was killed."
