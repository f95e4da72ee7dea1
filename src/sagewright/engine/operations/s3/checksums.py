"""Checksums of objects: which there are, computing and comparing them, and those of what was joined from parts.

Amazon S3 User Guide, "Checking object integrity". An object put in one piece has the checksum of its bytes
(`FULL_OBJECT`). One made of parts has either that of its bytes too, which for CRCs follows from those of the parts, or
that of the parts' checksums (`COMPOSITE`, written with a dash and their number). Whoever sends none gets a CRC64NVME.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, BinaryIO, Protocol, cast

from sagewright.engine.abc import Part
from sagewright.engine.operations.s3.errors import bad_digest, invalid_request
from sagewright.engine.parts import Params
from sagewright.vocabulary.errors import ApiError

DEFAULT = "CRC64NVME"
COMPOSITE, FULL_OBJECT = "COMPOSITE", "FULL_OBJECT"
# Algorithm -> bytes of a checksum.
SIZES = {
    "CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32, "SHA512": 64, "MD5": 16,
    "XXHASH64": 8, "XXHASH3": 8, "XXHASH128": 16,
}  # fmt: skip
MEMBERS = tuple(f"Checksum{algorithm}" for algorithm in SIZES)
_IN_LIBRARY = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512", "MD5": "md5"}
# CRCs that can be joined: the polynomial, with its bits reversed.
_POLYNOMIALS = {"CRC32": 0xEDB88320, "CRC32C": 0x82F63B78, "CRC64NVME": 0x9A6C9329AC4BC9B5}
MOST_BYTES = 5 << 30  # of one request


def sent(members: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksums among params, headers or a part's members."""
    return {name: str(members[name]) for name in MEMBERS if members.get(name)}


def algorithm_of(params: Params) -> str | None:
    """Return the algorithm that a request names or uses.

    Raises:
        ApiError: `InvalidRequest`: it is unknown, or there are two.
    """
    named = [name.removeprefix("Checksum") for name in sent(params)]
    if len(named) > 1:
        raise invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    algorithm = named[0] if named else str(params.get("ChecksumAlgorithm") or "").upper() or None
    if algorithm is not None and algorithm not in SIZES:
        raise invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types."
        )
    return algorithm


class CheckedBody(io.RawIOBase):
    """A request's body, which is compared at its end with the checksum that came before or behind it.

    Args:
        sums: The checksum is put in at the end: the one that was sent, else one that is computed. Where the library for
            an algorithm is not installed, what was sent is kept as it is.
        algorithm: What to compute where the request names nothing.
    """

    def __init__(self, params: Params, sums: dict[str, str], algorithm: str | None = DEFAULT) -> None:
        body = params.get("Body") or b""
        self._body: BinaryIO = io.BytesIO(body) if isinstance(body, bytes) else body
        self._params, self._sums, self._size = params, sums, 0
        self._algorithm = algorithm_of(params) or algorithm
        self._sum = running(self._algorithm) if self._algorithm else None
        for name, value in sent(params).items():
            _check_form(name, value)

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        if not piece:
            self._compare()
            return piece
        self._size += len(piece)
        if self._size > MOST_BYTES:
            raise too_large(self._size)
        if self._sum is not None:
            self._sum.update(piece)
        return piece

    def _compare(self) -> None:
        given = sent(self._params)  # a trailer has come by now
        if self._sum is not None:
            member = f"Checksum{self._algorithm}"
            found = _text(self._sum.digest())
            if given.get(member, found) != found:
                raise bad_digest(f"The {self._algorithm} you specified did not match the calculated checksum.")
            given = given or {member: found}
        self._sums.update(given)

    def stream(self) -> BinaryIO:
        return cast("BinaryIO", self)


def too_large(size: int) -> ApiError:
    return ApiError(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        400,
        {"ProposedSize": size, "MaxSizeAllowed": MOST_BYTES},
    )


def _check_form(name: str, value: str) -> None:
    algorithm = name.removeprefix("Checksum")
    try:
        right = len(base64.b64decode(value, validate=True)) == SIZES[algorithm]
    except ValueError:
        right = False
    if not right:
        raise invalid_request(f"Value for x-amz-checksum-{algorithm.lower()} header is invalid.")


