"""How our public interface stands to v2's, item by item: what the compatibility table shows and its test demands."""

from __future__ import annotations

import fnmatch
import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sagewright.unbuilt import why_unbuilt
from tests.parity import gaps, interface

OURS = "sagewright"
RECORDED = Path(__file__).with_name("recorded") / "interface.json"

SAME, EXTENDED, DIFFERS, REFUSED, NOT_YET = "same", "extended", "differs", "refused", "not yet"
STATUSES = (SAME, EXTENDED, DIFFERS, REFUSED, NOT_YET)


class Item(NamedTuple):
    """One thing of v2's interface and how ours stands to it.

    Attributes:
        module: v2's module, without the package.
        path: Module, class and member: `session.Session.upload_data`.
        kind: `module`, `class`, `method`, `property`, `function`, `value` or `name`, which is handed on.
        status: One of `STATUSES`. What is not there is `not yet` until a table says otherwise.
        why: The reason, by the table or by the code that refuses.
    """

    module: str
    path: str
    kind: str
    status: str
    why: str = ""


@cache
def recorded() -> dict[str, Any]:
    """Return v2's interface as it was recorded."""
    document: dict[str, Any] = json.loads(RECORDED.read_text())["recorded"]
    return document


@cache
def tables() -> dict[str, gaps.Gap]:
    """Return what all files of `gaps/` list: patterns of paths with what is said of them."""
    files = [importlib.import_module(entry.name) for entry in pkgutil.iter_modules(gaps.__path__, f"{gaps.__name__}.")]
    listed: dict[str, gaps.Gap] = {}
    for file in files:
        for pattern, gap in file.GAPS.items():
            assert pattern not in listed, f"{pattern} is listed twice, again in {file.__name__}"
            listed[pattern] = gap
    return listed


def compared(document: Mapping[str, Any], package: str = OURS) -> list[Item]:
    """Return every item of a recorded interface with how a package of ours stands to it, by code alone."""
    items: list[Item] = []
    for module, described in document.items():
        if "needs" in described:
            continue
        items += _module(module, described["names"], document, package)
    return items


def explained(items: Iterable[Item], listed: Mapping[str, gaps.Gap]) -> list[Item]:
    """Return the items with the status and the reason that the tables give those that are not as v2's."""
    return [_explained(item, listed) for item in items]


def gap_of(item: Item, listed: Mapping[str, gaps.Gap]) -> gaps.Gap | None:
    """Return what the tables say of an item."""
    pattern = pattern_of(item, listed)
    return None if pattern is None else listed[pattern]


def pattern_of(item: Item, listed: Iterable[str]) -> str | None:
    """Return the longest of the patterns that fits an item."""
    return max((pattern for pattern in listed if fnmatch.fnmatchcase(item.path, pattern)), key=len, default=None)


def verdict(expected: list[str], ours: list[str]) -> str:
    """Return how parameters stand to v2's: the same, with optional ones added, or different."""
    if ours == expected:
        return SAME
    named = [parameter for parameter in expected if not parameter.startswith("**")]
    added = [parameter for parameter in ours[len(named) :] if parameter != "*"]
    is_extended = ours[: len(named)] == named and all("=" in name or name.startswith("*") for name in added)
    return EXTENDED if is_extended else DIFFERS


def _explained(item: Item, listed: Mapping[str, gaps.Gap]) -> Item:
    gap = gap_of(item, listed) if item.status in (DIFFERS, NOT_YET) else None
    if gap is None or (item.status == NOT_YET and isinstance(gap, gaps.Differs)):
        return item
    return item._replace(status=_STATUS_OF[type(gap)], why=gap.why)


_STATUS_OF: dict[type, str] = {gaps.Refused: REFUSED, gaps.Differs: DIFFERS, gaps.NotYet: NOT_YET}


def _module(module: str, names: Mapping[str, Any], document: Mapping[str, Any], package: str) -> Iterator[Item]:
    try:
        ours = importlib.import_module(f"{package}.{module}" if module else package)
    except ImportError:
        yield from _absent(module, names)
        return
    yield Item(module, module, "module", SAME)
    for name, described in names.items():
        path = f"{module}.{name}" if module else name
        try:
            value = getattr(ours, name)
        except (AttributeError, ImportError):
            if "alias" not in described or _is_there(described["alias"], package):
                yield Item(module, path, described.get("kind", "name"), NOT_YET)
            continue
        yield from _name(module, path, value, described, document, package)


