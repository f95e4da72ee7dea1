"""What happens to objects, as messages to those who want to be told (Amazon S3 User Guide, "Event message structure").

A message is a record of the state store before the operation answers; the steward delivers it (`steward/
object_events.py`), at least once, and in order for one key and one target. A bucket that tells nobody costs nothing.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote_plus

from sagewright.engine.abc import Bucket, ObjectInfo, Record
from sagewright.engine.operations.s3.targets import Target, targets_of
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.arns import partition_of

KIND = "s3-event"
SUBJECT = "Amazon S3 Notification"
_MESSAGES_PER_RECORD = 1000
_NEWER_KINDS = ("Lifecycle", "ObjectTagging", "ObjectAcl", "IntelligentTiering")
# The event's family -> the detail type of EventBridge.
_DETAIL_TYPES = {
    "ObjectCreated": "Object Created",
    "ObjectRemoved": "Object Deleted",
    "LifecycleExpiration": "Object Deleted",
    "ObjectTagging:Put": "Object Tags Added",
    "ObjectTagging:Delete": "Object Tags Deleted",
    "ObjectAcl": "Object ACL Updated",
}
_REASONS = {
    "ObjectCreated:Put": "PutObject",
    "ObjectCreated:Post": "POST Object",
    "ObjectCreated:Copy": "CopyObject",
    "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "ObjectRemoved:Delete": "DeleteObject",
    "ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
    "LifecycleExpiration:Delete": "Lifecycle Expiration",
    "LifecycleExpiration:DeleteMarkerCreated": "Lifecycle Expiration",
}
_count = itertools.count()
_lock = threading.Lock()


def object_event(parts: Parts, caller: Caller | None, name: str, bucket: Bucket, info: ObjectInfo) -> None:
    """Have everybody told who wants to know that something has happened to an object. Call it after the commit.

    Args:
        caller: Who did it; None: a rule of the bucket's own.
        name: For example `ObjectCreated:Put`, `ObjectRemoved:DeleteMarkerCreated`, `ObjectTagging:Put`.
        info: The object as it is now, or as it was before it was deleted.
    """
    object_events(parts, caller, name, bucket, [info])


def object_events(parts: Parts, caller: Caller | None, name: str, bucket: Bucket, infos: Iterable[ObjectInfo]) -> None:
    """As `object_event`, of several objects at once."""
    configuration = bucket.configuration.get("notification")
    if not configuration:
        return
    targets, bus = list(targets_of(configuration)), "EventBridgeConfiguration" in configuration
    messages: list[dict[str, Any]] = []
    for info in infos:
        fact = _Fact(parts, caller, name, bucket, info)
        for target in targets:
            if target.wants(f"s3:{name}", info.key):
                messages.append(_message(target.arn, info.key, {"Records": [fact.record(target)]}))
        if bus:
            messages.append(_message(_bus_of(bucket), info.key, fact.bus_event()))
    _keep(parts, bucket, messages)


def announce(parts: Parts, bucket: Bucket, arns: Sequence[str]) -> None:
    """Send new topics and queues the message that tests the way to them."""
    test = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": _time(parts.clock.now()),
        "Bucket": bucket.name,
        "RequestId": _request_id(parts),
        "HostId": parts.ids.new(),
    }
    _keep(parts, bucket, [_message(arn, "", test) for arn in arns if ":lambda:" not in arn])


def _bus_of(bucket: Bucket) -> str:
    return f"arn:{partition_of(bucket.region)}:events:{bucket.region}:{bucket.owner}:event-bus/default"


def _message(arn: str, key: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {"arn": arn, "key": key, "text": json.dumps(document, separators=(",", ":"), ensure_ascii=False)}


def _keep(parts: Parts, bucket: Bucket, messages: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(messages), _MESSAGES_PER_RECORD):
        body = {"messages": list(messages[start : start + _MESSAGES_PER_RECORD])}
        name = f"{sequencer(parts)}-{parts.ids.new()}"
        parts.state.put(Record(KIND, bucket.name, name, body, queue="queued"), expected_version=0)
    if messages:
        parts.ring()


def sequencer(parts: Parts) -> str:
    """Return a number in hexadecimal digits that grows with the time, and with every call in this process."""
    with _lock:
        return f"{int(parts.clock.now() * 1e6):015X}{next(_count) & 0xFFFFF:05X}"


class _Fact:
    """One thing that happened to one object."""

    def __init__(self, parts: Parts, caller: Caller | None, name: str, bucket: Bucket, info: ObjectInfo) -> None:
        self._caller, self._name, self._bucket, self._info = caller, name, bucket, info
        self._now, self._sequencer, self._request_id = parts.clock.now(), sequencer(parts), _request_id(parts)
        self._host_id = parts.ids.new()
        self._id = parts.ids.new()

    def record(self, target: Target) -> dict[str, Any]:
        """Return the record of S3's own messages."""
        version = "2.3" if self._name.startswith(_NEWER_KINDS) else "2.1"
        return {
            "eventVersion": version,
            "eventSource": "aws:s3",
            "awsRegion": self._bucket.region,
            "eventTime": _time(self._now),
            "eventName": self._name,
            "userIdentity": {"principalId": f"AWS:{self._caller.user_id}" if self._caller else "s3.amazonaws.com"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1" if self._caller else "s3.amazonaws.com"},
            "responseElements": {"x-amz-request-id": self._request_id, "x-amz-id-2": self._host_id},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": target.id,
                "bucket": {
                    "name": self._bucket.name,
                    "ownerIdentity": {"principalId": self._bucket.owner},
                    "arn": f"arn:aws:s3:::{self._bucket.name}",
                },
                "object": self._object(
                    quote_plus(self._info.key, safe="/", errors="surrogatepass"), "eTag", "versionId"
                ),
            },
        }

    def bus_event(self) -> dict[str, Any]:
        """Return the event of EventBridge (User Guide, "EventBridge event message structure")."""
        family = self._name.partition(":")[0]
        detail = {
            "version": "0",
            "bucket": {"name": self._bucket.name},
            "object": self._object(self._info.key, "etag", "version-id"),
            "request-id": self._request_id,
            "requester": self._caller.account if self._caller else "s3.amazonaws.com",
            "source-ip-address": "127.0.0.1" if self._caller else None,
            "reason": _REASONS.get(self._name),
        }
        if family in ("ObjectRemoved", "LifecycleExpiration"):
            marked = self._name.endswith("DeleteMarkerCreated")
            detail["deletion-type"] = "Delete Marker Created" if marked else "Permanently Deleted"
        return {
            "version": "0",
            "id": f"{self._id[:8]}-{self._id[8:12]}-{self._id[12:16]}-{self._id[16:20]}-{self._id[20:]}",
            "detail-type": _DETAIL_TYPES.get(self._name) or _DETAIL_TYPES[family],
            "source": "aws.s3",
            "account": self._bucket.owner,
            "time": _time(self._now)[:19] + "Z",
            "region": self._bucket.region,
            "resources": [f"arn:aws:s3:::{self._bucket.name}"],
            "detail": {name: value for name, value in detail.items() if value is not None},
        }

    def _object(self, key: str, etag: str, version: str) -> dict[str, Any]:
        found: dict[str, Any] = {"key": key}
        if self._name.startswith("ObjectCreated"):
            found["size"] = self._info.size
        if not self._name.endswith(":Delete") or self._name.startswith("ObjectTagging"):
            found[etag] = self._info.etag
        version_id = getattr(self._info, "version_id", None)
        if version_id not in (None, "null"):
            found[version] = version_id
        return {**found, "sequencer": self._sequencer}


def _request_id(parts: Parts) -> str:
    return parts.ids.new()[:16].upper()


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
