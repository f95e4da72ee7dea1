"""What can be wrong with a signature.

BadSignature
├── Unsigned          the request carries no credentials
├── Ambiguous         it carries credentials in two places
├── Incomplete        a part of the credentials is missing or cannot be read
├── WrongScope        the credentials are for another day, region, service or end of the scope
├── UnsignedHeaders   headers that matter are not covered by the signature
├── Untimely          too early, too late, or expired
└── Mismatch          the signature is another
"""

from __future__ import annotations


class BadSignature(Exception):
    """The request cannot be believed; the message is for its sender's eyes."""


class Unsigned(BadSignature):
    """The request carries no credentials."""


class Ambiguous(BadSignature):
    """The request carries credentials in two places."""


class Incomplete(BadSignature):
    """A part of the credentials is missing or cannot be read."""


class WrongScope(BadSignature):
    """The credentials are for another day, region or service.

    Attributes:
        region: The region that should stand there, if that is what is wrong.
    """

    def __init__(self, message: str, region: str | None = None) -> None:
        super().__init__(message)
        self.region = region


class UnsignedHeaders(BadSignature):
    """Headers that matter are not covered by the signature."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Untimely(BadSignature):
    """The request comes too early or too late.

    Attributes:
        signed_at, now: Unix seconds.
        expired_at: Unix seconds; None: its clock and ours differ by too much.
    """

    def __init__(self, message: str, signed_at: float, now: float, expired_at: float | None = None) -> None:
        super().__init__(message)
        self.signed_at, self.now, self.expired_at = signed_at, now, expired_at


class Mismatch(BadSignature):
    """The signature is not that of the request.

    Attributes:
        canonical: What should have been hashed; empty where there is no such step.
        string_to_sign: What should have been signed.
        provided: The signature that came with the request.
    """

    def __init__(self, string_to_sign: str, provided: str, canonical: str = "") -> None:
        super().__init__("The request signature we calculated does not match the signature you provided.")
        self.canonical, self.string_to_sign, self.provided = canonical, string_to_sign, provided
