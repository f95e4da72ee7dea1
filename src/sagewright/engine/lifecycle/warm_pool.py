"""The life of a job's warm pool (`contract.md` 1.15).

    InUse (the job is under way) -> Available -> Reused by the next matching job
                                              -> Terminated: its time is over, or somebody has ended it

A job has a pool if its `KeepAlivePeriodInSeconds` is not 0. What waits in the pool of this machine is an interpreter
that has imported what the job's own did (`engine/warm`); where there was none, nothing waits, and the next job gains
nothing. A job that the platform has failed leaves its pool Terminated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.lifecycle import training as lifecycle

LONGEST_CHAIN_S = 7 * 86_400.0
RETAINED = "Resource retained for reuse"
RELEASED = "Resource released due to keep alive period expiry"

_TOP = ("RoleArn", "VpcConfig", "EnableInterContainerTrafficEncryption", "EnableNetworkIsolation")
_OF_RESOURCES = ("InstanceCount", "InstanceType", "VolumeKmsKeyId", "VolumeSizeInGB")

Body = dict[str, Any]


def keep_alive_s(request: Mapping[str, Any]) -> float:
    """Return for how long the resources of a job shall be kept; 0: not at all."""
    return float(request["ResourceConfig"].get("KeepAlivePeriodInSeconds") or 0)


def matches(request: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether a job may have the pool of another."""
    resources, others = request["ResourceConfig"], other["ResourceConfig"]
    return all(request.get(name) == other.get(name) for name in _TOP) and all(
        resources.get(name) == others.get(name) for name in _OF_RESOURCES
    )


def begin(body: Mapping[str, Any], now: float, source: Mapping[str, Any] | None) -> Body:
    """Return the body of a job that starts now.

    Args:
        source: The body of the job whose pool it gets; None: it gets none.
    """
    chain = source["warm_pool"]["chain_began_at"] if source else now
    begun = dict(body)
    if keep_alive_s(body["request"]):
        begun["warm_pool"] = {"status": "InUse", "chain_began_at": chain}
    if source:
        begun["interpreter"] = source["warm_pool"]["interpreter"]
    return begun


def retain(body: Mapping[str, Any], interpreter: str | None, now: float) -> Body:
    """Return the body of a job that has ended and whose pool is kept.

    Args:
        interpreter: Names the one that waits; None: there is none.
    """
    chain = body["warm_pool"]["chain_began_at"]
    until = min(now + keep_alive_s(body["request"]), chain + LONGEST_CHAIN_S)
    pool = {"status": "Available", "since": now, "until": until, "chain_began_at": chain, "interpreter": interpreter}
    return _said({**body, "warm_pool": pool}, RETAINED)


def reuse(body: Mapping[str, Any], job: str, now: float) -> Body:
    """Return the body of a job whose pool another gets."""
    pool = {**body["warm_pool"], "status": "Reused", "reused_by": job, "until": now}
    return _said({**body, "warm_pool": pool}, f"Resource reused by training job: {job}")


def terminate(body: Mapping[str, Any], now: float) -> Body:
    """Return the body of a job whose pool is given up."""
    pool = body["warm_pool"]
    ended = {**pool, "status": "Terminated", "until": min(now, pool.get("until", now))}
    return (
        _said({**body, "warm_pool": ended}, RELEASED) if pool["status"] == "Available" else {**body, "warm_pool": ended}
    )


def prolong(body: Mapping[str, Any], keep_alive: int, now: float) -> Body:
    """Return the body of a job whose pool is to be kept for another time, counted from the job's end."""
    request = body["request"]
    resources = {**request["ResourceConfig"], "KeepAlivePeriodInSeconds": keep_alive}
    pool = {**body["warm_pool"], "until": max(now, body["warm_pool"]["since"] + keep_alive)}
    return {**body, "request": {**request, "ResourceConfig": resources}, "warm_pool": pool}


def is_available(body: Mapping[str, Any], now: float) -> bool:
    """Tell whether a job's pool waits; one whose time is over does not, whether or not anybody has noticed."""
    pool = body.get("warm_pool")
    return bool(pool and pool["status"] == "Available" and now < pool["until"])


def shown(body: Mapping[str, Any], now: float) -> dict[str, Any] | None:
    """Return `WarmPoolStatus`; None: the job has no pool."""
    pool = body.get("warm_pool")
    if pool is None:
        return None
    status = pool["status"]
    if status == "Available" and now >= pool["until"]:
        status = "Terminated"
    answer = {"Status": status}
    if "since" in pool:
        answer["ResourceRetainedBillableTimeInSeconds"] = max(0, round(min(now, pool["until"]) - pool["since"]))
    if "reused_by" in pool:
        answer["ReusedByJob"] = pool["reused_by"]
    return answer


def _said(body: Body, message: str) -> Body:
    return lifecycle.say(body, message) if body["secondary"] == "Completed" else body
