"""Queries as conditions of SQL."""

from __future__ import annotations

from typing import Any

from sagewright.engine.abc import Query
from sagewright.engine.state import paging


class Search:
    """Conditions that must all hold, and the values of their placeholders."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    def sql(self) -> str:
        return " AND ".join(self.conditions)

    def go_on_behind(self, query: Query, position: paging.Position | None) -> None:
        """Leave out what the pages up to `position` have shown."""
        if position is None:
            return
        column, beyond = paging.sort_column(query), "<" if query.descending else ">"
        # The first bound says nothing new, but SQLite can look it up in an index.
        self.add(f"{column} {beyond}= ?", position.value)
        self.add(f"({column} {beyond} ? OR (name, scope) > (?, ?))", position.value, position.name, position.scope)


def search_for(query: Query) -> Search:
    """Return the conditions of a query, without its page."""
    search = Search()
    for condition, value in (
        ("kind = ?", query.kind),
        ("scope = ?", query.scope),
        ("status = ?", query.status),
        ("queue = ?", query.queue),
        ("created_at >= ?", query.created_after),
        ("created_at <= ?", query.created_before),
        ("modified_at >= ?", query.modified_after),
        ("modified_at <= ?", query.modified_before),
        ("instr(name, ?) > 0", query.name_contains or None),
        ("name >= ?", query.name_prefix or None),
        ("name < ?", _behind_prefix(query.name_prefix or "")),
    ):
        if value is not None:
            search.add(condition, value)
    return search


def _behind_prefix(prefix: str) -> str | None:
    """Return the first text in order that stands behind all that begin with `prefix`; None: there is none."""
    for end in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[end])
        if code < 0x10FFFF:
            # The surrogates are no characters.
            return prefix[:end] + chr(0xE000 if code == 0xD7FF else code + 1)
    return None
