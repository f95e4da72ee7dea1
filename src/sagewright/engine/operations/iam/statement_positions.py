"""Where in a policy's text its statements stand: the simulator's answers quote them by line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\]]')

Span = tuple[int, int]


def positions(text: str) -> Sequence[dict[str, Any]]:
    """Return `StartPosition` and `EndPosition` of each statement, counting from 1."""
    return [{"StartPosition": _place(text, start), "EndPosition": _place(text, end)} for start, end in _spans(text)]


def _spans(text: str) -> Sequence[Span]:
    """Return from where to where the objects reach that stand directly in `Statement`."""
    found: list[Span] = []
    depth, start, is_inside = 0, 0, False
    outermost = 0  # the depth at which statements stand: one more within a list
    for token in _TOKEN.finditer(text):
        if depth == 1 and token[0] == '"Statement"':
            is_inside, outermost = True, 1
        elif token[0] == "[" and is_inside and depth == 1:
            depth, outermost = 2, 2
        elif token[0] in "{[":
            start = token.start() if token[0] == "{" and is_inside and depth == outermost else start
            depth += 1
        elif token[0] in "}]":
            depth -= 1
            if is_inside and token[0] == "}" and depth == outermost:
                found.append((start, token.end()))
                is_inside = outermost == 2
            elif is_inside and depth < outermost:
                is_inside = False
    return found


def _place(text: str, offset: int) -> dict[str, int]:
    before = text[:offset]
    return {"Line": before.count("\n") + 1, "Column": offset - (before.rfind("\n") + 1) + 1}
