"""Write the docs' compatibility tables, from the record of v2's interface and from ours: `make compatibility`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from tests.parity import comparison, interface
from tests.parity.comparison import EXTENDED, NOT_YET, REFUSED, SAME, STATUSES, Item

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
INDEX = "compatibility.md"

_COUNTED = {"class": "classes", "method": "methods and constructors", "property": "properties and fields"} | {
    "function": "functions",
    "name": "names that a module hands on",
}
_MEANINGS = {
    SAME: "it is there, and is called as v2's",
    EXTENDED: "likewise, with optional parameters more",
    "differs": "it is there and is called in another way, for the reason that stands there",
    REFUSED: "it is not there, or answers with an error that says why; for the reason that stands there",
    NOT_YET: "it is not there yet",
}


def main() -> None:
    for path, text in pages().items():
        file = REFERENCE / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    for file in (REFERENCE / "compatibility").glob("*.md"):
        if f"compatibility/{file.name}" not in pages():
            file.unlink()


def pages() -> dict[str, str]:
    """Return every page by its path below `docs/reference`."""
    items = comparison.explained(comparison.compared(comparison.recorded()), comparison.tables())
    rooms = {room: list(found) for room, found in groupby(sorted(items, key=_by_room), _room)}
    there = {room: found for room, found in rooms.items() if _modules(found, (SAME,))}
    return {INDEX: _index(items, rooms)} | {
        f"compatibility/{_page(room)}": _room_page(room, found) for room, found in there.items()
    }


def _by_room(item: Item) -> tuple[str, str]:
    return _room(item), item.module


def _room(item: Item) -> str:
    return item.module.partition(".")[0]


def _page(room: str) -> str:
    return f"{room or 'top'}.md"


def _title(module: str) -> str:
    return f"sagemaker.{module}".rstrip(".")


def _modules(items: Iterable[Item], statuses: Iterable[str]) -> list[str]:
    return [item.module for item in items if item.kind == "module" and item.status in statuses]


def _index(items: list[Item], rooms: dict[str, list[Item]]) -> str:
    version = json.loads(comparison.RECORDED.read_text())["version"]
    lines = [
        f"# Compatibility with the SageMaker Python SDK {version}",
        "",
        "This page and those by module are made by `make compatibility`, from a record of the genuine package's public",
        "interface and from what Sagewright is; a test compares them. What is public, by rule:",
        "",
        *(interface.__doc__ or "").partition("What counts as public, by rule:\n\n")[2].strip().splitlines(),
        "",
        "| status | meaning |",
        "| --- | --- |",
        *(f"| {status} | {meaning} |" for status, meaning in _MEANINGS.items()),
        "",
        f"| | {' | '.join(STATUSES)} | all |",
        f"| --- | {' | '.join('---:' for _ in STATUSES)} | ---: |",
        *(_count_line(name, [item for item in items if item.kind == kind]) for kind, name in _COUNTED.items()),
        _count_line("modules", [item for item in items if item.kind == "module"]),
        "",
        "## By module",
        "",
        "| module | same | extended | differs | refused | not yet |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *_room_lines(rooms),
        "",
        "## Not measured",
        "",
        "These rooms of the package are nobody's interface:",
        "",
        *(f"- `{_title(room)}`: {why}" for room, why in interface.NOT_FOR_USERS.items()),
    ]
    needs = {module: found["needs"] for module, found in comparison.recorded().items() if "needs" in found}
    lines += ["", "These could not be imported where v2 was recorded:", ""]
    lines += [f"- `{_title(module)}`: {_needed(what)}" for module, what in needs.items()]
    return "\n".join(lines) + "\n"


def _needed(what: str) -> str:
    return what if " " in what else f"it needs `{what}`"


def _count_line(name: str, items: list[Item]) -> str:
    counts = Counter(item.status for item in items)
    return f"| {name} | {' | '.join(str(counts[status]) for status in STATUSES)} | {len(items)} |"


def _room_lines(rooms: dict[str, list[Item]]) -> Iterator[str]:
    for room, found in rooms.items():
        counts = Counter(item.status for item in found)
        is_there = bool(_modules(found, (SAME,)))
        name = f"[`{_title(room)}`](compatibility/{_page(room)})" if is_there else f"`{_title(room)}`"
        why = next((f": {item.why}" for item in found if item.kind == "module" and item.why and not is_there), "")
        yield f"| {name}{why} | {' | '.join(str(counts[status] or '') for status in STATUSES)} |"


def _room_page(room: str, items: list[Item]) -> str:
    lines = [f"# `{_title(room)}`", "", "Made by `make compatibility`; see [compatibility](../compatibility.md).", ""]
    missing = _modules(items, (NOT_YET, REFUSED))
    if missing:
        lines += [f"Modules that are not there yet: {_names(map(_title, missing))}.", ""]
    for module, found in groupby((item for item in items if item.module not in missing), lambda item: item.module):
        lines += [
            f"## `{_title(module)}`",
            "",
            *_module_lines(module, [item for item in found if item.kind != "module"]),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _module_lines(module: str, items: list[Item]) -> Iterator[str]:
    """Yield a table: what is as v2's by class in one line, and a line for each thing that is not."""
    if not items:
        yield "It defines nothing."
        return
    yield "| | status | |"
    yield "| --- | --- | --- |"
    prefix = len(module) + 1 if module else 0
    for owner, group in groupby(items, lambda item: item.path[prefix:].partition(".")[0]):
        found = list(group)
        same = [item.path[prefix:].partition(".")[2] for item in found if item.status == SAME]
        head = next((item for item in found if item.path[prefix:] == owner), found[0])
        yield f"| `{owner}` | {head.status} | {head.why or _names(name for name in same if name)} |"
        for item in found:
            if item.status != SAME and item is not head:
                yield f"| `{item.path[prefix:]}` | {item.status} | {item.why} |"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    main()
