"""Patterns of lines of columns: `[ip, user, ..., status = 4* && status != 404, bytes > 1000]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.operations.logs.patterns.conditions import Condition, Tokens, joined, unquoted
from sagewright.engine.operations.logs.patterns.pattern import Pattern, comparison, invalid

_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)')
_COMMA = re.compile(r',(?=(?:[^"%]|"[^"]*"|%[^%]*%)*$)')
_NAME = re.compile(r"\w[\w.-]*")
_REST = ("...", "…")


@dataclass(frozen=True)
class _Column:
    name: str  # empty: its number is its name
    condition: Condition | None


def compiled(text: str) -> Pattern:
    """Return what a pattern of columns means."""
    if not text.endswith("]"):
        raise invalid("a `]` is missing.")
    parts = [part.strip() for part in _COMMA.split(text[1:-1])]
    gaps = [number for number, part in enumerate(parts) if part in _REST]
    if len(gaps) > 1:
        raise invalid("more than one `...`.")
    gap = gaps[0] if gaps else None
    before = [_column(part) for part in parts[:gap]]
    after = [_column(part) for part in parts[gap + 1 :]] if gap is not None else []

    def matched(message: str) -> Mapping[str, str] | None:
        return _matched(fields(message), before, after, is_open=gap is not None)

    def value(message: str, selector: str) -> Any:
        return (matched(message) or {}).get(selector)

    return Pattern(lambda message: matched(message) is not None, lambda message: matched(message) or {}, value)


def fields(message: str) -> list[str]:
    """Split a line at blanks; what stands in brackets or quotes is one field."""
    return [next(group for group in match.groups() if group is not None) for match in _FIELD.finditer(message)]


def _column(text: str) -> _Column:
    if not text or _NAME.fullmatch(text):
        return _Column(text, None)
    names: set[str] = set()

    def one(tokens: Tokens) -> Condition:
        kind, name = tokens.take()
        if kind != "word":
            raise invalid(f"the name of a column was expected instead of `{name}`.")
        names.add(name)
        kind, operator = tokens.take()
        if kind != "operator":
            raise invalid(f"a comparison was expected instead of `{operator}`.")
        if operator == "=" and tokens.took("!"):  # `=!ERROR`, as older patterns have it
            operator = "!="
        kind, operand = tokens.take()
        if kind not in ("quoted", "regex", "word"):
            raise invalid(f"a value was expected instead of `{operand}`.")
        return comparison(operator, unquoted(operand) if kind == "quoted" else operand, is_quoted=kind == "quoted")

    condition = joined(Tokens(re.sub(r"=\s*!(?!=)", "!=", text)), one)
    if len(names) != 1:
        raise invalid(f"`{text}` names more than one column.")
    return _Column(names.pop(), condition)


def _matched(
    found: Sequence[str], before: Sequence[_Column], after: Sequence[_Column], *, is_open: bool
) -> Mapping[str, str] | None:
    """Return the fields under their names if all conditions hold."""
    spare = len(found) - len(before) - len(after)
    if spare < 0 or (spare and not is_open):
        return None
    columns = [*before, *[_Column("", None)] * spare, *after]
    if not all(column.condition is None or column.condition(each) for column, each in zip(columns, found, strict=True)):
        return None
    return {
        f"${column.name or number}": each
        for number, (column, each) in enumerate(zip(columns, found, strict=True), start=1)
    }
