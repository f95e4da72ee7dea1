"""What the service model says of the params: required, patterns, lengths, enums, ranges (`contract.md` 8.6).

botocore's clients check types, required members and minima before they send; patterns, enums and maxima they leave to
the service.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.protocols.query import QueryCodec
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.instance_types import LOCAL

# The code of a violation, by service: `contract.md` 8.2; the errors that each service's model has; "Common errors" of
# the API references for the query services. CloudWatch's shape `ValidationException` has the code `ValidationError`.
_CODE = "ValidationException"
_CODES = {
    "sagemaker-runtime": "ValidationError",
    "sagemaker-featurestore-runtime": "ValidationError",
    "iam": "ValidationError",
    "sts": "ValidationError",
    "logs": "InvalidParameterException",
    "cloudwatch": "ValidationError",
}
_MOST_SHOWN = 100  # violations in a message
_LONGEST_SHOWN = 1000  # characters of a value in a message
_LONGEST_MATCHED = 100_000  # characters that a pattern is tried on, if the shape has no bound


def validate(exchange: Exchange) -> None:
    """Check the params against the input shape.

    Raises:
        ApiError: All violations at once, in AWS's words.
    """
    if exchange.request.service == "s3":
        return check_s3(exchange.model.input_shape, exchange.params)
    code = _CODES.get(exchange.request.service, _CODE)
    shape = exchange.model.input_shape
    if shape is None:
        return
    found = list(violations(shape, exchange.params))
    if found:
        errors = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise ApiError(code, f"{errors} detected: {'; '.join(found[:_MOST_SHOWN])}")


def check_given(exchange: Exchange) -> None:
    """Check that all is there that an operation needs; what more its service says is for whoever serves it.

    Raises:
        ApiError: Something is missing.
    """
    shape, protocol = exchange.model.input_shape, exchange.model.service_model.metadata["protocol"]
    speaks_query = isinstance(exchange.codec, QueryCodec)
    if shape is None or protocol == "ec2" or speaks_query != (protocol == "query"):  # lists are written otherwise there
        return
    found = list(islice(_missing(shape, exchange.params), _MOST_SHOWN))
    if found:
        errors = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise ApiError("ValidationError" if speaks_query else _CODE, f"{errors} detected: {'; '.join(found)}")


def _missing(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Yield which members are not there."""
    if value is None:
        yield _null(path)
    elif isinstance(shape, StructureShape):
        for name in shape.required_members:
            if value.get(name) is None:
                yield _null(_join(path, name))
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _missing(member, value[name], _join(path, name))
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value, start=1):
            yield from _missing(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _missing(shape.value, item, f"{path}.{key}.member")


def _null(path: str) -> str:
    return f"Value null at '{path}' failed to satisfy constraint: Member must not be null"


def check_s3(shape: StructureShape | None, params: Mapping[str, Any]) -> None:
    """Check that S3's params are whole. Beyond that S3's operations speak for themselves.

    Raises:
        ApiError: `MalformedXML` of what stands in a body, `InvalidArgument` of the rest.
    """
    if shape is None:
        return
    for name in shape.required_members:
        if params.get(name) is None:
            if name == shape.serialization.get("payload"):
                raise ApiError("MissingRequestBodyError", "Request Body is empty")
            raise ApiError("InvalidArgument", f"The request names no {name}.")
    for name, member in shape.members.items():
        if params.get(name) is not None and member.type_name in ("integer", "long"):
            for violation in _of_size(member, params[name], name, "value"):
                raise ApiError("InvalidArgument", violation)
    payload = shape.serialization.get("payload")
    document = params.get(payload or "")
    if payload and isinstance(document, dict) and any(_gaps(shape.members[payload], document)):
        raise ApiError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )


def _gaps(shape: Shape, value: Any) -> Iterator[bool]:
    """Yield whether each structure of a document lacks a member that it needs."""
    if isinstance(shape, StructureShape):
        yield any(value.get(name) is None for name in shape.required_members)
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _gaps(member, value[name])
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _gaps(shape.member, item)


def violations(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Yield what is wrong with a value, outermost first."""
    if value is None:
        yield _null(path)
    elif isinstance(shape, StructureShape):
        yield from _of_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _of_size(shape, value, path, "length")
        for number, item in enumerate(value[: _most(shape)], start=1):
            yield from violations(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape):
        yield from _of_size(shape, value, path, "length")
        for key, item in islice(value.items(), _most(shape)):
            yield from violations(shape.key, key, f"{path}.{key}.key")
            yield from violations(shape.value, item, f"{path}.{key}.member")
    elif shape.type_name == "string":
        yield from _of_string(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _of_size(shape, value, path, "value")
    elif shape.type_name == "blob" and isinstance(value, bytes):
        yield from _of_size(shape, value, path, "length")


def _most(shape: Shape) -> int | None:
    """Return how many of a list's items are looked at: with more than its maximum it is refused in any case."""
    return shape.metadata.get("max")


def _of_structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _null(_join(path, name))
    for name, member in value.items():
        if name in shape.members and member is not None:
            yield from violations(shape.members[name], member, _join(path, name))


def _of_string(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, str):  # a blob or a stream where the model says string
        return
    yield from _of_size(shape, value, path, "length")
    words = shape.metadata.get("enum")
    if words and value not in words and not _is_local(shape, value):
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(words)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and (len(value) > _longest(shape) or not _matches(pattern, value)):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _longest(shape: Shape) -> int:
    """Return from what length on a value is not tried on its pattern: it is refused in any case, and may take long."""
    return int(min(shape.metadata.get("max", _LONGEST_MATCHED), _LONGEST_MATCHED))


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
    return f"Value '{_text(value)[:_LONGEST_SHOWN]}' at '{path}' failed to satisfy constraint: {constraint}"


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


@lru_cache(maxsize=1024)  # of patterns that are translated there are as many as values have characters
def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # `[[` and `--` mean nothing special in these patterns
        return re.compile(_COUNTED_END.sub("$", pattern).replace(_PAIRS, r"\U00010000-\U0010FFFF"))
