"""Who is told of what happens to a bucket's objects: configuration. The messages are made in `events.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import malformed, plain
from sagewright.engine.operations.s3.errors import invalid_argument
from sagewright.engine.operations.s3.events import announce
from sagewright.engine.operations.s3.targets import LISTS, Target, filter_rules, matches, targets_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_SERVICES = {"TopicArn": "sns", "QueueArn": "sqs", "LambdaFunctionArn": "lambda"}
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "s3:ObjectCreated:": ("*", "Put", "Post", "Copy", "CompleteMultipartUpload"),
    "s3:ObjectRemoved:": ("*", "Delete", "DeleteMarkerCreated"),
    "s3:ObjectRestore:": ("*", "Post", "Completed", "Delete"),
    "s3:ObjectTagging:": ("*", "Put", "Delete"),
    "s3:ObjectAcl:": ("Put",),
    "s3:LifecycleExpiration:": ("*", "Delete", "DeleteMarkerCreated"),
    "s3:Replication:": (
        "*",
        "OperationFailedReplication",
        "OperationMissedThreshold",
        "OperationReplicatedAfterThreshold",
        "OperationNotTracked",
    ),
}
EVENTS = frozenset(
    {family + name for family, names in _FAMILIES.items() for name in names}
    | {"s3:ReducedRedundancyLostObject", "s3:LifecycleTransition", "s3:IntelligentTiering"}
)
LONGEST_FILTER = 1024


def get_bucket_notification_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return who is told of what."""
    return dict(find_bucket(parts, params).configuration.get("notification") or {})


def put_bucket_notification_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace the configuration; topics and queues get a message that tests the way."""
    bucket = find_bucket(parts, params)
    given = params.get("NotificationConfiguration") or {}
    wanted: dict[str, Any] = {
        name: [{**plain(item), "Id": item.get("Id") or parts.ids.new()} for item in given[name]]
        for name in LISTS
        if given.get(name)
    }
    if given.get("EventBridgeConfiguration") is not None:
        wanted["EventBridgeConfiguration"] = {}
    targets = list(_checked(wanted))
    _check_overlaps(targets)
    for target in targets:
        _check_region(target.arn, bucket.region)
    if not params.get("SkipDestinationValidation"):
        _check_reachable(parts, targets)
    before = {target.arn for target in targets_of(bucket.configuration.get("notification") or {})}
    parts.objects.configure_bucket(bucket.name, "notification", wanted or None)
    announce(parts, bucket, sorted({target.arn for target in targets} - before))
    return {}


def _checked(wanted: Mapping[str, Any]) -> Iterator[Target]:
    for name, member in LISTS.items():
        for item in wanted.get(name, ()):
            _check_arn(item.get(member), _SERVICES[member])
            if not item.get("Events"):
                raise malformed()
            for event in item["Events"]:
                if event not in EVENTS:
                    raise invalid_argument("Event", event, "The event is not supported for notifications")
            _check_rules(item)
    yield from targets_of(wanted)


def _check_arn(arn: Any, service: str) -> None:
    words = str(arn).split(":")
    if len(words) < 6 or words[0] != "arn":
        raise invalid_argument("arn", arn, "The ARN could not be parsed")
    if words[2] != service or not words[-1]:
        raise invalid_argument("arn", arn, "The ARN is not well formed")


def _check_region(arn: str, region: str) -> None:
    if arn.split(":")[3] != region:
        raise invalid_argument(
            "arn",
            arn,
            "The notification destination service region is not valid for the bucket location constraint",
        )


def _check_rules(item: Mapping[str, Any]) -> None:
    seen = set()
    for rule in filter_rules(item):
        name, value = str(rule.get("Name", "")).lower(), rule.get("Value", "")
        if name not in ("prefix", "suffix"):
            raise invalid_argument(
                "FilterRule.Name", rule.get("Name"), "filter rule name must be either prefix or suffix"
            )
        if name in seen:
            raise invalid_argument(
                "FilterRule.Name", rule["Name"], f"Cannot specify more than one {name} rule in a filter."
            )
        if len(value) > LONGEST_FILTER:
            raise invalid_argument(
                "FilterRule.Value", value, f"Size of filter rule value cannot exceed {LONGEST_FILTER} bytes in UTF-8"
            )
        seen.add(name)


def _check_overlaps(targets: list[Target]) -> None:
    """Refuse two wishes that would tell of one event of one object."""
    for one, other in combinations(targets, 2):
        both = [a for a in one.events for b in other.events if matches(a, b) or matches(b, a)]
        if both and _overlap(one.prefix, other.prefix) and _overlap(one.suffix[::-1], other.suffix[::-1]):
            raise invalid_argument(
                "Event",
                both[0],
                "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
            )


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _check_reachable(parts: Parts, targets: list[Target]) -> None:
    """Refuse targets that are not there."""
    if parts.home is None:  # an engine in memory has no other services
        return
    from sagewright.engine.gateway.hybrid.deliveries import reachable  # moto is heavy, and may be missing

    missing = [target.arn for target in targets if not reachable(parts.home, target.arn)]
    if missing:
        raise ApiError(
            "InvalidArgument",
            "Unable to validate the following destination configurations",
            400,
            {
                f"Argument{what}{number}": value
                for number, arn in enumerate(missing, start=1)
                for what, value in (("Name", arn), ("Value", "The destination does not exist"))
            },
        )