def _absent(module: str, names: Mapping[str, Any]) -> Iterator[Item]:
    """Yield all that a module defines which we do not have; what it hands on stands where it is defined."""
    why = why_unbuilt(module) or ""
    status = REFUSED if why and "not built yet" not in why else NOT_YET
    yield Item(module, module, "module", status, why)
    for name, described in names.items():
        if "kind" in described:
            yield Item(module, f"{module}.{name}", described["kind"], status, why)
        for member, expected in described.get("members", {}).items():
            yield Item(module, f"{module}.{name}.{member}", _kind_of(expected), status, why)


def _name(
    module: str, path: str, value: Any, described: Mapping[str, Any], document: Mapping[str, Any], package: str
) -> Iterator[Item]:
    kind = described.get("kind", "name")
    if kind == "class":
        yield Item(module, path, kind, SAME if inspect.isclass(value) else DIFFERS)
        if inspect.isclass(value):
            yield from _members(module, path, value, described, document, package)
    elif kind == "function":
        yield _callable(Item(module, path, kind, SAME), described["parameters"], value, lambda: _parameters(value))
    elif kind == "value":
        is_same = (
            described["value"].startswith("<") or interface.described(value, package).get("value") == described["value"]
        )
        yield Item(module, path, kind, SAME if is_same else DIFFERS)
    else:
        yield Item(module, path, kind, SAME if _is_that(value, described["alias"], package) else DIFFERS)


def _is_there(path: str, package: str) -> bool:
    try:
        interface.found(package, path)
    except (AttributeError, ImportError):
        return False
    return True


def _is_that(value: Any, alias: str, package: str) -> bool:
    """Tell whether a name that is handed on is the object of ours that it names, as far as we have that."""
    return not _is_there(alias, package) or interface.found(package, alias) is value


def _members(
    module: str, path: str, owner: type, described: Mapping[str, Any], document: Mapping[str, Any], package: str
) -> Iterator[Item]:
    for name, expected in described["members"].items():
        item = Item(module, f"{path}.{name}", _kind_of(expected), SAME)
        try:
            ours = interface.member(owner, name)
        except AttributeError:
            yield item._replace(status=NOT_YET)
            continue
        if isinstance(expected, list):
            yield _callable(item, expected, inspect.getattr_static(owner, name), lambda ours=ours: ours)
        else:
            yield item._replace(status=SAME if _reads_as(expected, ours) else DIFFERS)
    for name in sorted(_inherited(described["bases"], document, package) - set(described["members"])):
        if not hasattr(owner, name):
            yield Item(module, f"{path}.{name}", "inherited", NOT_YET)


def _callable(item: Item, expected: list[str], value: Any, ours: Any) -> Item:
    refusal = getattr(value, "refusal", None)
    if refusal:
        return item._replace(status=REFUSED, why=refusal)
    found = ours()
    return item._replace(status=verdict(expected, found) if isinstance(found, list) else DIFFERS)


def _parameters(value: Any) -> list[str] | str:
    return interface.parameters(value) if callable(value) else "no function"


def _reads_as(expected: str, ours: Any) -> bool:
    """Tell whether a property or value is one with us as well: constants have their value, the rest is read alike."""
    return not isinstance(ours, list) and (expected == "property" or ours in (expected, "property"))


def _kind_of(expected: Any) -> str:
    return "method" if isinstance(expected, list) else expected.partition(" ")[0]


def _inherited(bases: Iterable[str], document: Mapping[str, Any], package: str) -> set[str]:
    """Return the names of the members that v2's class has from its public bases, and that our bases have as well."""
    names: set[str] = set()
    for base in bases:
        module, _, name = base.rpartition(".")
        described = document.get(module, {}).get("names", {}).get(name, {}).get("members", ())
        try:
            ours = interface.found(package, base)
        except (AttributeError, ImportError):
            continue
        names |= {member for member in described if hasattr(ours, member)}
    return names - {"__init__"}
