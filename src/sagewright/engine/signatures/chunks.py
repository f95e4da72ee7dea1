"""The signatures inside of a chunked body, each of which builds on the one before; the first on the request's own.

Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks"
and "... Including Trailing Headers".
"""

from __future__ import annotations

import hashlib

from sagewright.engine.signatures.claims import Claim
from sagewright.engine.signatures.faults import Mismatch
from sagewright.engine.signatures.v4 import derived_key, same, signature

SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_CHUNKS_AND_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

_EMPTY = hashlib.sha256(b"").hexdigest()


class ChunkSignatures:
    """Holds the signatures of one body's chunks against what they sign."""

    def __init__(self, claim: Claim, secret: str) -> None:
        assert claim.scope is not None
        self._key, self._at, self._scope = derived_key(secret, claim.scope), claim.at, claim.scope
        self._last = claim.signature

    def chunk(self, given: str, sha256: str) -> None:
        """Check the next chunk.

        Raises:
            Mismatch: Its signature is another.
        """
        self._check("PAYLOAD", f"{_EMPTY}\n{sha256}", given)

    def trailer(self, given: str, sha256: str) -> None:
        """Check the trailing headers.

        Raises:
            Mismatch: Their signature is another.
        """
        self._check("TRAILER", sha256, given)

    def _check(self, what: str, hashes: str, given: str) -> None:
        text = f"AWS4-HMAC-SHA256-{what}\n{self._at}\n{self._scope}\n{self._last}\n{hashes}"
        if not same(signature(self._key, text), given):
            raise Mismatch(text, given)
        self._last = given