# Objects made of parts ------------------------------------------------------------------------------------------------


def type_of_upload(algorithm: str | None, asked: str | None) -> tuple[str | None, str]:
    """Return algorithm and type of the checksum that an upload shall have.

    Raises:
        ApiError: `InvalidRequest`: the one cannot have the other.
    """
    if algorithm is None:
        if asked:
            raise invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
            )
        return None, FULL_OBJECT
    kind = asked or (FULL_OBJECT if algorithm == "CRC64NVME" else COMPOSITE)
    if (kind == FULL_OBJECT and algorithm not in _POLYNOMIALS) or (kind == COMPOSITE and algorithm == "CRC64NVME"):
        raise invalid_request(
            f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
        )
    return algorithm, kind


def joined(algorithm: str, kind: str, parts: Sequence[Part]) -> str | None:
    """Return the checksum of an object made of parts; None: it cannot be told from theirs."""
    texts = [part.checksums.get(f"Checksum{algorithm}") for part in parts]
    if None in texts:
        return None
    digests = [base64.b64decode(text or "") for text in texts]
    if kind == COMPOSITE:
        whole = running(algorithm)
        if whole is None:
            return None
        whole.update(b"".join(digests))
        return f"{_text(whole.digest())}-{len(parts)}"
    crc = 0
    for part, digest in zip(parts, digests, strict=True):
        crc = combine(_POLYNOMIALS[algorithm], SIZES[algorithm] * 8, crc, int.from_bytes(digest, "big"), part.size)
    return _text(crc.to_bytes(SIZES[algorithm], "big"))


def combine(polynomial: int, bits: int, first: int, second: int, second_bytes: int) -> int:
    """Return the CRC of two texts one after the other from those of each.

    Appending n zero bytes multiplies the remainder with x^(8n) modulo the polynomial; that power is found by squaring.
    """
    power, square = 1 << (bits - 1), 1 << (bits - 2)  # x^0 and x^1, bits reversed
    exponent = second_bytes * 8
    while exponent:
        if exponent & 1:
            power = _times(polynomial, bits, power, square)
        square = _times(polynomial, bits, square, square)
        exponent >>= 1
    return _times(polynomial, bits, power, first) ^ second


def _times(polynomial: int, bits: int, a: int, b: int) -> int:
    """Multiply two remainders whose bits are reversed."""
    product = 0
    for bit in range(bits - 1, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (polynomial if b & 1 else 0)
    return product


# Computing ------------------------------------------------------------------------------------------------------------


class Running(Protocol):
    """A checksum of what has been seen so far."""

    def update(self, data: bytes, /) -> object: ...

    def digest(self) -> bytes: ...


def running(algorithm: str) -> Running | None:
    """Return a fresh checksum; None: its library is not installed."""
    if algorithm in _IN_LIBRARY:
        return hashlib.new(_IN_LIBRARY[algorithm], usedforsecurity=False)
    if algorithm == "CRC32":
        return _Crc(zlib.crc32, 4)
    awscrt = _awscrt()
    if awscrt is None:
        return None
    if algorithm in ("CRC32C", "CRC64NVME"):
        return _Crc(getattr(awscrt, algorithm.lower()), SIZES[algorithm])
    return _Hash(getattr(awscrt.XXHash, f"new_{_XXHASHES[algorithm]}")())


_XXHASHES = {"XXHASH64": "xxhash64", "XXHASH3": "xxhash3_64", "XXHASH128": "xxhash3_128"}


@cache
def _awscrt() -> Any:
    try:
        from awscrt import checksums
    except ImportError:
        return None
    return checksums


class _Crc:
    def __init__(self, function: Callable[[bytes, int], int], size: int) -> None:
        self._function, self._size, self._value = function, size, 0

    def update(self, data: bytes, /) -> None:
        self._value = self._function(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._size, "big")


class _Hash:
    def __init__(self, hash_: Any) -> None:
        self._hash = hash_

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return bytes(self._hash.finalize())


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
