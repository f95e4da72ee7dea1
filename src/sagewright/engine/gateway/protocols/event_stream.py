"""Event streams: a result's member that comes in parts (Smithy's `application/vnd.amazon.eventstream`).

A message is its whole length and its headers' length (4 bytes each, big-endian), the CRC-32 of those, the headers, the
payload, and the CRC-32 of all before. Its headers are strings (type 7).
"""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from botocore.model import OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols.json_values import dump, write
from sagewright.vocabulary.errors import ApiError

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_STRING = 7

log = logging.getLogger(__name__)


def member_of(model: OperationModel) -> str | None:
    """Return the member of an operation's output that is an event stream, if one is."""
    shape = model.output_shape
    if shape is None or not model.has_event_stream_output:
        return None
    return next(name for name, member in shape.members.items() if member.serialization.get("eventstream"))


def stream_body(
    events: Iterator[Mapping[str, Any]], shape: StructureShape, initial: tuple[bytes, str] | None = None
) -> BinaryIO:
    """Return a body that holds each event as soon as it comes.

    Args:
        events: `{event's name: its members}`, one by one. One that ends with an `ApiError` ends with the exception that
            the stream's shape has for its code. It is closed with the body, if it can be.
        shape: The stream's.
        initial: The result's other members and their content type, where the protocol has them in a first message:
            those that have no other place for them, JSON and CBOR.
    """
    return cast("BinaryIO", _Body(events, shape, b"" if initial is None else initial_response(*initial)))


def encode(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return a message."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message))


def initial_response(payload: bytes, content_type: str) -> bytes:
    """Return the message of a result's other members."""
    return encode({":message-type": "event", ":event-type": "initial-response", ":content-type": content_type}, payload)


def event(shape: StructureShape, name: str, members: Mapping[str, Any]) -> bytes:
    """Return the message of an event."""
    payload, content_type = _payload(shape.members[name], members)
    return encode({":message-type": "event", ":event-type": name, ":content-type": content_type}, payload)


def failure(shape: StructureShape, error: Exception) -> bytes:
    """Return the message that ends a stream which cannot go on."""
    if isinstance(error, ApiError) and error.code in shape.members:
        known: Any = shape.members[error.code]
        name = "message" if "message" in known.members else "Message"
        code, members = error.code, {name: error.message, **error.members}
    else:
        log.error("an event stream failed", exc_info=error)
        message = error.message if isinstance(error, ApiError) else "The stream cannot go on."
        code, members = "InternalStreamFailure", {"Message": message}
    headers = {":message-type": "exception", ":exception-type": code, ":content-type": "application/json"}
    return encode(headers, dump(members))


class _Body:
    """The file that a carrier reads: each read waits for one event, and returns what there is of it."""

    def __init__(self, events: Iterator[Mapping[str, Any]], shape: StructureShape, waiting: bytes) -> None:
        self._events, self._shape = events, shape
        self._waiting = waiting
        self._over = False
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 16), b""))
        if not self._waiting and not self._over:
            self._waiting = self._next()
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        return piece

    def close(self) -> None:
        self.closed = self._over = True
        close = getattr(self._events, "close", None)
        if close is not None:
            close()

    def _next(self) -> bytes:
        try:
            ((name, members),) = next(self._events).items()
            return event(self._shape, name, members)
        except StopIteration:
            self._over = True
            return b""
        except Exception as error:  # noqa: BLE001 - the stream's head is sent, so that its end must tell
            self._over = True
            return failure(self._shape, error)


def _payload(shape: Shape, members: Mapping[str, Any]) -> tuple[bytes, str]:
    assert isinstance(shape, StructureShape)
    for name, member in shape.members.items():
        if member.serialization.get("eventpayload") and member.type_name == "blob":
            return members[name], "application/octet-stream"
    return dump(write(shape, members)), "application/json"


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(text)) + text
