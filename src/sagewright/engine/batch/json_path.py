"""The JSONPath of the filters of batch transform (`contract.md` 3.2.3): `$`, names, indexes, slices and wildcards.

A path of single names and indexes selects one value. Several names in brackets at its end select the object of them;
every other choice (several indexes, a slice, `*`) selects an array of what it finds, in the order of the choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 63

_NAME = re.compile(r"\.([^\s.\[\]'\"*,:]+)")
_ITEM = re.compile(
    r"""\s*(?: '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<all>\*)
    | (?P<start>-?\d+)?(?P<colon>:)(?P<stop>-?\d+)? | (?P<index>-?\d+) )\s*""",
    re.VERBOSE,
)

Item = str | int | slice


class BadPath(ValueError):
    """The text is no path of the subset."""


class NothingFound(LookupError):
    """The path selects nothing of a value."""


@dataclass(frozen=True)
class Step:
    """One choice among a value's members: names, or indexes and slices; neither: all of them."""

    items: Sequence[Item] = ()

    @property
    def names(self) -> bool:
        return any(isinstance(item, str) for item in self.items)

    @property
    def is_definite(self) -> bool:
        return len(self.items) == 1 and not isinstance(self.items[0], slice)


@dataclass(frozen=True)
class Path:
    """A parsed path; no steps: the whole value."""

    text: str
    steps: Sequence[Step]

    @property
    def selects_all(self) -> bool:
        return not self.steps

    def select(self, value: Any) -> Any:
        """Return what the path selects.

        Raises:
            NothingFound: It is not there.
        """
        found, is_definite = [value], True
        for number, step in enumerate(self.steps, start=1):
            if step.names and len(step.items) > 1 and number == len(self.steps):
                found = [_object(node, step) for node in found]
            else:
                found = [member for node in found for member in _members(node, step, strict=is_definite)]
                is_definite = is_definite and step.is_definite
        if not found:
            raise NothingFound(self.text)
        return found[0] if is_definite else found

    def select_fields(self, fields: Sequence[Any]) -> list[Any]:
        """Return the columns of a row that the path selects.

        Raises:
            NothingFound: They are not there.
        """
        if not self.steps:
            return list(fields)
        found = list(_members(fields, self.steps[0], strict=True))
        if not found:
            raise NothingFound(self.text)
        return found


ALL = Path("$", ())


def parse(text: str) -> Path:
    """Parse a path.

    Raises:
        BadPath: It is none of the subset.
    """
    if not text.startswith("$"):
        raise BadPath("it does not begin with $")
    steps, position = [], 1
    while position < len(text):
        step, position = _step(text, position)
        steps.append(step)
    return Path(text, tuple(steps))


def selects_columns(path: Path) -> bool:
    """Tell whether the path makes sense for rows: one choice of columns by their indexes, or all."""
    return len(path.steps) < 2 and not any(step.names for step in path.steps)


def _step(text: str, position: int) -> tuple[Step, int]:
    if text.startswith((".*", "[*]"), position):
        return Step(), position + (2 if text[position] == "." else 3)
    if name := _NAME.match(text, position):
        return Step((name[1],)), name.end()
    if text[position] != "[":
        raise BadPath(f"`{text[position:]}` is neither .name nor [...]")
    items, position = _items(text, position + 1)
    if len({isinstance(item, str) for item in items}) > 1:
        raise BadPath("names and indexes stand in the same brackets")
    return Step(tuple(items)), position


def _items(text: str, position: int) -> tuple[list[Item], int]:
    items: list[Item] = []
    while True:
        match = _ITEM.match(text, position)
        if match is None or match["all"]:
            raise BadPath(f"`{text[position:]}` is no name in quotes, index or slice")
        items.append(_item(match))
        position = match.end()
        if text[position : position + 1] == "]":
            return items, position + 1
        if text[position : position + 1] != ",":
            raise BadPath("a bracket is not closed")
        position += 1


def _item(match: re.Match[str]) -> Item:
    if match["colon"]:
        if match["start"] is None and match["stop"] is None:
            raise BadPath("a slice has no bounds")
        return slice(*(int(bound) if bound is not None else None for bound in (match["start"], match["stop"])))
    if match["index"]:
        return int(match["index"])
    name = match["single"] if match["single"] is not None else match["double"]
    return re.sub(r"\\(.)", r"\1", name)


def _members(node: Any, step: Step, *, strict: bool) -> Iterator[Any]:
    """Yield a value's members that a step chooses.

    Args:
        strict: A name or index that is missing is an error; else (below a wildcard) it is passed over.
    """
    if not step.items:
        yield from node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ()
        return
    for item in step.items:
        if isinstance(item, slice):
            yield from node[item] if isinstance(node, list | tuple) else ()
            continue
        try:
            if isinstance(item, str) != isinstance(node, dict) or isinstance(node, str):
                raise KeyError(item)
            yield node[item]
        except (KeyError, IndexError, TypeError):
            if strict:
                raise NothingFound(item) from None


def _object(node: Any, step: Step) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise NothingFound(step.items[0])
    found = {name: node[name] for name in step.items if isinstance(name, str) and name in node}
    if not found:
        raise NothingFound(step.items[0])
    return found
