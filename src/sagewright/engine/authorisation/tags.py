"""Tags that a request brings: `aws:RequestTag/<key>` and `aws:TagKeys`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.authorisation.asked import Context, Params


def tag_context(params: Params) -> Context:
    """Return the context of the tags in a request's params, however its service writes them."""
    tags = dict(_tags(params))
    keys = [*tags, *_keys(params)]
    context: dict[str, tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    if keys:
        context["aws:tagkeys"] = tuple(keys)
    return context


def _tags(params: Params) -> Iterator[tuple[str, str]]:
    for name in ("Tags", "tags", "TagList", "TagSet"):
        found = params.get(name)
        if isinstance(found, Mapping):
            yield from ((str(key), str(value)) for key, value in found.items())
        elif isinstance(found, list):
            yield from (_pair(item) for item in found if isinstance(item, Mapping))


def _pair(item: Mapping[str, Any]) -> tuple[str, str]:
    key = item.get("Key", item.get("key", item.get("TagKey", "")))
    return str(key), str(item.get("Value", item.get("value", item.get("TagValue", ""))))


def _keys(params: Params) -> list[str]:
    found = params.get("TagKeys", params.get("tagKeys", ()))
    return [str(key) for key in found] if isinstance(found, list) else []
