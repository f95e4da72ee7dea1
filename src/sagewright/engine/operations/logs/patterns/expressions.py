"""Regular expressions of filter patterns, searched in time that grows with the text alone.

They have no groups, so each alternative is a row of single characters with counts, which a small automaton follows
without ever going back. Python's own engine is quicker and takes over where even its worst case is short.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sagewright.engine.operations.logs.errors import invalid_parameter

_TOKEN = re.compile(
    r"""(?P<one>\[\^?\]?(?:\\.|[^\]\\])*\]|\\x[0-9A-Fa-f]{2}|\\[dDsSwW]|\\[^A-Za-z0-9]|[^\\|^$?*+{}\[\]])
        (?P<count>\*|\+|\?|\{\d{1,4}(?:,\d{0,4})?\})?""",
    re.VERBOSE,
)
_ALLOWED = re.compile(r"[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|\\*+. ]+")  # the blank is taken too
_SHORT_STEPS = 10**6
_MOST_NODES = 2000
_MOST_REMEMBERED = 20_000


class _Node(NamedTuple):
    """A character to be found; `next` is the node behind it, -1 the end, -2 the end of the text."""

    fits: Callable[[str], object]
    is_optional: bool
    repeats: bool
    next: int


def searcher(text: str) -> Callable[[str], bool]:
    """Return the test whether a regular expression is found anywhere in a text.

    Raises:
        ApiError: `InvalidParameterException`: it is none of those that are supported.
    """
    if not _ALLOWED.fullmatch(text):
        raise _invalid(text)
    automaton = _Automaton(text)
    expression = re.compile("|".join(automaton.translated), re.ASCII | re.DOTALL)

    def found(message: str) -> bool:
        if (len(message) + 1) ** min(automaton.choices + 1, 40) <= _SHORT_STEPS or not automaton.choices:
            return expression.search(message) is not None
        return automaton.found(message)

    return found


class _Automaton:
    """Follows all alternatives through a text at once."""

    def __init__(self, text: str) -> None:
        self.choices = 0  # places where Python's engine would have to try again
        self.translated: list[str] = []
        self._nodes: list[_Node] = []
        self._first: set[int] = set()  # where a match may begin at the text's beginning
        self._anywhere: set[int] = set()
        for alternative in _alternatives(text):
            self._add(text, alternative)
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def found(self, message: str) -> bool:
        """Tell whether an alternative is found."""
        state = frozenset(self._first | self._anywhere)
        for character in message:
            if -1 in state:
                return True
            following = self._known.get((state, character))
            if following is None:
                following = self._step(state, character)
            state = following
        return -1 in state or -2 in state

    def _step(self, state: frozenset[int], character: str) -> frozenset[int]:
        reached: set[int] = set(self._anywhere)
        for number in state:
            if number >= 0 and self._nodes[number].fits(character):
                node = self._nodes[number]
                reached |= self._closed(node.next)
                if node.repeats:
                    reached.add(number)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        following = self._known[state, character] = frozenset(reached)
        return following

    def _closed(self, number: int) -> set[int]:
        """Return a node and those that are reached from it without a character."""
        reached = {number}
        while number >= 0 and self._nodes[number].is_optional:
            number = self._nodes[number].next
            reached.add(number)
        return reached

    def _add(self, text: str, alternative: str) -> None:
        is_first, is_last = alternative.startswith("^"), alternative.endswith("$") and not alternative.endswith("\\$")
        core = alternative[is_first : len(alternative) - is_last]
        row = list(_row(text, core))
        self.translated.append(("\\A" if is_first else "") + core + ("\\Z" if is_last else ""))
        end = -2 if is_last else -1
        begin = len(self._nodes)
        if begin + len(row) > _MOST_NODES:
            raise _invalid(text)
        self.choices += sum(1 for _, is_optional, repeats in row if is_optional or repeats)
        for number, (fits, is_optional, repeats) in enumerate(row, start=begin + 1):
            self._nodes.append(_Node(fits, is_optional, repeats, number if number < begin + len(row) else end))
        (self._first if is_first else self._anywhere).update(self._closed(begin if row else end))


def _alternatives(text: str) -> Iterator[str]:
    """Split an expression at the bars that are neither escaped nor in brackets."""
    begin = 0
    for match in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\|)", text):
        if match[1]:
            yield text[begin : match.start()]
            begin = match.end()
    yield text[begin:]


def _row(text: str, core: str) -> Iterator[tuple[Callable[[str], object], bool, bool]]:
    """Yield the characters of an alternative: what fits, whether it may lack, whether it may come again."""
    place = 0
    while place < len(core):
        match = _TOKEN.match(core, place)
        if match is None:
            raise _invalid(text)
        try:
            fits = re.compile(match["one"], re.ASCII | re.DOTALL).fullmatch
        except re.error:
            raise _invalid(text) from None
        low, high = _counts(text, match["count"])
        yield from [(fits, False, False)] * (low if high is not None or not low else low - 1)
        yield from [(fits, low == 0, True)] if high is None else [(fits, True, False)] * (high - low)
        place = match.end()


def _counts(text: str, count: str | None) -> tuple[int, int | None]:
    if count is None:
        return 1, 1
    if count in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[count]
    low, comma, high = count[1:-1].partition(",")
    bounds = (int(low), int(high) if high else None if comma else int(low))
    if (bounds[1] or 0) > _MOST_NODES or bounds[0] > _MOST_NODES or (bounds[1] is not None and bounds[1] < bounds[0]):
        raise _invalid(text)
    return bounds


def _invalid(text: str) -> Exception:
    return invalid_parameter(f"Invalid filter pattern: `{text}` is no regular expression of those that are supported.")
