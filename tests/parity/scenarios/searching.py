"""Conditions of searches, and v2's cache."""

from __future__ import annotations

import datetime
from typing import Any

from tests.parity.world import World


def conditions(world: World) -> Any:
    names = ("Operator", "BooleanOperator", "Filter", "NestedFilter", "SearchExpression")
    operator, joined, condition, nested, expression = (world[f"utilities.search_expression.{name}"] for name in names)
    parts = [condition("Name", operator.CONTAINS, "x"), condition("Tags.a", operator.NOT_EXISTS), condition("Bare")]
    channels = nested("InputDataConfig", [condition("InputDataConfig.ChannelName", operator.EQUALS, "train")])
    inner = expression(filters=parts[:1], boolean_operator=joined.OR)
    whole = expression(parts, [channels], [inner])
    return [
        whole.to_boto(),
        inner.to_boto(),
        [member.value for member in operator],
        [member.value for member in joined],
    ]


def condition_on_nothing(world: World) -> None:
    world["utilities.search_expression.SearchExpression"]()


def cached(world: World) -> Any:
    asked: list[Any] = []

    def look_up(key: str, value: Any) -> str:
        asked.append([key, value])
        return f"{key}{len(asked)}"

    cache = world["utilities.cache.LRUCache"](2, datetime.timedelta(days=1), look_up)
    first = [list(cache.get(key)) for key in ("a", "b", "a", "c", "b")]
    cache.put("d", "given")
    seen = [len(cache), [key in cache for key in "abcd"], list(cache.get("d", False)), asked]
    cache.clear()
    return [first, seen, len(cache)]


def cached_too_long(world: World) -> Any:
    cache = world["utilities.cache.LRUCache"](2, datetime.timedelta(seconds=-1), lambda key, value: f"{key} {value}")
    return [list(cache.get("a")), list(cache.get("a"))]


def not_cached(world: World) -> None:
    world["utilities.cache.LRUCache"](2, datetime.timedelta(days=1), str).get("a", data_source_fallback=False)
