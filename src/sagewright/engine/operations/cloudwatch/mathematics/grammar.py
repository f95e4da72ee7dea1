"""The grammar of expressions.

either   := both (("OR" | "||") both)*
both     := compared (("AND" | "&&") compared)*
compared := sum (("==" | "!=" | "<=" | ">=" | "<" | ">") sum)*
sum      := product (("+" | "-") product)*
product  := unary (("*" | "/") unary)*
unary    := "-" unary | power
power    := atom ("^" unary)?
atom     := number | string | id | WORD | FUNCTION "(" list? ")" | "[" list "]" | "(" either ")"
list     := either ("," either)*
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache


class BadExpression(ValueError):
    """The expression cannot be read, or means nothing."""


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Name:
    """The id of a query."""

    id: str


@dataclass(frozen=True)
class Word:
    """A name in capitals that is no function: `ASC`, `REPEAT`, `AVG` as an argument."""

    word: str


@dataclass(frozen=True)
class Call:
    """A function or, under its sign, an operator, of its arguments."""

    function: str
    arguments: Sequence[Node]


@dataclass(frozen=True)
class Array:
    items: Sequence[Node]


Node = Number | Text | Name | Word | Call | Array

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))""",
    re.VERBOSE,
)
_MOST_DEEP = 60


@lru_cache(maxsize=256)
def parsed(expression: str) -> Node:
    """Return the tree of an expression.

    Raises:
        BadExpression: With the place.
    """
    parser = _Parser(expression)
    node = parser.either(0)
    parser.expect("")
    return node


def names_in(node: Node) -> Iterator[str]:
    """Yield the ids that an expression names."""
    if isinstance(node, Name):
        yield node.id
    for child in node.arguments if isinstance(node, Call) else node.items if isinstance(node, Array) else ():
        yield from names_in(child)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup is None:
                raise BadExpression(f"unexpected `{text[place:].strip()[:20]}` at {place}")
            self._tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            place = match.end()
        self._next = 0

    def either(self, depth: int) -> Node:
        return self._left(depth, self._both, {"OR": "||", "||": "||"})

    def _both(self, depth: int) -> Node:
        return self._left(depth, self._compared, {"AND": "&&", "&&": "&&"})

    def _compared(self, depth: int) -> Node:
        return self._left(depth, self._sum, {sign: sign for sign in ("==", "!=", "<=", ">=", "<", ">")})

    def _sum(self, depth: int) -> Node:
        return self._left(depth, self._product, {"+": "+", "-": "-"})

    def _product(self, depth: int) -> Node:
        return self._left(depth, self._unary, {"*": "*", "/": "/"})

    def _unary(self, depth: int) -> Node:
        if depth > _MOST_DEEP:
            raise BadExpression("too deep")
        if self._took("-"):
            return Call("negative", (self._unary(depth + 1),))
        base = self._atom(depth + 1)
        return Call("^", (base, self._unary(depth + 1))) if self._took("^") else base

    def _atom(self, depth: int) -> Node:
        kind, text, _ = self._peek()
        if kind == "number":
            self._next += 1
            return Number(float(text))
        if kind == "text":
            self._next += 1
            return Text(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "word":
            self._next += 1
            return self._named(text, depth)
        if self._took("("):
            node = self.either(depth)
            self.expect(")")
            return node
        if self._took("["):
            return Array(self._listed("]", depth))
        raise self._unexpected()

    def _named(self, text: str, depth: int) -> Node:
        if self._took("("):
            return Call(text, () if self._took(")") else self._listed(")", depth))
        return Name(text) if text[0].islower() else Word(text)

    def _listed(self, end: str, depth: int) -> Sequence[Node]:
        items = [self.either(depth)]
        while self._took(","):
            items.append(self.either(depth))
        self.expect(end)
        return tuple(items)

    def _left(self, depth: int, operand: Callable[[int], Node], signs: Mapping[str, str]) -> Node:
        node = operand(depth)
        while self._peek()[0] != "text" and self._peek()[1] in signs:
            sign = signs[self._peek()[1]]
            self._next += 1
            node = Call(sign, (node, operand(depth)))
        return node

    def _peek(self) -> tuple[str, str, int]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "", len(self._text))

    def _took(self, sign: str) -> bool:
        kind, text, _ = self._peek()
        if kind != "sign" or text != sign:
            return False
        self._next += 1
        return True

    def expect(self, sign: str) -> None:
        kind, text, _ = self._peek()
        if text != sign or kind == "text":
            raise self._unexpected()
        self._next += 1

    def _unexpected(self) -> BadExpression:
        kind, text, place = self._peek()
        return BadExpression("unexpected end" if kind == "end" else f"unexpected `{text}` at {place}")
