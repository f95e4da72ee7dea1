"""Search expressions: `{AWS/SageMaker,EndpointName} MetricName="Invocations" (blue OR green) NOT test`.

The braces hold a namespace and the names of all dimensions. Terms are looked for in the names of namespace, metric and
dimensions and in the dimensions' values; in quotes they must be one of these whole, else be part of one, in capitals
or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sagewright.engine.operations.cloudwatch.mathematics.grammar import BadExpression

Metric = tuple[str, str, Mapping[str, str]]
Test = Callable[[Metric], bool]
MOST_FOUND = 100

_SCHEMA = re.compile(r"\s*\{([^}]*)\}")
_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[()])
    |(?P<key>(?:"[^"]*"|[\w:./-]+))\s*=\s*(?P<exact>"[^"]*"|[^\s()"]+)
    |(?P<quoted>"[^"]*")|(?P<word>[^\s()"=]+))""",
    re.VERBOSE,
)


def found_by(expression: str) -> Test:
    """Return the test of a search expression.

    Raises:
        BadExpression: It cannot be read.
    """
    schema = _SCHEMA.match(expression)
    tests: list[Test] = [_of_schema(schema[1])] if schema else []
    parser = _Parser(expression[schema.end() :] if schema else expression)
    if not parser.is_at_end():
        tests.append(parser.either(0))
    if not parser.is_at_end():
        raise BadExpression(f"the search expression `{expression}` cannot be read")
    return lambda metric: all(test(metric) for test in tests)


def _of_schema(text: str) -> Test:
    namespace, *names = (part.strip().strip('"') for part in text.split(","))
    return lambda metric: metric[0] == namespace and set(metric[2]) == set(names)


class _Parser:
    def __init__(self, text: str) -> None:
        self._found: list[re.Match[str]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            match = _TOKEN.match(text, place)
            if match is None:
                raise BadExpression(f"the search expression cannot be read at `{text[place:].strip()}`")
            self._found.append(match)
            place = match.end()
        self._next = 0

    def is_at_end(self) -> bool:
        return self._next == len(self._found)

    def either(self, depth: int) -> Test:
        tests = [self._all(depth)]
        while self._took("OR"):
            tests.append(self._all(depth))
        return lambda metric: any(test(metric) for test in tests)

    def _all(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while not self.is_at_end() and self._word() not in ("OR", ")"):
            self._took("AND")
            tests.append(self._one(depth))
        return lambda metric: all(test(metric) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > 50 or self.is_at_end():
            raise BadExpression("the search expression ends too early" if depth <= 50 else "too many parentheses")
        if self._took("NOT"):
            test = self._one(depth + 1)
            return lambda metric: not test(metric)
        if self._took("("):
            test = self.either(depth + 1)
            if not self._took(")"):
                raise BadExpression("a `)` is missing in the search expression")
            return test
        match = self._found[self._next]
        self._next += 1
        if match["key"]:
            return _exact(match["key"].strip('"'), match["exact"])
        return _whole(match["quoted"][1:-1]) if match["quoted"] else _part(match["word"])

    def _word(self) -> str:
        match = self._found[self._next]
        return match["mark"] or match["word"] or ""

    def _took(self, word: str) -> bool:
        if self.is_at_end() or self._word() != word:
            return False
        self._next += 1
        return True


def _exact(key: str, value: str) -> Test:
    test = _equal(value[1:-1]) if value.startswith('"') else _holds(value)
    if key == "Namespace":
        return lambda metric: test(metric[0])
    if key == "MetricName":
        return lambda metric: test(metric[1])
    return lambda metric: key in metric[2] and test(metric[2][key])


def _equal(value: str) -> Callable[[str], bool]:
    return lambda found: found == value


def _holds(value: str) -> Callable[[str], bool]:
    return lambda found: value.lower() in found.lower()


def _whole(term: str) -> Test:
    return lambda metric: term in _texts(metric)


def _part(term: str) -> Test:
    return lambda metric: any(term.lower() in text.lower() for text in _texts(metric))


def _texts(metric: Metric) -> list[str]:
    return [metric[0], metric[1], *metric[2], *metric[2].values()]
