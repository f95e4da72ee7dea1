"""Reading a form as it arrives: the fields first, bounded, then the file as a stream (RFC 7578).

S3 wants the file last: what comes behind it is passed over.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from email.message import Message
from typing import BinaryIO, cast

from sagewright.vocabulary.errors import ApiError

MOST_FIELD_BYTES = 20 << 10  # of all fields together (Amazon S3 API Reference, "POST Object")
MOST_TRAILING_BYTES = 64 << 10  # behind the file
_PIECE_BYTES = 1 << 16
_LONGEST_HEAD_BYTES = 4 << 10
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


@dataclass(frozen=True)
class Form:
    """A form, read up to its file.

    Attributes:
        fields: Under their lower-cased names.
        file_name: As the browser gave it; it may be empty.
        file: The file's bytes; reading raises where the form ends too early.
    """

    fields: dict[str, str]
    file_name: str
    content_type: str | None
    file: BinaryIO


def read_form(body: BinaryIO, content_type: str) -> Form:
    """Read a form up to its file.

    Raises:
        ApiError: `MalformedPOSTRequest`, `MaxPostPreDataLengthExceededError`, or `InvalidArgument` where it has no
            file.
    """
    source = _Source(body, b"\r\n--" + _boundary_of(content_type))
    fields: dict[str, str] = {}
    source.begin()
    left = MOST_FIELD_BYTES
    while source.another():
        name, file_name, kind = source.head()
        if name == "file":
            return Form(fields, file_name or "", kind, cast("BinaryIO", _File(source)))
        value = source.rest(left)
        left -= len(value) + len(name)
        fields[name] = value.decode("utf-8", "replace")
    raise ApiError(
        "InvalidArgument",
        "POST requires exactly one file upload per request.",
        400,
        {"ArgumentName": "file", "ArgumentValue": "0"},
    )


def _boundary_of(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not _BOUNDARY.fullmatch(boundary):
        raise malformed()
    return boundary.encode()


def malformed() -> ApiError:
    return ApiError(
        "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", 400
    )


class _Source:
    """The bytes of a form, cut at its delimiters.

    Args:
        delimiter: What stands between two parts, with the line break before it.
    """

    def __init__(self, body: BinaryIO, delimiter: bytes) -> None:
        self._body, self._delimiter = body, delimiter
        self._ahead = b"\r\n"  # so that the first delimiter has a line break before it, too
        self._ended = False

    def begin(self) -> None:
        """Go behind the first delimiter; what stands before it is for nobody."""
        while self._delimiter not in self._ahead:
            if len(self._ahead) > _LONGEST_HEAD_BYTES or not self._more():
                raise malformed()
        self._ahead = self._ahead.partition(self._delimiter)[2]

    def another(self) -> bool:
        """Tell whether another part follows the delimiter just read."""
        while len(self._ahead) < 2:
            if not self._more():
                raise malformed()
        end, self._ahead = self._ahead[:2], self._ahead[2:]
        if end == b"--":
            return False
        if end != b"\r\n":
            raise malformed()
        return True

    def head(self) -> tuple[str, str | None, str | None]:
        """Return a part's lower-cased name, its file name and its type."""
        while b"\r\n\r\n" not in self._ahead:
            if len(self._ahead) > _LONGEST_HEAD_BYTES or not self._more():
                raise malformed()
        text, _, self._ahead = self._ahead.partition(b"\r\n\r\n")
        message = Message()
        for line in text.decode("utf-8", "replace").split("\r\n"):
            header, colon, value = line.partition(":")
            if not colon:
                raise malformed()
            message[header.strip()] = value.strip()
        name = message.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise malformed()
        file_name = message.get_param("filename", header="content-disposition")
        return name.lower(), file_name if isinstance(file_name, str) else None, message["content-type"]

    def rest(self, most: int) -> bytes:
        """Return what is left of a field.

        Raises:
            ApiError: It has more than `most` bytes.
        """
        found = b""
        while piece := self.piece(_PIECE_BYTES):
            found += piece
            if len(found) > most:
                raise ApiError(
                    "MaxPostPreDataLengthExceededError",
                    "Your POST request fields preceding the upload file was too large.",
                    400,
                    {"MaxPostPreDataLengthBytes": MOST_FIELD_BYTES},
                )
        return found

    def piece(self, size: int) -> bytes:
        """Return up to `size` bytes of a part; none at its end, when its delimiter has been read."""
        while True:
            place = self._ahead.find(self._delimiter)
            if place == 0:
                self._ahead = self._ahead[len(self._delimiter) :]
                return b""
            safe = place if place > 0 else len(self._ahead) - len(self._delimiter) + 1
            if safe > 0:
                found, self._ahead = self._ahead[: min(size, safe)], self._ahead[min(size, safe) :]
                return found
            if not self._more():
                raise malformed()

    def drain(self) -> None:
        """Pass over what comes behind the file, where that is not too much."""
        left = MOST_TRAILING_BYTES
        while left > 0 and (piece := self._body.read(min(left, _PIECE_BYTES))):
            left -= len(piece)

    def _more(self) -> bool:
        piece = self._body.read(_PIECE_BYTES)
        self._ahead += piece
        return bool(piece)


class _File(io.RawIOBase):
    """The file of a form."""

    def __init__(self, source: _Source) -> None:
        self._source, self._at_end = source, False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_PIECE_BYTES), b""))
        if self._at_end or size == 0:
            return b""
        piece = self._source.piece(size)
        if not piece:
            self._at_end = True
            self._source.drain()
        return piece

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
