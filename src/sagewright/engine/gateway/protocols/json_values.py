"""Values in JSON, as the JSON protocols, REST-JSON and event streams have them."""

from __future__ import annotations

import base64
import json
from typing import Any, NoReturn

from botocore.model import Shape

from sagewright.engine.gateway.protocols import documents
from sagewright.engine.gateway.protocols.scalars import (
    Unreadable,
    finite_or_word,
    from_base64,
    time_text,
    unix_seconds,
)

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def load(body: bytes) -> Any:
    """Read a JSON body; an empty one, or null, is an empty document.

    Raises:
        Unreadable: It is no JSON.
    """
    if not body:
        return {}
    try:
        document = json.loads(body.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8.") from None
    except RecursionError:
        raise Unreadable("The document is nested too deep.") from None
    except ValueError as error:
        place = f" from its character {error.pos} on" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"The body is not JSON{place}.") from None
    return {} if document is None else document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def dump(document: Any) -> bytes:
    return _ENCODER.encode(document).encode(errors="replace")


def read(shape: Shape, value: Any) -> Any:
    """Turn a JSON value into botocore's Python form.

    Raises:
        Unreadable: A value has another type than the model says.
    """
    return documents.read(shape, value, _FORM)


def write(shape: Shape, value: Any) -> Any:
    """Turn a result in botocore's Python form into JSON values."""
    return documents.write(shape, value, _FORM)


def _time(value: Any, style: str) -> float | str:
    return unix_seconds(value) if style == "unixTimestamp" else time_text(value, style)


def _read_blob(value: Any) -> bytes:
    return from_base64(value) if isinstance(value, str) else bytes(value)


_FORM = documents.Form(
    read_blob=_read_blob,
    write_blob=lambda value: base64.b64encode(value).decode(),
    write_time=_time,
    write_number=finite_or_word,
)
