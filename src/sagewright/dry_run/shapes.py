"""Answers made up from the shape that botocore's model gives them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

# The words of a status that say that all has gone well, the better first; services write them in capitals or not.
_GOOD = ("COMPLETED", "INSERVICE", "CREATED", "SUCCEEDED", "ACTIVE", "EXECUTED", "AVAILABLE", "APPROVED")
_DEEPEST = 6


def made_up(shape: Any, known: Mapping[str, Any], arn: str | None) -> dict[str, Any]:
    """Return an answer of a shape.

    Args:
        shape: botocore's, of the output; None: the operation answers nothing.
        known: Members that are known.
        arn: Of the resource; stands where the answer has a member for it.
    """
    if shape is None:
        return {}
    answer: dict[str, Any] = {}
    for name, member in shape.members.items():
        if name in known and _fits(member, known[name]):
            answer[name] = known[name]
        elif name in shape.required_members or _is_told(name, member):
            answer[name] = _value(name, member, arn, 0)
    return answer


def _is_told(name: str, member: Any) -> bool:
    """Tell whether programs look at a member even though a service need not send it."""
    is_body = any(member.serialization.get(word) for word in ("eventstream", "streaming"))
    return is_body or member.type_name == "list" or name.endswith(("Arn", "Status", "Time"))


def _fits(member: Any, value: Any) -> bool:
    kinds = {"structure": Mapping, "map": Mapping, "list": list, "string": str}
    return isinstance(value, kinds.get(member.type_name, object))


def _value(name: str, member: Any, arn: str | None, depth: int) -> Any:
    kind = member.type_name
    if kind == "structure":
        inner = {} if depth > _DEEPEST else member.members
        return {key: _value(key, inner[key], None, depth + 1) for key in member.required_members if key in inner}
    if kind in ("list", "map"):
        return [] if kind == "list" else {}
    if kind == "timestamp":
        return datetime.now(timezone.utc)
    if kind == "blob":
        from botocore.response import StreamingBody

        return StreamingBody(io.BytesIO(), 0) if member.serialization.get("streaming") else b""
    if kind == "boolean":
        return False
    if kind != "string":
        return 0
    return _text(name, member, arn)


def _text(name: str, member: Any, arn: str | None) -> str:
    if member.enum:
        meant = {word.upper(): word for word in reversed(member.enum)}
        return str(next((meant[word] for word in _GOOD if word in meant), member.enum[0]))
    return arn if arn is not None and name.endswith("Arn") else "dry-run"
