"""Lifecycle rules of buckets: what goes when. They are carried out by the steward (`steward/object_expiry.py`).

Checks and messages: Amazon S3 API Reference, `PutBucketLifecycleConfiguration`; User Guide, "Lifecycle configuration
elements".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import check_words, malformed, plain, set_, setting_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

MOST_RULES = 1000
LONGEST_ID = 255
_ACTIONS = (
    "Expiration",
    "Transitions",
    "NoncurrentVersionTransitions",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
)
_CLASSES = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "GLACIER_IR", "DEEP_ARCHIVE")
_MINIMUM_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
_MINIMUM_SIZES = ("all_storage_classes_128K", "varies_by_storage_class")
_LARGEST_DAYS = (1 << 31) - 1
Rule = Mapping[str, Any]


def get_bucket_lifecycle_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's rules."""
    return dict(setting_of(parts, params, "lifecycle"))


def put_bucket_lifecycle_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's rules."""
    find_bucket(parts, params)
    rules = (params.get("LifecycleConfiguration") or {}).get("Rules") or []
    if not 1 <= len(rules) <= MOST_RULES:
        raise malformed()
    smallest = params.get("TransitionDefaultMinimumObjectSize") or _MINIMUM_SIZES[0]
    check_words(smallest, _MINIMUM_SIZES)
    for rule in rules:
        _check(rule)
    named = [{**plain(rule), "ID": rule.get("ID") or parts.ids.new()} for rule in rules]
    if len({rule["ID"] for rule in named}) < len(named):
        raise _invalid("Rule ID must be unique. Found same ID for more than one rule")
    set_(parts, params, "lifecycle", {"Rules": named, "TransitionDefaultMinimumObjectSize": smallest})
    return {"TransitionDefaultMinimumObjectSize": smallest}


def delete_bucket_lifecycle(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a bucket's rules."""
    return set_(parts, params, "lifecycle", None)


def put_bucket_lifecycle(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's rules, in the form of older clients."""
    rules = [_modern(rule) for rule in (params.get("LifecycleConfiguration") or {}).get("Rules") or ()]
    put_bucket_lifecycle_configuration(parts, caller, {**params, "LifecycleConfiguration": {"Rules": rules}})
    return {}


def get_bucket_lifecycle(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's rules, in the form of older clients."""
    return {"Rules": [_old(rule) for rule in setting_of(parts, params, "lifecycle")["Rules"]]}


_OLD_LISTS = {"Transition": "Transitions", "NoncurrentVersionTransition": "NoncurrentVersionTransitions"}


def _modern(rule: Rule) -> dict[str, Any]:
    return {_OLD_LISTS.get(name, name): [value] if name in _OLD_LISTS else value for name, value in rule.items()}


def _old(rule: Rule) -> dict[str, Any]:
    found = {name: value for name, value in rule.items() if name not in _OLD_LISTS.values()}
    found.update({old: rule[new][0] for old, new in _OLD_LISTS.items() if rule.get(new)})
    found.setdefault("Prefix", rule.get("Filter", {}).get("Prefix", ""))
    return found


def _check(rule: Rule) -> None:
    check_words(rule.get("Status"), ("Enabled", "Disabled"))
    if len(rule.get("ID", "")) > LONGEST_ID:
        raise _invalid(f"ID length should not exceed allowed limit of {LONGEST_ID}")
    if ("Filter" in rule) == ("Prefix" in rule):
        raise malformed()
    tagged = _check_filter(rule.get("Filter") or {})
    if not any(rule.get(action) for action in _ACTIONS):
        raise ApiError("InvalidRequest", "At least one action needs to be specified in a rule")
    if "Expiration" in rule:
        _check_expiration(rule["Expiration"], tagged)
    for transition in rule.get("Transitions") or ():
        _check_transition(transition, "Days")
    for transition in rule.get("NoncurrentVersionTransitions") or ():
        _check_transition(transition, "NoncurrentDays")
    if expiration := rule.get("NoncurrentVersionExpiration"):
        _check_days(expiration, "NoncurrentDays", "NoncurrentVersionExpiration")
        _check_kept(expiration)
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        _check_days(abort, "DaysAfterInitiation", "AbortIncompleteMultipartUpload")
        if tagged:
            raise ApiError("InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags")


def _check_filter(chosen: Mapping[str, Any]) -> bool:
    """Check a rule's filter; tell whether it looks at tags."""
    if len(chosen) > 1:
        raise malformed()
    joined = chosen.get("And", {})
    if "And" in chosen and len(joined) < 1:
        raise malformed()
    tags = [*joined.get("Tags", ()), *([chosen["Tag"]] if "Tag" in chosen else ())]
    keys = [tag.get("Key") for tag in tags]
    if len(set(keys)) < len(keys):
        raise ApiError("InvalidRequest", "Duplicate Tag Keys are not allowed.")
    if any(not key or len(key) > 128 for key in keys):
        raise ApiError("InvalidTag", "The TagKey you have provided is invalid")
    bounds = {**joined, **chosen}
    low, high = bounds.get("ObjectSizeGreaterThan"), bounds.get("ObjectSizeLessThan")
    if (low is not None and low < 0) or (high is not None and high < 1):
        raise ApiError("InvalidRequest", "'ObjectSizeGreaterThan' and 'ObjectSizeLessThan' must be positive integers")
    if low is not None and high is not None and low >= high:
        raise ApiError("InvalidRequest", "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'")
    return bool(tags)


def _check_expiration(expiration: Mapping[str, Any], tagged: bool) -> None:
    named = [name for name in ("Days", "Date", "ExpiredObjectDeleteMarker") if expiration.get(name) is not None]
    if len(named) != 1:
        raise malformed()
    if "Days" in named:
        _check_days(expiration, "Days", "Expiration")
    if "Date" in named:
        _check_date(expiration["Date"])
    if "ExpiredObjectDeleteMarker" in named and tagged:
        raise ApiError("InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags")


def _check_transition(transition: Mapping[str, Any], days: str) -> None:
    storage_class = transition.get("StorageClass")
    check_words(storage_class, _CLASSES)
    if "Date" in transition:
        _check_date(transition["Date"])
        return
    count = transition.get(days, 0)
    if count < 0:
        raise _invalid(f"'{days}' for Transition action must be nonnegative")
    minimum = _MINIMUM_DAYS.get(str(storage_class), 0)
    if count < minimum:
        raise _invalid(
            f"'{days}' in Transition action must be greater than or equal to {minimum} for storageClass "
            f"'{storage_class}'"
        )


def _check_kept(expiration: Mapping[str, Any]) -> None:
    kept = expiration.get("NewerNoncurrentVersions")
    if kept is not None and not 1 <= kept <= 100:
        raise _invalid("'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and 100")


def _check_days(action: Mapping[str, Any], name: str, what: str) -> None:
    if name not in action:
        raise malformed()
    if not 1 <= action[name] <= _LARGEST_DAYS:
        raise _invalid(f"'{name}' for {what} action must be a positive integer")


def _check_date(date: Any) -> None:
    when = date if isinstance(date, datetime) else datetime.fromtimestamp(float(date), timezone.utc)
    when = when.astimezone(timezone.utc) if when.tzinfo else when
    if (when.hour, when.minute, when.second, when.microsecond) != (0, 0, 0, 0):
        raise _invalid("'Date' must be at midnight GMT")


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidArgument", message)
