"""Small wrongs that a scenario's requests may have: what the comparison has to notice, one by one."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Place = tuple[Any, ...]
Calls = list[dict[str, Any]]


class Mutant(NamedTuple):
    """Requests with one thing changed.

    Attributes:
        change: One of `CHANGES`.
        place: The keys and indices that lead to what was changed.
    """

    change: str
    place: Place
    calls: Calls


def mutants(calls: Calls, dice: random.Random) -> Iterator[Mutant]:
    """Yield mutants of requests without end; none is equal to them as JSON."""
    places = list(_places(calls))
    while True:
        change, place = dice.choice(list(CHANGES)), dice.choice(places)
        changed = copy.deepcopy(calls)
        parent: Any = changed
        for step in place[:-1]:
            parent = parent[step]
        CHANGES[change](parent, place[-1], dice)
        if json.dumps(changed, sort_keys=True) != json.dumps(calls, sort_keys=True):
            yield Mutant(change, place, changed)


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _places(value[key], (*place, key))


def _drop(parent: Any, key: Any, _: random.Random) -> None:
    del parent[key]


def _rename(parent: Any, key: Any, _: random.Random) -> None:
    if isinstance(parent, dict):
        parent[f"{key}s"] = parent.pop(key)


def _add(parent: Any, key: Any, _: random.Random) -> None:
    if isinstance(parent, dict):
        parent["Surplus"] = parent[key]
    else:
        parent.append(copy.deepcopy(parent[key]))


def _change(parent: Any, key: Any, dice: random.Random) -> None:
    """Put another value of the same type in the place of one."""
    value = parent[key]
    if isinstance(value, bool):
        parent[key] = not value
    elif isinstance(value, (int, float)):
        parent[key] = value + dice.choice([-1, 1])
    elif isinstance(value, str):
        at = dice.randrange(len(value) + 1)
        parent[key] = dice.choice([value[:at] + "x" + value[at:], value[:-1], value.swapcase(), f"{value} "])
    elif isinstance(value, list) and len(value) > 1:
        parent[key] = value[::-1]
    else:
        parent[key] = None


def _retype(parent: Any, key: Any, dice: random.Random) -> None:
    """Put a value of another type, which looks much the same, in the place of one."""
    value = parent[key]
    if isinstance(value, bool):
        parent[key] = dice.choice([int(value), str(value)])
    elif isinstance(value, int):
        parent[key] = dice.choice([str(value), float(value), *([bool(value)] if value in (0, 1) else [])])
    elif isinstance(value, str):
        parent[key] = dice.choice([[value], {"Value": value}, None])
    else:
        parent[key] = json.dumps(value)


CHANGES: dict[str, Callable[[Any, Any, random.Random], None]] = {
    "drop": _drop,
    "rename": _rename,
    "add": _add,
    "change": _change,
    "retype": _retype,
}
