"""Bodies in chunks: joined, counted, signed, and refused where they are damaged."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib

import pytest

from sagewright.engine.gateway.protocols.chunked import unchunked
from sagewright.engine.gateway.wire import Headers, HttpRequest
from sagewright.vocabulary.errors import ApiError

ONE = b"x" * 8192


class Noted:
    """A verifier that takes everything and notes it."""

    def __init__(self) -> None:
        self.chunks: list[tuple[str, str]] = []
        self.trailers: list[tuple[str, str]] = []

    def chunk(self, signature: str, sha256: str) -> None:
        self.chunks.append((signature, sha256))

    def trailer(self, signature: str, sha256: str) -> None:
        self.trailers.append((signature, sha256))


def request(body: bytes, **headers: str) -> HttpRequest:
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return HttpRequest("PUT", "/b/k", "", "s3.eu-west-1.amazonaws.com", named, io.BytesIO(body), "s3", "PutObject")


def chunked(*chunks: bytes, trailer: bytes = b"") -> bytes:
    body = b"".join(b"%x;chunk-signature=%s\r\n%s\r\n" % (len(c), b"%064x" % len(c), c) for c in chunks)
    return body + b"0;chunk-signature=" + b"f" * 64 + b"\r\n" + trailer + b"\r\n"


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize("sizes", [(0,), (1,), (65536, 3), (8192, 8192, 1), (20_000, 8192)])
def test_chunks_are_joined_and_trailers_read(sizes):
    pieces = [bytes([n % 251]) * size for n, size in enumerate(sizes) if size]
    whole = b"".join(pieces)
    checksum = base64.b64encode(zlib.crc32(whole).to_bytes(4, "big"))
    body = chunked(*pieces, trailer=b"x-amz-checksum-crc32:" + checksum + b"\r\n")
    asked = request(body, x_amz_decoded_content_length=str(len(whole)), x_amz_trailer="x-amz-checksum-crc32")
    params = {"ContentEncoding": "aws-chunked,gzip"}

    assert unchunked(asked, params).read() == whole

    assert params == {
        "ContentEncoding": "gzip",
        "ContentLength": len(whole),
        "ChecksumCRC32": checksum.decode(),
    }


def test_signatures_are_checked_in_the_order_of_the_wire():
    trailer = b"x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:" + b"a" * 64 + b"\r\n"
    asked = request(chunked(ONE, b"yz", trailer=trailer), x_amz_trailer="x-amz-checksum-crc32")
    asked.chunk_verifier = noted = Noted()

    assert unchunked(asked, {}).read() == ONE + b"yz"

    assert noted.chunks == [(f"{8192:064x}", sha256(ONE)), (f"{2:064x}", sha256(b"yz")), ("f" * 64, sha256(b""))]
    assert noted.trailers == [("a" * 64, sha256(b"x-amz-checksum-crc32:AAAAAA==\n"))]


def test_a_verifier_sees_that_a_signature_is_missing():
    asked = request(b"1\r\na\r\n0\r\n\r\n")
    asked.chunk_verifier = noted = Noted()
    unchunked(asked, {}).read()
    assert [signature for signature, _ in noted.chunks] == ["", ""]


END = b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"5\r\nab", "IncompleteBody"),
        (b"zz\r\nab\r\n", "IncompleteBody"),
        (b"-1\r\n\r\n" + END, "IncompleteBody"),
        (b"0x2\r\nab\r\n" + END, "IncompleteBody"),
        (b"1_0\r\n" + b"a" * 16 + b"\r\n" + END, "IncompleteBody"),
        (b"f" * 13 + b"\r\nab\r\n" + END, "IncompleteBody"),
        (b"2\r\nabc\r\n" + END, "IncompleteBody"),  # a chunk that is longer than it says
        (b"2\r\nab\r\n", "IncompleteBody"),  # no end
        (b"2;" + b"x" * 20_000 + b"\r\nab\r\n" + END, "IncompleteBody"),
        (b"", "IncompleteBody"),
        (b"1\r\na\r\n1\r\nb\r\n" + END, "InvalidChunkSizeError"),
        (b"2\r\nab\r\n" + END + b"more", "MalformedTrailerError"),
        (b"2\r\nab\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "MalformedTrailerError"),  # not declared
        (b"2\r\nab\r\n0\r\nno colon\r\n\r\n", "MalformedTrailerError"),
    ],
)
def test_damaged_chunks_are_refused(body, code):
    with pytest.raises(ApiError) as caught:
        unchunked(request(body), {}).read()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"2\r\nab\r\n" + END, {"x_amz_decoded_content_length": "3"}, "IncompleteBody"),
        (b"2\r\nab\r\n" + END, {"x_amz_decoded_content_length": "1"}, "IncompleteBody"),
        (b"2\r\nab\r\n" + END, {"x_amz_decoded_content_length": "-2"}, "InvalidArgument"),
        (b"2\r\nab\r\n" + END, {"x_amz_decoded_content_length": "9" * 99}, "InvalidArgument"),
        (b"2\r\nab\r\n" + END, {"x_amz_trailer": "x-amz-checksum-crc32"}, "MalformedTrailerError"),  # not there
        (
            b"0\r\n" + b"x-amz-checksum-crc32:AAAAAA==\r\n" * 2 + b"\r\n",
            {"x_amz_trailer": "x-amz-checksum-crc32"},
            "MalformedTrailerError",
        ),
        (
            b"0\r\n" + b"".join(b"x-%d:1\r\n" % n for n in range(50)) + b"\r\n",
            {"x_amz_trailer": ",".join(f"x-{n}" for n in range(50))},
            "MalformedTrailerError",
        ),
    ],
)
def test_what_the_headers_say_must_hold(body, headers, code):
    with pytest.raises(ApiError) as caught:
        unchunked(request(body, **headers), {}).read()
    assert caught.value.code == code
