"""Patterns of JSON documents: `{ $.error.code = 5* && ($.latency > 100 || $.user NOT EXISTS) }`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sagewright.engine.operations.logs.patterns.conditions import Condition, Tokens, joined, unquoted
from sagewright.engine.operations.logs.patterns.pattern import Pattern, Test, comparison, invalid

_STEP = re.compile(r"""\.?\[(\d+|\*)\]|\.?\[?["']([^"']*)["']\]?|\.([\w-]+|\*)""")
_MISSING = object()
_TESTS: Mapping[tuple[str, str], Test] = {
    ("IS", "NULL"): lambda value: value is None,
    ("IS", "TRUE"): lambda value: value is True,
    ("IS", "FALSE"): lambda value: value is False,
    ("NOT", "EXISTS"): lambda value: value is _MISSING,
}

Step = int | str


def compiled(text: str) -> Pattern:
    """Return what a pattern of documents means."""
    if not text.endswith("}"):
        raise invalid("a `}` is missing.")
    selectors: list[str] = []

    def one(tokens: Tokens) -> Condition:
        kind, selector = tokens.take()
        if kind != "selector" or selector == "$":
            raise invalid(f"a property such as `$.name` was expected instead of `{selector}`.")
        selectors.append(selector)
        return _condition(selector, _test(tokens))

    condition = joined(Tokens(text[1:-1]), one)

    def matches(message: str) -> bool:
        document = _document(message)
        return document is not _MISSING and condition(document)

    def values(message: str) -> Mapping[str, str]:
        found = {selector: value(message, selector) for selector in selectors}
        return {
            name: each if isinstance(each, str) else json.dumps(each)
            for name, each in found.items()
            if each is not None
        }

    return Pattern(matches, values, value)


def value(message: str, selector: str) -> Any:
    """Return the plain value that a property of a message has; None: it has none."""
    document = _document(message)
    if document is _MISSING or not selector.startswith("$"):
        return None
    return next((v for v in _selected(document, _steps(selector)) if not isinstance(v, (dict, list))), None)


def _test(tokens: Tokens) -> Test:
    kind, word = tokens.take()
    if kind == "operator":
        kind, operand = tokens.take()
        if kind not in ("quoted", "regex", "word"):
            raise invalid(f"a value was expected instead of `{operand}`.")
        return comparison(word, unquoted(operand) if kind == "quoted" else operand, is_quoted=kind == "quoted")
    words = (word.upper(), tokens.take()[1].upper())
    if words not in _TESTS:
        raise invalid(f"`{' '.join(words)}` is not a test.")
    return _TESTS[words]


def _condition(selector: str, test: Test) -> Condition:
    steps = _steps(selector)
    wants_missing = test is _TESTS["NOT", "EXISTS"]

    def condition(document: Any) -> bool:
        found = list(_selected(document, steps))
        if wants_missing:
            return not found
        return any(test(each) for each in found if not isinstance(each, (dict, list)))

    return condition


@lru_cache(maxsize=256)
def _steps(selector: str) -> tuple[Step, ...]:
    place, steps = 1, []
    while place < len(selector):
        match = _STEP.match(selector, place)
        if match is None:
            raise invalid(f"`{selector}` is not a property.")
        index, quoted, name = match.groups()
        steps.append(int(index) if index and index != "*" else (index or name if quoted is None else quoted))
        place = match.end()
    if steps.count("*") > 1:
        raise invalid(f"`{selector}` has more than one wildcard.")
    return tuple(steps)


def _selected(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Yield the values that a selector leads to: more than one only where it has a wildcard."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step == "*":
        children = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        for child in children:
            yield from _selected(child, rest)
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from _selected(value[step], rest)
    elif isinstance(value, dict) and step in value:
        yield from _selected(value[step], rest)


def _document(message: str) -> Any:
    if not message.lstrip().startswith(("{", "[")):
        return _MISSING
    try:
        return _DECODER.decode(message)
    except (ValueError, RecursionError):
        return _MISSING


def _refused(name: str) -> Callable[[], Any]:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refused)
