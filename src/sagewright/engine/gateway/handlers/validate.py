"""What the service model says of the params: required, patterns, lengths, enums, ranges (`contract.md` 8.6).

botocore's clients check types, required members and minima before they send; patterns, enums and maxima they leave to
the service.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagewright.engine.gateway.exchange import Exchange
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.instance_types import LOCAL

# The code of a violation, by service; S3 has no such checks, its operations speak for themselves.
_CODES = {
    "sagemaker": "ValidationException",
    "sagemaker-runtime": "ValidationError",
    "iam": "ValidationError",
    "sts": "ValidationError",
    "logs": "InvalidParameterException",
    "cloudwatch": "ValidationError",
    "application-autoscaling": "ValidationException",
}


def validate(exchange: Exchange) -> None:
    """Check the params against the input shape.

    Raises:
        ApiError: All violations at once, in AWS's words.
    """
    code = _CODES.get(exchange.request.service)
    shape = exchange.model.input_shape
    if code is None or shape is None:
        return
    found = list(violations(shape, exchange.params))
    if found:
        errors = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise ApiError(code, f"{errors} detected: {'; '.join(found)}")


def violations(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Yield what is wrong with a value, outermost first."""
    if isinstance(shape, StructureShape):
        yield from _of_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _of_size(shape, value, path, "length")
        for number, item in enumerate(value, start=1):
            yield from violations(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape):
        yield from _of_size(shape, value, path, "length")
        for key, item in value.items():
            yield from violations(shape.key, key, f"{path}.{key}.key")
            yield from violations(shape.value, item, f"{path}.{key}.member")
    elif shape.type_name == "string":
        yield from _of_string(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _of_size(shape, value, path, "value")
    elif shape.type_name == "blob" and isinstance(value, bytes):
        yield from _of_size(shape, value, path, "length")


def _of_structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield (f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null")
    for name, member in value.items():
        if name in shape.members:
            yield from violations(shape.members[name], member, _join(path, name))


def _of_string(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, str):  # a blob or a stream where the model says string
        return
    yield from _of_size(shape, value, path, "length")
    words = shape.metadata.get("enum")
    if words and value not in words and not _is_local(shape, value):
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(words)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _is_local(shape: Shape, value: str) -> bool:
    """Tell whether a word is v2's local mode in the place of an instance type: more than Amazon's service takes."""
    return value in LOCAL and shape.name.endswith("InstanceType")


def _of_size(shape: Shape, value: Any, path: str, what: str) -> Iterator[str]:
    size = len(value) if what == "length" else value
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield _violation(value, path, f"Member must have {what} greater than or equal to {low}")
    if high is not None and size > high:
        yield _violation(value, path, f"Member must have {what} less than or equal to {high}")


def _violation(value: Any, path: str, constraint: str) -> str:
    return f"Value '{_text(value)}' at '{path}' failed to satisfy constraint: {constraint}"


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, list):
        return f"[{', '.join(_text(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}={_text(item)}' for key, item in value.items())}}}"
    return str(value)


def _join(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


# Patterns are Java's. Python's `re` lacks its Unicode classes, which are filled with those characters of the value
# that belong to them.

_TOKEN = re.compile(r"\\p\{(?:Is)?(\w+)\}|\\.|.", re.DOTALL)
_PAIRS = r"\uD800\uDC00-\uDBFF\uDFFF"  # Java's range of the characters beyond U+FFFF
_COUNTED_END = re.compile(r"\$\{\d+,\d+\}")  # an end that is to stand there once or more, as Java allows
_NOBODY = "\uffff"  # no character; keeps a class from being empty
_NAMED: Mapping[str, Callable[[str], bool]] = {
    "ASCII": str.isascii,
    "Alnum": lambda character: character.isascii() and character.isalnum(),
    "Print": lambda character: character.isascii() and character.isprintable(),
}


def _matches(pattern: str, value: str) -> bool:
    if "\\p{" in pattern or "\\z" in pattern:
        pattern = _translated(pattern, value)
    return _compiled(pattern).fullmatch(value) is not None


def _translated(pattern: str, value: str) -> str:
    """Return Java's pattern as one of Python's that matches the value if Java's does."""
    text, in_brackets = "", False
    for token in _TOKEN.finditer(pattern):
        if token[1]:
            members = _NOBODY + "".join(re.escape(c) for c in sorted(set(value)) if _belongs(c, token[1]))
            text += members if in_brackets else f"[{members}]"
            continue
        if token[0] in ("[", "]"):
            in_brackets = token[0] == "["
        text += "\\Z" if token[0] == "\\z" else token[0]
    return text


def _belongs(character: str, class_name: str) -> bool:
    """Tell whether a character belongs to one of Java's classes: a named one, or a category of Unicode."""
    if class_name in _NAMED:
        return _NAMED[class_name](character)
    return unicodedata.category(character).startswith(class_name)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # `[[` and `--` mean nothing special in these patterns
        return re.compile(_COUNTED_END.sub("$", pattern).replace(_PAIRS, r"\U00010000-\U0010FFFF"))
