"""HTTP messages as the gateway sees them, whatever carries them (a botocore event, an ASGI server)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from sagewright.engine.gateway.protocols.chunked import ChunkVerifier


class Headers(dict[str, str]):
    """Header fields under their lower-cased names."""

    def __init__(self, items: Mapping[str, str] | None = None) -> None:
        super().__init__({name.lower(): value for name, value in (items or {}).items()})

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        return super().get(name.lower(), default)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name.lower(), value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


@dataclass(frozen=True)
class Peer:
    """The other end of a connection: its IP address, and whether the connection is encrypted."""

    address: str
    secure: bool = False


@dataclass
class HttpRequest:
    """A request.

    Attributes:
        path: Percent-encoded as on the wire, without the query.
        query: The query string as on the wire, without `?`.
        host: Value of the Host header.
        body: A stream of the body's bytes, read at most once.
        service, operation: botocore's names, for example `s3` and `PutObject`; the carrier finds them.
        peer: Who has sent it over the network, and is not trusted; None: it comes from the calling process.
        chunk_verifier: Checks the signatures of a body in signed chunks while it is read; set by whoever has verified
            the request's own.
    """

    method: str
    path: str
    query: str
    host: str
    headers: Headers
    body: BinaryIO
    service: str
    operation: str
    peer: Peer | None = None
    chunk_verifier: ChunkVerifier | None = None


@dataclass
class HttpResponse:
    """A response; `body` is the bytes, or a stream that the carrier reads in pieces and closes."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes | BinaryIO = b""

    def pieces(self, size: int = 1 << 20) -> Iterator[bytes]:
        """Yield the body in pieces and close it."""
        if isinstance(self.body, bytes):
            if self.body:
                yield self.body
            return
        try:
            while piece := self.body.read(size):
                yield piece
        finally:
            self.body.close()
