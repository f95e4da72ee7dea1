"""The `aws-chunked` content encoding: chunks with lengths and signatures, then trailing headers.

Layout: `<hex length>[;chunk-signature=...]\\r\\n<bytes>\\r\\n` ..., a chunk of length 0, `name:value\\r\\n` per
trailer, an empty line. `x-amz-decoded-content-length` says how many bytes are inside, `x-amz-trailer` which trailers
follow (Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks", and the same "Including Trailing Headers").
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any, BinaryIO, Protocol, cast

from sagewright.engine.gateway.wire import HttpRequest
from sagewright.vocabulary.errors import ApiError

SIGNATURE_TRAILER = "x-amz-trailer-signature"
MIN_CHUNK_BYTES = 8192  # of all chunks but the last

_MAX_LINE_BYTES = 8192
_MAX_TRAILERS = 20
_LENGTH = re.compile(rb"[0-9a-fA-F]{1,12}")
_SIGNATURE = re.compile(rb"(?:^|;)\s*chunk-signature=([0-9a-f]{64})\s*(?:;|$)")


class ChunkVerifier(Protocol):
    """Holds the signatures of a body's chunks against what they sign, each of which builds on the one before.

    Called in the order of the wire: `chunk` for every chunk with that of length 0 as the last, then `trailer` if there
    are trailers. A chunk's bytes have gone to the reader before its signature is seen; so the reader must not commit
    anything before the stream's end.
    """

    def chunk(self, signature: str, sha256: str) -> None:
        """Check a chunk.

        Args:
            signature: As on the wire; empty where there is none.
            sha256: Of its bytes, hexadecimal.

        Raises:
            ApiError: `SignatureDoesNotMatch`.
        """
        ...

    def trailer(self, signature: str, sha256: str) -> None:
        """Check the trailers.

        Args:
            signature: The value of `x-amz-trailer-signature`; empty where there is none.
            sha256: Of `name:value\\n` of each trailer but that one, hexadecimal.

        Raises:
            ApiError: `SignatureDoesNotMatch`.
        """
        ...


def is_chunked(request: HttpRequest) -> bool:
    """Tell whether a body is encoded so."""
    codings = (request.headers.get("content-encoding") or "").lower().split(",")
    return "aws-chunked" in (coding.strip() for coding in codings) or (
        request.headers.get("x-amz-content-sha256") or ""
    ).startswith("STREAMING-")


def unchunked(request: HttpRequest, params: dict[str, Any]) -> BinaryIO:
    """Return the bytes inside of a chunked body. Reading raises `ApiError` where the body is damaged, at the latest at
    the end.

    Trailing checksums are put into `params` under the names of S3's members (`ChecksumCRC32`, ...) once the stream
    has been read to its end; the encoding leaves `params["ContentEncoding"]`, as S3 stores objects without it.
    """
    codings = [c for c in params.get("ContentEncoding", "").split(",") if c.strip() not in ("", "aws-chunked")]
    params.pop("ContentEncoding", None)
    if codings:
        params["ContentEncoding"] = ",".join(codings).strip()
    length = _decoded_length(request)
    if length is not None:
        params["ContentLength"] = length
    return cast("BinaryIO", io.BufferedReader(_Unchunked(request, params, length), 1 << 20))


def _decoded_length(request: HttpRequest) -> int | None:
    text = request.headers.get("x-amz-decoded-content-length")
    if text is None:  # botocore does not know how long a pipe is
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ApiError("InvalidArgument", "x-amz-decoded-content-length must be an integer.")
    return int(text)


class _Unchunked(io.RawIOBase):
    def __init__(self, request: HttpRequest, params: dict[str, Any], length: int | None) -> None:
        self._wire, self._params, self._verifier = _LineReader(request.body), params, request.chunk_verifier
        self._expected, self._got = length, 0
        self._declared = _declared_trailers(request)
        self._left, self._done, self._was_short = 0, False, False
        self._signature, self._hash = "", hashlib.sha256()

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
        self._take(piece)
        return len(piece)

    def _take(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._verifier is not None:
            self._hash.update(piece)
        if self._left == 0:
            self._verify_chunk()
            if self._wire.line() != b"":
                raise _damaged("a chunk does not end where it says")

    def _next_chunk(self) -> None:
        size, _, extension = self._wire.line().partition(b";")
        if not _LENGTH.fullmatch(size.strip()):
            raise _damaged(f"`{size[:40].decode('latin-1')}` is no chunk length")
        self._left = int(size, 16)
        signature = _SIGNATURE.search(extension)
        self._signature, self._hash = signature[1].decode() if signature else "", hashlib.sha256()
        self._check_sizes()
        if self._left == 0:
            self._verify_chunk()
            self._read_trailers()
            self._done = True

    def _check_sizes(self) -> None:
        if self._was_short and self._left:
            raise ApiError(
                "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes", 403
            )
        self._was_short = self._left < MIN_CHUNK_BYTES
        self._got += self._left
        if self._expected is not None and (
            self._got > self._expected or (self._left == 0 and self._got != self._expected)
        ):
            raise _damaged(f"it holds other than the {self._expected} bytes that x-amz-decoded-content-length says")

    def _verify_chunk(self) -> None:
        if self._verifier is not None:
            self._verifier.chunk(self._signature, self._hash.hexdigest())

    def _read_trailers(self) -> None:
        trailers: dict[str, str] = {}
        while line := self._wire.line(at_end=b""):
            name, colon, value = line.decode("latin-1").partition(":")
            name = name.strip().lower()
            if not colon or name in trailers or len(trailers) == _MAX_TRAILERS:
                raise _malformed_trailers()
            trailers[name] = value.strip()
        signature = trailers.pop(SIGNATURE_TRAILER, "")
        if set(trailers) != self._declared or self._wire.read(1):
            raise _malformed_trailers()
        self._verify_trailers(trailers, signature)
        self._params.update(_checksums(trailers))

    def _verify_trailers(self, trailers: dict[str, str], signature: str) -> None:
        if self._verifier is not None and trailers:
            text = "".join(f"{name}:{value}\n" for name, value in trailers.items())
            self._verifier.trailer(signature, hashlib.sha256(text.encode("latin-1")).hexdigest())


def _declared_trailers(request: HttpRequest) -> set[str]:
    names = (request.headers.get("x-amz-trailer") or "").lower().split(",")
    return {name.strip() for name in names if name.strip()}


def _checksums(trailers: dict[str, str]) -> dict[str, str]:
    prefix = "x-amz-checksum-"
    return {
        f"Checksum{name[len(prefix) :].upper()}": value for name, value in trailers.items() if name.startswith(prefix)
    }


class _LineReader:
    """Reads lines and bytes from a stream that can only `read(n)`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._buffer = stream, b""

    def line(self, at_end: bytes | None = None) -> bytes:
        """Return a line without its end; `at_end` where there is none any more."""
        while b"\n" not in self._buffer:
            if len(self._buffer) > _MAX_LINE_BYTES:
                raise _damaged("a line is too long")
            more = self._stream.read(_MAX_LINE_BYTES)
            if not more:
                if at_end is None or self._buffer:
                    raise _damaged("it ends inside of a line")
                return at_end
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.removesuffix(b"\r")

    def read(self, size: int) -> bytes:
        if self._buffer:
            piece, self._buffer = self._buffer[:size], self._buffer[size:]
            return piece
        return self._stream.read(size)


def _damaged(why: str) -> ApiError:
    return ApiError("IncompleteBody", f"The chunked body is damaged: {why}.")


def _malformed_trailers() -> ApiError:
    return ApiError(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    )
