"""Conditions joined by `&&` and `||`, with parentheses: what patterns of documents and of columns share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sagewright.engine.operations.logs.patterns.pattern import invalid

Condition = Callable[[Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<mark>&&|\|\||[()])
      | (?P<operator><=|>=|!=|=|<|>)
      | (?P<regex>%[^%]+%)
      | (?P<selector>\$(?:\.[\w*-]+|\[(?:\d+|\*|"[^"]*"|'[^']*')\]|\.\[?"[^"]*"\]?|\.\['[^']*'\])*)
      | (?P<word>[^\s()&|<>=!"%,]+)
    )""",
    re.VERBOSE,
)
_MOST_DEEP = 50


class Tokens:
    """A pattern's tokens, taken one by one."""

    def __init__(self, text: str) -> None:
        self._found: list[tuple[str, str]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup is None:
                raise invalid(f"`{text[place:].strip()}`")
            self._found.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        self._next = 0

    def peek(self) -> tuple[str, str]:
        return self._found[self._next] if self._next < len(self._found) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self._next += 1
        return token

    def took(self, text: str) -> bool:
        """Take the next token if it is this one."""
        kind, found = self.peek()
        if kind == "quoted" or found != text:
            return False
        self._next += 1
        return True


def joined(tokens: Tokens, one: Callable[[Tokens], Condition]) -> Condition:
    """Read conditions to their end; `one` reads a single one.

    Raises:
        ApiError: `InvalidParameterException`.
    """
    condition = _either(tokens, one, 0)
    if tokens.peek()[0] != "end":
        raise invalid(f"`{tokens.peek()[1]}` is not expected.")
    return condition


def _either(tokens: Tokens, one: Callable[[Tokens], Condition], depth: int) -> Condition:
    conditions = [_both(tokens, one, depth)]
    while tokens.took("||"):
        conditions.append(_both(tokens, one, depth))
    return conditions[0] if len(conditions) == 1 else lambda value: any(condition(value) for condition in conditions)


def _both(tokens: Tokens, one: Callable[[Tokens], Condition], depth: int) -> Condition:
    conditions = [_single(tokens, one, depth)]
    while tokens.took("&&"):
        conditions.append(_single(tokens, one, depth))
    return conditions[0] if len(conditions) == 1 else lambda value: all(condition(value) for condition in conditions)


def _single(tokens: Tokens, one: Callable[[Tokens], Condition], depth: int) -> Condition:
    if not tokens.took("("):
        return one(tokens)
    if depth > _MOST_DEEP:
        raise invalid("too many parentheses.")
    condition = _either(tokens, one, depth + 1)
    if not tokens.took(")"):
        raise invalid("a `)` is missing.")
    return condition


def unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
