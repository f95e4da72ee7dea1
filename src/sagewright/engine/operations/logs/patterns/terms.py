"""Patterns of terms: `a "b c"` all of them, `-a` not, `?a ?b` any, `%a+%` a regular expression."""

from __future__ import annotations

import re
from collections.abc import Callable

from sagewright.engine.operations.logs.patterns.expressions import searcher
from sagewright.engine.operations.logs.patterns.pattern import Pattern, invalid, no_value, nothing

_TERM = re.compile(
    r'(?P<sign>[-?]\s*)?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]+)%|(?P<word>[\w.:/@-]+))(?:\s+|$)'
)

Found = Callable[[str], bool]


def compiled(text: str) -> Pattern:
    """Return what a pattern of terms means; one without any means every event."""
    every: list[Found] = []
    some: list[Found] = []
    none: list[Found] = []
    place = 0
    while place < len(text):
        term = _TERM.match(text, place)
        if term is None:
            raise invalid(f"`{text[place:]}`")
        {"": every, "?": some, "-": none}[(term["sign"] or "").strip()].append(_found(term))
        place = term.end()
    if every or none:
        some = []  # with other terms beside them, those with a question mark are passed over

    def matches(message: str) -> bool:
        return (
            all(found(message) for found in every)
            and (not some or any(found(message) for found in some))
            and not any(found(message) for found in none)
        )

    return Pattern(matches, nothing, no_value)


def _found(term: re.Match[str]) -> Found:
    if term["regex"] is not None:
        return searcher(term["regex"])
    wanted = term["word"] if term["word"] is not None else re.sub(r"\\(.)", r"\1", term["quoted"])
    return lambda message: wanted in message
