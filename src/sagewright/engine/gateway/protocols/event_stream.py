"""Event streams: a result's member that comes in parts (Smithy's `application/vnd.amazon.eventstream`).

A message is its whole length and its headers' length (4 bytes each, big-endian), the CRC-32 of those, the headers, the
payload, and the CRC-32 of all before. Its headers are strings (type 7).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from botocore.model import Shape, StructureShape

from sagewright.engine.gateway.protocols import json
from sagewright.vocabulary.errors import ApiError

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_STRING = 7


def stream_body(events: Iterator[Mapping[str, Any]], shape: StructureShape) -> BinaryIO:
    """Return a body that holds each event as soon as it comes.

    Args:
        events: `{event's name: its members}`, one by one. One that ends with an `ApiError` ends with the exception that
            the stream's shape has for its code. It is closed with the body, if it can be.
        shape: The stream's.
    """
    return cast("BinaryIO", _Body(events, shape))


def encode(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return a message."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message))


def event(shape: StructureShape, name: str, members: Mapping[str, Any]) -> bytes:
    """Return the message of an event."""
    payload, content_type = _payload(shape.members[name], members)
    return encode({":message-type": "event", ":event-type": name, ":content-type": content_type}, payload)


def failure(shape: StructureShape, error: Exception) -> bytes:
    """Return the message that ends a stream which cannot go on."""
    if isinstance(error, ApiError) and error.code in shape.members:
        code, members = error.code, {"Message": error.message, **error.members}
    else:
        code, members = "InternalStreamFailure", {"Message": f"{type(error).__name__}: {error}"}
    headers = {":message-type": "exception", ":exception-type": code, ":content-type": "application/json"}
    return encode(headers, json.dump(members))


class _Body:
    """The file that a carrier reads: each read waits for one event, and returns what there is of it."""

    def __init__(self, events: Iterator[Mapping[str, Any]], shape: StructureShape) -> None:
        self._events, self._shape = events, shape
        self._waiting = b""
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
    return json.dump(json.write(shape, members)), "application/json"


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(text)) + text
