"""Messages of the engine to queues, topics and buses, which moto keeps: whether they are there, and sending.

Unlike `topics.publish`, nothing is passed over here: whoever sends decides what to do about a message that failed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sagewright.vocabulary.arns import Arn, parse_arn
from sagewright.vocabulary.errors import ApiError


class NoSuchTarget(LookupError):
    """There is no such queue, topic or bus (any more)."""


def reachable(home: Path, arn: str) -> bool:
    """Tell whether a message to a topic, queue or function would arrive.

    Raises:
        ApiError: Not as the engine is installed, or not by what it has built.
    """
    if find_spec("moto") is None:
        raise ApiError(
            "InvalidArgument", f"The target `{arn}` needs the library moto.\nhint: pip install 'sagewright[hybrid]'"
        )
    target = parse_arn(arn)
    if target.service not in _SENDERS:
        raise ApiError("NotImplemented", f"Messages to `{arn}` are not built into the Sagewright engine.", 501)
    if target.resource.endswith(".fifo"):  # S3 knows the simple ones only
        return False
    from sagewright.engine.gateway.hybrid.sharing import work_on

    return work_on(home, lambda _: _exists(target))


def send(home: Path, arn: str, subject: str, texts: Sequence[str]) -> None:
    """Send messages to one target, one after the other: a queue has those of one change in an order of its own.

    Raises:
        NoSuchTarget: There is nobody to send to.
    """
    from sagewright.engine.gateway.hybrid.sharing import work_on

    target = parse_arn(arn)

    def deliver(text: str) -> None:
        if not _exists(target):
            raise NoSuchTarget(arn)
        _SENDERS[target.service](target, subject, text)

    for text in texts:
        work_on(home, lambda _, text=text: deliver(text))  # type: ignore[misc]


def _exists(target: Arn) -> bool:
    backend = _backend(target)
    if target.service == "sns":
        return str(target) in backend.topics
    if target.service == "sqs":
        return target.resource in backend.queues
    if target.service == "lambda":
        return target.resource.split(":")[1] in backend._lambdas._functions
    return target.resource.rpartition("/")[2] in backend.event_buses


def _to_topic(target: Arn, subject: str, text: str) -> None:
    _backend(target).publish(text, arn=str(target), subject=subject or None)


def _to_queue(target: Arn, subject: str, text: str) -> None:
    _backend(target).send_message(target.resource, text)


def _to_function(target: Arn, subject: str, text: str) -> None:
    """Have a function invoked by the steward, once the message is durable."""
    from sagewright.engine.gateway.hybrid import pending, sharing

    connection, _ = sharing.under_way()
    pending.add(connection, {"kind": "lambda", "function": str(target), "payload": text}, time.time())
    sharing.ring_afterwards()


def _to_bus(target: Arn, subject: str, text: str) -> None:
    event = json.loads(text)
    _backend(target).put_events(
        [
            {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Detail": json.dumps(event["detail"]),
                "Resources": event["resources"],
                "Time": event["time"],
                "EventBusName": target.resource.rpartition("/")[2],
            }
        ]
    )


_SENDERS = {"sns": _to_topic, "sqs": _to_queue, "lambda": _to_function, "events": _to_bus}


def _backend(target: Arn) -> Any:
    from moto.backends import get_backend

    backends: Any = get_backend(target.service)  # type: ignore[call-overload]
    return backends[target.account][target.region]
