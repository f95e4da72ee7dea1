"""A streamed answer, piece by piece (v2's own path)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

from sagewright.arguments import shows
from sagewright.exceptions import InternalStreamFailure, ModelStreamError

LONGEST_LINE_BYTES = 100 << 20  # v2's bound: a stream without line ends shall not fill the memory


def handle_stream_errors(chunk: dict[str, Any]) -> None:
    """Raise the error that an event of a stream is, if it is one.

    Raises:
        ModelStreamError: The model broke off, or took too long.
        InternalStreamFailure: The service broke off.
    """
    if "ModelStreamError" in chunk:
        raise ModelStreamError(chunk["ModelStreamError"]["Message"], code=chunk["ModelStreamError"]["ErrorCode"])
    if "InternalStreamFailure" in chunk:
        raise InternalStreamFailure(chunk["InternalStreamFailure"]["Message"])


@shows
class BaseIterator(ABC):
    """Makes something of a stream's events; `predict_stream` is given a class of this kind.

    Args:
        event_stream: The body of `InvokeEndpointWithResponseStream`'s answer.
    """

    def __init__(self, event_stream: Iterable[dict[str, Any]]) -> None:
        self.event_stream = event_stream

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""

    @abstractmethod
    def __next__(self) -> bytes:
        """Return the next piece.

        Raises:
            ModelStreamError, InternalStreamFailure: The answer broke off.
        """


class ByteIterator(BaseIterator):
    """The pieces as they come.

    Example:
        >>> from sagewright.iterators import ByteIterator
        >>> list(ByteIterator([{"PayloadPart": {"Bytes": b"a"}}, {"PayloadPart": {"Bytes": b"b"}}]))
        [b'a', b'b']
    """

    def __init__(self, event_stream: Iterable[dict[str, Any]]) -> None:
        super().__init__(event_stream)
        self.byte_iterator = iter(event_stream)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return _payload(self.byte_iterator)


class LineIterator(BaseIterator):
    """The lines, without their ends, however they were cut into pieces.

    Example:
        >>> from sagewright.iterators import LineIterator
        >>> list(LineIterator([{"PayloadPart": {"Bytes": b"a"}}, {"PayloadPart": {"Bytes": b"b\\nc"}}]))
        [b'ab', b'c']
    """

    def __init__(self, event_stream: Iterable[dict[str, Any]]) -> None:
        super().__init__(event_stream)
        self.byte_iterator = iter(event_stream)
        self._pending = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        searched = 0
        while (end := self._pending.find(b"\n", searched)) < 0:
            searched = len(self._pending)
            try:
                piece = _payload(self.byte_iterator)
            except StopIteration:
                return self._last()
            if searched + len(piece) > LONGEST_LINE_BYTES:
                raise RuntimeError(
                    f"Line buffer exceeded maximum size of {LONGEST_LINE_BYTES} bytes. No newline found in stream."
                )
            self._pending += piece
        return self._take(end, end + 1)

    def _last(self) -> bytes:
        """Return what stands behind the last line end."""
        if not self._pending:
            raise StopIteration
        return self._take(len(self._pending), len(self._pending))

    def _take(self, size: int, until: int) -> bytes:
        line = bytes(self._pending[:size])
        del self._pending[:until]
        return line


def _payload(events: Iterator[dict[str, Any]]) -> bytes:
    """Return the bytes of the next event that has some; events of kinds unknown to us are passed over."""
    while True:
        event = next(events)
        if "PayloadPart" in event:
            return bytes(event["PayloadPart"]["Bytes"])
        handle_stream_errors(event)
