"""Wildcards and variables in policies (IAM User Guide, "IAM JSON policy elements: Resource", "... Variables and tags").

`*` stands for any characters, `?` for one. `${key}` and `${key, 'default'}` stand for a value of the request, `${*}`,
`${?}` and `${$}` for the characters themselves. What a variable brings is never a wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from sagewright.engine.policies.wildcards import FEW, Gap, fits

Context = Mapping[str, tuple[str, ...]]
Matcher = Callable[[str, Context], bool]

_TOKEN = re.compile(r"\$\{(?P<variable>[^}]*)\}|[*?]|[^*?$]+|\$")
_PLAIN_TOKEN = re.compile(r"[*?]|[^*?]+")
_VARIABLE = re.compile(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?")


class Variable(NamedTuple):
    """`${key}` or `${key, 'default'}`; the key in lower case."""

    key: str
    default: str | None = None

    def value(self, context: Context) -> str | None:
        """Return its value; a key that is missing or has several values has none."""
        found = context.get(self.key, ())
        return found[0] if len(found) == 1 else self.default


class Wildcard(NamedTuple):
    """`*` or `?`."""

    sign: str


Token = str | Variable | Wildcard


@lru_cache(maxsize=4096)
def tokens_of(text: str, has_variables: bool) -> tuple[Token, ...]:
    """Split a pattern into literal text, wildcards and variables (which there are since version 2012-10-17)."""
    found: list[Token] = []
    for match in (_TOKEN if has_variables else _PLAIN_TOKEN).finditer(text):
        inside = match.groupdict().get("variable")
        if inside is not None:
            found.append(_variable(inside))
        elif match[0] in ("*", "?"):
            found.append(Wildcard(match[0]))
        else:
            found.append(match[0])
    return tuple(found)


def like(text: str, has_variables: bool) -> Matcher:
    """Return what compares a value with a pattern in which wildcards stand for any characters."""
    tokens = tokens_of(text, has_variables)
    return _matcher(tokens, [_any(token) if isinstance(token, Wildcard) else "" for token in tokens])


def equal(text: str, has_variables: bool, *, ignoring_case: bool = False) -> Matcher:
    """Return what compares a value with a text in which wildcards are characters like others."""
    if not has_variables or "${" not in text:
        if ignoring_case:
            folded = text.casefold()
            return lambda value, context: value.casefold() == folded
        return lambda value, context: value == text
    tokens = [token.sign if isinstance(token, Wildcard) else token for token in tokens_of(text, True)]

    def matches(value: str, context: Context) -> bool:
        wanted = _interpolated(tokens, context)
        if wanted is None:
            return False
        return value.casefold() == wanted.casefold() if ignoring_case else value == wanted

    return matches


def resource(text: str, has_variables: bool) -> Matcher:
    """Return what compares an ARN with an element of `Resource`.

    A wildcard stays within the ARN's segment, unless it is a `*` at the segment's end, which reaches beyond colons.
    """
    if text == "*":
        return lambda value, context: True
    tokens = tokens_of(text, has_variables)
    return _matcher(tokens, _in_segments(tokens, reaching=True))


def arn_like(text: str, has_variables: bool) -> Matcher:
    """Return what compares ARNs as `ArnLike` does: each of the six segments for itself."""
    if text == "*":
        return lambda value, context: True
    tokens = tokens_of(text, has_variables)
    return _matcher(tokens, _in_segments(tokens, reaching=False))


def _variable(inside: str) -> Token:
    if inside in ("*", "?", "$"):
        return inside
    match = _VARIABLE.fullmatch(inside)
    return Variable(match[1].lower(), match[2]) if match else Variable("")


def _any(token: Wildcard) -> str:
    return ".*" if token.sign == "*" else "."


def _in_segments(tokens: tuple[Token, ...], *, reaching: bool) -> list[str]:
    """Return the expression of each wildcard, which depends on where in the ARN it stands."""
    expressions, colons = [], 0
    for position, token in enumerate(tokens):
        expression = ""
        if isinstance(token, Wildcard):
            ends_segment = token.sign == "*" and _begins_with_colon(tokens[position + 1 : position + 2])
            free = colons >= 5 or (reaching and ends_segment)
            expression = _any(token) if free else _any(token).replace(".", "[^:]", 1)
        elif isinstance(token, str):
            colons += token.count(":")
        expressions.append(expression)
    return expressions


def _begins_with_colon(following: tuple[Token, ...]) -> bool:
    return not following or (isinstance(following[0], str) and following[0].startswith(":"))


def _matcher(tokens: tuple[Token, ...], wildcards: list[str]) -> Matcher:
    if any(isinstance(token, Variable) for token in tokens):
        return _varying_matcher(tokens, wildcards)
    if all(isinstance(token, str) for token in tokens):
        wanted = "".join(str(token) for token in tokens)
        return lambda value, context: value == wanted
    test = _test(tuple(_parts(tokens, wildcards, {}) or ()))
    return lambda value, context: test(value)


def _varying_matcher(tokens: tuple[Token, ...], wildcards: list[str]) -> Matcher:
    def matches(value: str, context: Context) -> bool:
        parts = _parts(tokens, wildcards, context)
        return parts is not None and _test(tuple(parts))(value)

    return matches


def _parts(tokens: tuple[Token, ...], wildcards: list[str], context: Context) -> list[str | Gap] | None:
    """Return the pattern with its variables' values; None where one has no value: then nothing matches."""
    parts: list[str | Gap] = []
    for token, wildcard in zip(tokens, wildcards, strict=True):
        if isinstance(token, Wildcard):
            parts.append(Gap(wildcard.endswith("*"), wildcard.startswith("[")))
            continue
        value = token.value(context) if isinstance(token, Variable) else token
        if value is None:
            return None
        parts.append(value)
    return parts


@lru_cache(maxsize=4096)
def _test(parts: tuple[str | Gap, ...]) -> Callable[[str], bool]:
    if sum(isinstance(part, Gap) and part.many for part in parts) > FEW:
        return lambda value: fits(parts, value)
    expression = "".join(re.escape(part) if isinstance(part, str) else _expression(part) for part in parts)
    fullmatch = re.compile(expression, re.DOTALL).fullmatch
    return lambda value: fullmatch(value) is not None


def _expression(gap: Gap) -> str:
    return ("[^:]" if gap.stops_at_colon else ".") + ("*" if gap.many else "")


def _interpolated(tokens: list[str | Variable], context: Context) -> str | None:
    values = [token.value(context) if isinstance(token, Variable) else token for token in tokens]
    known = [value for value in values if value is not None]
    return "".join(known) if len(known) == len(values) else None
