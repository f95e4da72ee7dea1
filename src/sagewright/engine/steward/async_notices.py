"""What topics are told of asynchronous invocations (`contract.md` 2.9)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, ObjectStore, Record
from sagewright.engine.hosting.places import place_of

LARGEST_RESPONSE_BYTES = 128_000  # that is sent along
_INCLUDES = {"Completed": "SUCCESS_NOTIFICATION_TOPIC", "Failed": "ERROR_NOTIFICATION_TOPIC"}
_TOPICS = {"Completed": "SuccessTopic", "Failed": "ErrorTopic"}


def topic_of(config: Mapping[str, Any], status: str) -> str | None:
    """Return the topic that hears of an invocation's end, `Completed` or `Failed`."""
    topic: str | None = config["OutputConfig"].get("NotificationConfig", {}).get(_TOPICS[status])
    return topic


def topics_of(config: Mapping[str, Any]) -> list[str]:
    """Return all topics of an endpoint, each once."""
    return sorted({topic for status in _TOPICS if (topic := topic_of(config, status))})


def result(objects: ObjectStore, record: Record, config: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return the message about an invocation that has come to its end.

    Args:
        record: The invocation's; the body's `outcome` says how it went.
        config: The endpoint's `AsyncInferenceConfig`.
    """
    body, outcome, status = record.body, record.body["outcome"], record.body["outcome"]["status"]
    request = {
        "accept": body["request"].get("Accept"),
        "contentType": body["request"].get("ContentType"),
        "endpointName": body["endpoint"],
        "inputLocation": body["input"],
    }
    message: dict[str, Any] = {
        "awsRegion": record.scope.partition("/")[2],
        "eventTime": _time(now),
        "receivedTime": _time(body["received_at"]),
        "invocationStatus": status,
        "requestParameters": {name: value for name, value in request.items() if value is not None},
    }
    place = body["output"] if status == "Completed" else body["failure"]
    if status == "Failed":
        message["failureReason"] = outcome["reason"]
    if place:
        told = {"contentType": outcome.get("content_type"), "outputLocation": place}
        message["responseParameters"] = {name: value for name, value in told.items() if value}
    if _INCLUDES[status] in config["OutputConfig"].get("NotificationConfig", {}).get("IncludeInferenceResponseIn", ()):
        message["responseBody"] = _response(objects, place)
    return {**message, "inferenceId": body["inference_id"], **_event("InferenceResult")}


def trial(region: str, now: float) -> dict[str, Any]:
    """Return the message that says that a topic can be reached."""
    return {"awsRegion": region, "eventTime": _time(now), **_event("TestNotification")}


def _event(name: str) -> dict[str, str]:
    return {"eventVersion": "1.0", "eventSource": "aws:sagemaker", "eventName": name}


def _response(objects: ObjectStore, place: str | None) -> dict[str, str]:
    try:
        info, stream = objects.open(*place_of(place or ""))
    except (ValueError, NoSuchBucket, NoSuchObject):
        return {"message": "There is no response."}
    with stream:
        if info.size > LARGEST_RESPONSE_BYTES:
            return {"message": f"The response has {info.size} bytes: too large for a notification."}
        return {"content": base64.b64encode(stream.read()).decode(), "encoding": "BASE64"}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
