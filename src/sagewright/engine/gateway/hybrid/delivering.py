"""Making one delivery."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.hybrid import webhooks
from sagewright.engine.gateway.hybrid.pending import Delivery, DeliveryFailed
from sagewright.engine.parts import Caller
from sagewright.vocabulary.errors import ApiError

TOO_MANY = 429  # and above: another attempt may succeed


def deliver(home: Path, delivery: Delivery) -> str:
    """Make a delivery and return what to note of it.

    Raises:
        DeliveryFailed: It could not be made.
    """
    work = delivery.work
    if work["kind"] == "http":
        webhooks.send(work["url"], work["headers"], work["body"].encode())
    elif work["kind"] == "lambda":
        _invoke(home, work["function"], work["payload"].encode())
    elif work["kind"] == "source":
        _feed(home, work["queue"], work["mapping"])
    elif work["kind"] == "log":
        _log(home, work)
    elif work["kind"] == "event":
        _put_event(home, work)
    elif work["kind"] == "schedule":
        _run_scheduled(home, work, delivery.due_at)
    else:
        raise DeliveryFailed(f"deliveries of the kind `{work['kind']}` are not known", again=False)
    return "delivered"


def _invoke(home: Path, function: str, payload: bytes) -> None:
    from sagewright.engine.gateway.hybrid.functions.invoking import invoke

    try:
        done = invoke(home, function, payload)
    except ApiError as error:
        raise DeliveryFailed(error.message, again=error.status >= TOO_MANY) from None
    if done.failed:
        raise DeliveryFailed(f"the function failed: {done.payload.decode()[:500]}")


def _feed(home: Path, queue: str, mapping: str) -> None:
    from sagewright.engine.gateway.hybrid import sources

    sources.feed(home, queue, mapping)


def _log(home: Path, work: Mapping[str, Any]) -> None:
    """Write an event to a log group that exists."""
    caller = Caller(work["account"], work["region"], f"arn:aws:iam::{work['account']}:root", work["account"])
    names = {"logGroupName": work["group"], "logStreamName": work["stream"]}
    events = [{"timestamp": int(time.time() * 1000), "message": work["text"]}]
    try:
        engine_of(home).call("logs", "CreateLogStream", names, caller)
        engine_of(home).call("logs", "PutLogEvents", {**names, "logEvents": events}, caller)
    except ApiError as error:
        raise DeliveryFailed(error.message, again=False) from None


def _put_event(home: Path, work: Mapping[str, Any]) -> None:
    from sagewright.engine.gateway.hybrid import rules, sharing

    what = work["source"], work["type"], work["resources"], work["detail"]
    sharing.work_on(home, lambda _: rules.put(work["account"], work["region"], *what))


def _run_scheduled(home: Path, work: Mapping[str, Any], due_at: float) -> None:
    from sagewright.engine.gateway.hybrid import rules, sharing

    place = work["account"], work["region"], work["rule"], work["expression"]
    sharing.work_on(home, lambda _: rules.run_scheduled(*place, due_at))
