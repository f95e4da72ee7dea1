"""Rules for hyperparameters as AWS's open-source algorithm containers state them (`contract.md` 7.3.2).

Values arrive as strings. The texts of the errors are the containers', so that a log reads the same on both sides; what
may help follows in a last line `hint: ...`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple


class InvalidHyperparameter(ValueError):
    """One is missing, unknown, cannot be read, is out of range, or does not go with the others."""


class Interval(NamedTuple):
    """Numbers between two bounds; None: there is none on that side."""

    low: float | None = None
    high: float | None = None
    is_low_open: bool = False
    is_high_open: bool = False

    def __str__(self) -> str:
        low = "(-inf" if self.low is None else f"{'(' if self.is_low_open else '['}{self.low}"
        high = "+inf)" if self.high is None else f"{self.high}{')' if self.is_high_open else ']'}"
        return f"{low}, {high}"

    def holds(self, value: float) -> bool:
        above = self.low is None or (value > self.low if self.is_low_open else value >= self.low)
        below = self.high is None or (value < self.high if self.is_high_open else value <= self.high)
        return above and below


class Words(NamedTuple):
    """A choice of values."""

    values: Sequence[Any]

    def __str__(self) -> str:
        return str(list(self.values))

    def holds(self, value: Any) -> bool:
        return value in self.values


class Rule(NamedTuple):
    """What one hyperparameter may be.

    Attributes:
        kind: How it is read: `integer`, `continuous`, `categorical`, `list` (words between commas), `tuple` or
            `nested` (a list of lists), the last two as Python writes them.
        range: What the value, or each of its elements, must be; None: anything.
    """

    kind: str
    range: Interval | Words | None = None
    is_required: bool = False


Rules = Mapping[str, Rule]


def parse(given: Mapping[str, str], rules: Rules, aliases: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the hyperparameters that are given, in their order.

    Args:
        aliases: Other names -> the rule's name.

    Raises:
        InvalidHyperparameter: The first thing that is wrong, looked for in the containers' order.
    """
    named = {aliases.get(name, name): _unquoted(text) for name, text in given.items()}
    for name, rule in rules.items():
        if rule.is_required and name not in named:
            raise InvalidHyperparameter(f"Missing required hyperparameter: {name}")
    values = {name: _read(name, text, rules, aliases) for name, text in named.items()}
    for name, value in values.items():
        _check_range(name, value, rules[name])
    return values


def _unquoted(text: str) -> str:
    """Return the value inside of JSON's quotes: what an SDK encodes once too often."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _read(name: str, text: str, rules: Rules, aliases: Mapping[str, str]) -> Any:
    if name not in rules:
        raise InvalidHyperparameter(f"Extraneous hyperparameter found: {name}{_meant(name, [*rules, *aliases])}")
    kind = rules[name].kind
    try:
        return _READERS[kind](text)
    except ValueError:
        raise InvalidHyperparameter(
            f"Hyperparameter {name}: could not parse value (caused by ValueError)\n"
            f"hint: {text!r} is not {_FORMS[kind]}."
        ) from None


def _meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [word for word in known if not word.startswith("_")], 1)
    return f"\nhint: did you mean `{near[0]}`?" if near else ""


def _literal(text: str) -> Any:
    import ast

    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error


def _tuple(text: str) -> tuple[Any, ...]:
    value = _literal(text)
    if not isinstance(value, (tuple, list)):
        raise ValueError(text)
    return tuple(value)


def _nested(text: str) -> list[list[Any]]:
    value = _literal(text)
    if not isinstance(value, (tuple, list)) or not all(isinstance(item, (tuple, list)) for item in value):
        raise ValueError(text)
    return [list(item) for item in value]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "continuous": float,
    "categorical": str,
    "list": lambda text: [word.strip() for word in text.split(",")],
    "tuple": _tuple,
    "nested": _nested,
}
_FORMS = {
    "integer": "a whole number",
    "continuous": "a number",
    "tuple": "of the form (1, 0, -1)",
    "nested": "of the form [[1, 2], [3, 4]]",
}


def _check_range(name: str, value: Any, rule: Rule) -> None:
    if rule.range is None:
        return
    if rule.kind in ("list", "tuple", "nested"):
        elements = [item for inner in value for item in inner] if rule.kind == "nested" else value
        if not all(_holds(rule.range, item) for item in elements):
            raise InvalidHyperparameter(f"Hyperparameter {name}: value {value} not in range {rule.range}")
    elif not _holds(rule.range, value):
        near = _meant(str(value), [str(word) for word in rule.range.values]) if isinstance(rule.range, Words) else ""
        raise InvalidHyperparameter(f"Hyperparameter {name}: {value} is not in {rule.range}{near}")


def _holds(allowed: Interval | Words, value: Any) -> bool:
    try:
        return allowed.holds(value)
    except TypeError:  # a word where numbers are compared
        return False
