"""The `aws-chunked` content encoding: chunks with lengths and signatures, then trailing headers.

Layout: `<hex length>[;chunk-signature=...]\\r\\n<bytes>\\r\\n` ..., a chunk of length 0, `name:value\\r\\n` per
trailer, an empty line.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from sagewright.engine.gateway.wire import HttpRequest
from sagewright.vocabulary.errors import ApiError

_MAX_LINE_BYTES = 8192


def unchunked(request: HttpRequest, params: dict[str, Any]) -> BinaryIO:
    """Return the bytes inside of a chunked body.

    Trailing checksums are put into `params` under the names of S3's members (`ChecksumCRC32`, ...) once the stream
    has been read to its end; the encoding leaves `params["ContentEncoding"]`, as S3 stores objects without it.
    """
    codings = [c.strip() for c in params.get("ContentEncoding", "").split(",") if c.strip() not in ("", "aws-chunked")]
    params.pop("ContentEncoding", None)
    if codings:
        params["ContentEncoding"] = ",".join(codings)
    length = request.headers.get("x-amz-decoded-content-length")
    if length is not None and length.isdigit():
        params["ContentLength"] = int(length)
    return cast("BinaryIO", io.BufferedReader(_Unchunked(request.body, params), 1 << 20))


class _Unchunked(io.RawIOBase):
    def __init__(self, wire: BinaryIO, params: dict[str, Any]) -> None:
        self._wire, self._params = _LineReader(wire), params
        self._left, self._done = 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left == 0 and not self._done:
            self._next_chunk()
        if self._done:
            return 0
        piece = self._wire.read(min(len(buffer), self._left))
        if not piece:
            raise _damaged("it ends inside of a chunk")
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        if self._left == 0:
            self._wire.line()
        return len(piece)

    def _next_chunk(self) -> None:
        text = self._wire.line().partition(b";")[0].strip()
        try:
            self._left = int(text, 16)
        except ValueError:
            raise _damaged(f"`{text[:40]!r}` is no chunk length") from None
        if self._left == 0:
            self._done = True
            self._read_trailers()

    def _read_trailers(self) -> None:
        while line := self._wire.line().strip():
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower().startswith("x-amz-checksum-"):
                member = "Checksum" + name[len("x-amz-checksum-") :].upper()
                self._params[member] = value.strip()


class _LineReader:
    """Reads lines and bytes from a stream that can only `read(n)`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._buffer = stream, b""

    def line(self) -> bytes:
        while b"\n" not in self._buffer:
            more = self._stream.read(_MAX_LINE_BYTES)
            if not more or len(self._buffer) > _MAX_LINE_BYTES:
                line, self._buffer = self._buffer, b""
                return line
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def read(self, size: int) -> bytes:
        if self._buffer:
            piece, self._buffer = self._buffer[:size], self._buffer[size:]
            return piece
        return self._stream.read(size)


def _damaged(why: str) -> ApiError:
    return ApiError("IncompleteBody", f"The chunked body is damaged: {why}.")
