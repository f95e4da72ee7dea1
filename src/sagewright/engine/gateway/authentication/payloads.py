"""The body of a request is the one that was signed.

S3's bodies stream: they are hashed while they are read, and the end of the stream raises where the hash is another,
before anything is committed. Other services' bodies are small, and are hashed before they are parsed.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import BinaryIO, cast

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.wire import HttpRequest
from sagewright.engine.signatures import chunks, faults
from sagewright.engine.signatures.claims import Claim
from sagewright.vocabulary.errors import ApiError

UNSIGNED = "UNSIGNED-PAYLOAD"
MAX_BODY_BYTES = 64 << 20

_HASH = "x-amz-content-sha256"
_HEX = re.compile(r"[0-9a-f]{64}")
_WORDS = (UNSIGNED, chunks.UNSIGNED_TRAILER, chunks.SIGNED_CHUNKS, chunks.SIGNED_CHUNKS_AND_TRAILER)


def read_whole(request: HttpRequest) -> bytes:
    """Return the body, and leave the request one that can be read again.

    Raises:
        ApiError: It is too long for any service but S3.
    """
    body = request.body.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise ApiError("RequestEntityTooLargeException", "Request body is too large.", 413)
    request.body = io.BytesIO(body)
    return body


def payload_of(exchange: Exchange, claim: Claim) -> str:
    """Return what stands for the body in what was signed."""
    request = exchange.request
    if request.service == "s3":
        return _payload_of_s3(request, claim)
    if request.headers.get(_HASH) == UNSIGNED and exchange.model.auth_type == "v4-unsigned-body":
        return UNSIGNED
    return hashlib.sha256(read_whole(request)).hexdigest()


def _payload_of_s3(request: HttpRequest, claim: Claim) -> str:
    given = request.headers.get(_HASH)
    if claim.method == "query":
        return (given or UNSIGNED) if _HASH in claim.signed_headers else UNSIGNED
    if given is None:
        raise ApiError("InvalidRequest", f"Missing required header for this request: {_HASH}")
    if given not in _WORDS and not _HEX.fullmatch(given):
        members = {"ArgumentName": _HASH, "ArgumentValue": given}
        text = f"{_HASH} must be {', '.join(_WORDS)} or a valid sha256 value."
        raise ApiError("InvalidArgument", text, 400, members)
    return given


def bind_body(request: HttpRequest, claim: Claim, secret: str, payload: str) -> None:
    """Let the reading of S3's body raise where it is not what was signed."""
    if request.service != "s3":
        return
    if payload in (chunks.SIGNED_CHUNKS, chunks.SIGNED_CHUNKS_AND_TRAILER):
        request.chunk_verifier = _Chunks(claim, secret)
    elif _HEX.fullmatch(payload):
        request.body = cast("BinaryIO", HashedBody(request.body, payload, request.headers.get("content-length")))


class HashedBody(io.RawIOBase):
    """A body that raises at its end where its hash is another than was signed.

    The end is where the stream ends, or where the `Content-Length` says: a reader may stop there.
    """

    def __init__(self, body: BinaryIO, sha256: str, length: str | None) -> None:
        self._body, self._sha256, self._hash = body, sha256, hashlib.sha256()
        self._left = int(length) if length is not None and length.isdecimal() else None
        self._checked = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        self._hash.update(piece)
        if self._left is not None:
            self._left -= len(piece)
        if not self._checked and ((not piece and size != 0) or size < 0 or self._left == 0):
            self._checked = True
            self._compare()
        return piece

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _compare(self) -> None:
        found = self._hash.hexdigest()
        if found != self._sha256:
            raise ApiError(
                "XAmzContentSHA256Mismatch",
                f"The provided '{_HASH}' header does not match what was computed.",
                400,
                {"ClientComputedContentSHA256": self._sha256, "S3ComputedContentSHA256": found},
            )


class _Chunks:
    """The signatures of a body's chunks, with S3's answer to one that is wrong."""

    def __init__(self, claim: Claim, secret: str) -> None:
        self._signatures, self._key_id = chunks.ChunkSignatures(claim, secret), claim.key_id

    def chunk(self, signature: str, sha256: str) -> None:
        try:
            self._signatures.chunk(signature, sha256)
        except faults.Mismatch as fault:
            raise self._refused(fault) from None

    def trailer(self, signature: str, sha256: str) -> None:
        try:
            self._signatures.trailer(signature, sha256)
        except faults.Mismatch as fault:
            raise self._refused(fault) from None

    def _refused(self, fault: faults.Mismatch) -> ApiError:
        members = {"AWSAccessKeyId": self._key_id, "StringToSign": fault.string_to_sign}
        return ApiError("SignatureDoesNotMatch", f"{fault} Check your key and signing method.", 403, members)
