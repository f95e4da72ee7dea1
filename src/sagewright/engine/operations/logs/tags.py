"""Tags of log groups, by the names of their older and their newer operations."""

from __future__ import annotations

from collections.abc import Mapping

from sagewright.engine.operations.logs.addresses import group_of
from sagewright.engine.operations.logs.errors import invalid_parameter, log_errors
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

MOST_TAGS = 50


def tag_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Add tags to a group, over those of the same keys."""
    return _add(parts, params["logGroupName"], params["tags"])


def untag_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take tags away from a group."""
    return _remove(parts, params["logGroupName"], params["tags"])


def list_tags_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the tags of a group."""
    return {"tags": _tags(parts, params["logGroupName"])}


def tag_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Add tags to the group of an ARN, over those of the same keys."""
    return _add(parts, _group(params), params["tags"])


def untag_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take tags away from the group of an ARN."""
    return _remove(parts, _group(params), params["tagKeys"])


def list_tags_for_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the tags of the group of an ARN."""
    return {"tags": _tags(parts, _group(params))}


def _group(params: Params) -> str:
    arn = params["resourceArn"]
    if ":log-group:" not in arn:
        raise invalid_parameter(f"`{arn}` is not the ARN of a log group; only those have tags.")
    return group_of(arn)


def _tags(parts: Parts, group: str) -> dict[str, str]:
    with log_errors():
        return dict(parts.logs.group(group).settings.get("tags", {}))


def _add(parts: Parts, group: str, added: Mapping[str, str]) -> Result:
    tags = _tags(parts, group) | dict(added)
    if len(tags) > MOST_TAGS:
        raise ApiError("TooManyTagsException", f"A log group can have {MOST_TAGS} tags.")
    return _set(parts, group, tags)


def _remove(parts: Parts, group: str, keys: list[str]) -> Result:
    return _set(parts, group, {key: value for key, value in _tags(parts, group).items() if key not in keys})


def _set(parts: Parts, group: str, tags: Mapping[str, str]) -> Result:
    with log_errors():
        parts.logs.configure_group(group, "tags", tags or None)
    return {}
