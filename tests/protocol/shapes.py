"""Random values of botocore's shapes."""

from __future__ import annotations

import string
from datetime import datetime, timezone
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import strategies as st

MAX_DEPTH = 4
WORD = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
# Headers and paths carry less than bodies do, and XML drops leading and trailing white space of nothing, but no more.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
TIME = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, timezone.utc))


def values(shape: Shape, depth: int = 0, *, located: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for values in botocore's Python form."""
    if isinstance(shape, StructureShape):
        # The query protocol cannot say that an empty structure is there.
        return structures(shape, depth).filter(bool) if shape.members else structures(shape, depth)
    if isinstance(shape, ListShape):
        size = 0 if depth >= MAX_DEPTH else 2
        return st.lists(values(shape.member, depth + 1, located=located), min_size=min(size, 1), max_size=size)
    if isinstance(shape, MapShape):
        key = WORD.map(str.lower) if located else WORD
        return st.dictionaries(key, values(shape.value, depth + 1, located=located), min_size=1, max_size=2)
    if shape.metadata.get("enum"):
        return st.sampled_from(shape.metadata["enum"])
    return {
        "string": WORD if located else TEXT,
        "blob": st.binary(min_size=1, max_size=20),
        "boolean": st.booleans(),
        "integer": st.integers(0, 2**31 - 1),
        "long": st.integers(0, 2**53),
        "float": st.floats(allow_nan=False, allow_infinity=False, width=32),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "timestamp": TIME,
    }[shape.type_name]


def _later(member: Shape, depth: int) -> st.SearchStrategy[Any]:
    """Return the strategy of a member, made when it is needed: shapes may hold themselves."""

    def make() -> st.SearchStrategy[Any]:
        return values(member, depth, located="location" in member.serialization)

    return st.deferred(make)


def structures(shape: StructureShape, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for structures; deep down only what is required remains."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, member in shape.members.items():
        strategy = _later(member, depth + 1)
        if name in shape.required_members:
            required[name] = strategy
        elif (depth < MAX_DEPTH or not shape.required_members) and not getattr(member, "is_document_type", False):
            optional[name] = strategy
    if getattr(shape, "is_tagged_union", False):
        return st.one_of([st.fixed_dictionaries({name: one}) for name, one in (required | optional).items()])
    return st.fixed_dictionaries(required, optional=optional)
