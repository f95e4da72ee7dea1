"""Rules of composite alarms: `ALARM("cpu") AND NOT (OK(disk) OR INSUFFICIENT_DATA("net"))`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sagewright.engine.scaling.alarms import ALARM, INSUFFICIENT, OK

MOST_CHILDREN, MOST_ELEMENTS = 100, 500

States = Mapping[str, str]
Test = Callable[[States], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^()"]+?))\s*\)
    |(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<mark>[()]))""",
    re.VERBOSE | re.IGNORECASE,
)


class BadRule(ValueError):
    """The rule cannot be read."""


@dataclass(frozen=True)
class Rule:
    """A rule: the names of the alarms in it, and whether it holds given their states."""

    names: tuple[str, ...]
    holds: Test


def parsed(text: str) -> Rule:
    """Read a rule.

    Raises:
        BadRule: It is none, or too long.
    """
    parser = _Parser(text)
    test = parser.either(0)
    if not parser.is_at_end():
        raise BadRule(f"`{parser.rest()}` is not expected")
    names = tuple(dict.fromkeys(parser.names))
    if len(names) > MOST_CHILDREN:
        raise BadRule(f"there are more than {MOST_CHILDREN} alarms")
    return Rule(names, test)


def name_in(reference: str) -> str:
    """Return the alarm's name in what a rule calls it by: its ARN, or its name."""
    return reference.partition(":alarm:")[2] or reference


class _Parser:
    def __init__(self, text: str) -> None:
        self.names: list[str] = []
        self._found: list[re.Match[str]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            match = _TOKEN.match(text, place)
            if match is None:
                raise BadRule(f"`{text[place:].strip()[:50]}` cannot be read")
            self._found.append(match)
            place = match.end()
        if len(self._found) > 2 * MOST_ELEMENTS:
            raise BadRule(f"there are more than {MOST_ELEMENTS} elements")
        self._next = 0

    def is_at_end(self) -> bool:
        return self._next == len(self._found)

    def rest(self) -> str:
        return self._found[self._next][0].strip()

    def either(self, depth: int) -> Test:
        tests = [self._both(depth)]
        while self._took("OR"):
            tests.append(self._both(depth))
        return lambda states: any(test(states) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._took("AND"):
            tests.append(self._one(depth))
        return lambda states: all(test(states) for test in tests)

    def _one(self, depth: int) -> Test:
        if self.is_at_end():
            raise BadRule("it ends too early")
        if depth > 50:
            raise BadRule("too many parentheses")
        if self._took("NOT"):
            test = self._one(depth + 1)
            return lambda states: not test(states)
        if self._took("("):
            test = self.either(depth + 1)
            if not self._took(")"):
                raise BadRule("a `)` is missing")
            return test
        if self._took("TRUE"):
            return lambda _: True
        if self._took("FALSE"):
            return lambda _: False
        return self._state()

    def _state(self) -> Test:
        match = self._found[self._next]
        if match["state"] is None:
            raise BadRule(f"`{match[0].strip()}` is not expected")
        self._next += 1
        name, state = name_in((match["quoted"] or match["bare"]).strip()), match["state"].upper()
        if state not in (OK, ALARM, INSUFFICIENT):
            raise BadRule(f"`{state}` is no state")
        self.names.append(name)
        return lambda states: states.get(name) == state

    def _took(self, word: str) -> bool:
        if self.is_at_end():
            return False
        match = self._found[self._next]
        if (match["mark"] or (match["word"] or "").upper()) != word:
            return False
        self._next += 1
        return True
