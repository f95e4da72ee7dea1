"""A user's own way from objects to bytes and back (v2's own path)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import IO, Any

from sagewright.arguments import shows

CONTENT_TYPE = "application/custom"
ACCEPT_TYPE = "application/custom"


@shows
class CustomPayloadTranslator(ABC):
    """The base of classes that turn a request or an answer into bytes and back.

    Args:
        content_type, accept_type: The MIME types of what is sent and of what comes back.

    Example:
        >>> import io
        >>> from sagewright.serve import CustomPayloadTranslator
        >>> class Words(CustomPayloadTranslator):
        ...     def serialize_payload_to_bytes(self, payload):
        ...         return " ".join(payload).encode()
        ...
        ...     def deserialize_payload_from_stream(self, stream):
        ...         return stream.read().decode().split()
        >>> Words().deserialize(io.BytesIO(Words().serialize(["a", "b"])))
        ['a', 'b']
    """

    def __init__(self, content_type: str = CONTENT_TYPE, accept_type: str = ACCEPT_TYPE) -> None:
        self._content_type, self._accept_type = content_type, accept_type

    @abstractmethod
    def serialize_payload_to_bytes(self, payload: object) -> bytes:
        """Return the bytes of an object."""

    @abstractmethod
    def deserialize_payload_from_stream(self, stream: IO[bytes]) -> object:
        """Return the object of a stream of bytes."""

    def serialize(self, payload: object, content_type: str = CONTENT_TYPE) -> bytes:
        """Return the bytes of an object; what serializers of the SDK are asked."""
        return self.serialize_payload_to_bytes(payload)

    def deserialize(self, stream: IO[bytes], content_type: str = CONTENT_TYPE) -> object:
        """Return the object of a stream of bytes; what deserializers of the SDK are asked."""
        return self.deserialize_payload_from_stream(stream)

    @property
    def CONTENT_TYPE(self) -> Any:
        """The MIME type of what is sent."""
        return self._content_type

    @property
    def ACCEPT(self) -> Any:
        """The MIME type of what comes back."""
        return self._accept_type
