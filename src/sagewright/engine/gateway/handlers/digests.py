"""Whether a document that S3 was sent is the one that was meant: its `Content-MD5` and its checksums.

Objects' bytes are compared while they are stored; documents (rules, tags, lists of keys) are small, and are compared
before anything is read in them.
"""

from __future__ import annotations

import base64
import io

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.protocols import rest
from sagewright.engine.operations.s3.checksums import SIZES, running
from sagewright.engine.operations.s3.errors import bad_digest
from sagewright.engine.operations.s3.facts import md5_of

_PREFIX = "x-amz-checksum-"


def check_document(exchange: Exchange) -> None:
    """Compare S3's documents with what their headers say of them.

    Raises:
        ApiError: `BadDigest` or `InvalidDigest`.
    """
    request = exchange.request
    if request.service != "s3" or request.method in ("GET", "HEAD", "DELETE"):
        return
    sums = _sums(exchange)
    md5 = request.headers.get("content-md5")
    if not (sums or md5) or _is_bytes(exchange):
        return
    body = request.body.read()
    request.body = io.BytesIO(body)
    for algorithm, given in sums.items():
        _compare(algorithm, given, body)
    if md5 is not None:
        _compare_md5(md5, body)


def _sums(exchange: Exchange) -> dict[str, str]:
    """Return the checksums of the document by their algorithms.

    Where the model names no algorithm of the request, as `CompleteMultipartUpload`'s does not, they are an object's.
    """
    headers = exchange.request.headers
    if "requestAlgorithmMember" not in exchange.model.http_checksum:
        return {}
    return {name: headers[_PREFIX + name.lower()] for name in SIZES if _PREFIX + name.lower() in headers}


def _is_bytes(exchange: Exchange) -> bool:
    shape = exchange.model.input_shape
    payload = rest.payload_member(shape)
    return shape is None or payload is None or shape.members[payload].type_name == "blob"


def _compare(algorithm: str, given: str, body: bytes) -> None:
    found = running(algorithm)
    if found is None:  # its library is not installed
        return
    found.update(body)
    if base64.b64encode(found.digest()).decode() != given:
        raise bad_digest(f"The {algorithm} you specified did not match the calculated checksum.")


def _compare_md5(given: str, body: bytes) -> None:
    wanted, found = md5_of({"ContentMD5": given}), running("MD5")
    assert found is not None
    found.update(body)
    if found.digest() != wanted:
        raise bad_digest()
