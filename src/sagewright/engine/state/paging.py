"""Page tokens: opaque to the caller, and bound to the query they continue."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import astuple, replace
from typing import NamedTuple

from sagewright.engine.abc import BadToken, Query, Record

SORT_KEYS = {"created": "created_at", "modified": "modified_at", "name": "name", "status": "status"}


class Position(NamedTuple):
    """Where a page ended: the last record's value of the sort key, and its name and scope to break ties."""

    value: float | str
    name: str
    scope: str


def sort_column(query: Query) -> str:
    """Return the field of `Record` that the query sorts by.

    Raises:
        ValueError: `query.sort_by` is none of the sort keys.
    """
    try:
        return SORT_KEYS[query.sort_by]
    except KeyError:
        raise ValueError(f"cannot sort by `{query.sort_by}`\nhint: choose one of {', '.join(SORT_KEYS)}") from None


def position_of(query: Query, record: Record) -> Position:
    """Return the place of a record in the query's order."""
    return Position(getattr(record, sort_column(query)), record.name, record.scope)


def encode(query: Query, position: Position) -> str:
    """Return the token of the page that follows `position` in the query's walk."""
    document = json.dumps([*position, _seal(query, position)], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def decode(query: Query) -> Position | None:
    """Return where the page before `query`'s ended; None: the query begins its walk.

    Raises:
        BadToken: `query.after` is not a token of this query's walk.
    """
    if query.after is None:
        return None
    try:
        document = base64.urlsafe_b64decode(query.after.encode() + b"=" * (-len(query.after) % 4))
        *position, seal = json.loads(document)
        found = Position(*position)
    except (ValueError, TypeError, binascii.Error):
        raise BadToken(query.after) from None
    if seal != _seal(query, found):
        raise BadToken(query.after)
    return found


def _seal(query: Query, position: Position) -> str:
    """Bind a position to a query: what may change between pages (the page's size, the token) is left out."""
    text = json.dumps([astuple(replace(query, limit=0, after=None)), position])
    return hashlib.blake2s(text.encode(), digest_size=12).hexdigest()
