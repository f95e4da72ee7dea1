"""The messages of SQS's queues, one piece each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

from moto.sqs.models import Message, Queue

from sagewright.engine.gateway.hybrid.containers import KINDS

REMEMBERED_HANDLES = 256  # of messages that were deleted: deleting them once more is no error


class Messages(list[Any]):
    """The messages of a queue."""

    kind = "messages"

    def __init__(self, id: str | None = None) -> None:
        super().__init__()
        self.id = id or uuid.uuid4().hex
        self.seq: int | None = None
        self._stored: set[str] = set()  # ids of the messages that are

    def changes(self) -> Mapping[str, Any]:
        here = {message.id: message for message in self}
        changed = {id: m for id, m in here.items() if id not in self._stored or _is_changed(m)}
        return {**changed, **dict.fromkeys(self._stored - here.keys())}

    def saved(self) -> None:
        self._stored = {message.id for message in self}
        for message in self:
            message.__dict__.pop("_changed", None)

    def absorb(self, key: str, piece: Any) -> None:
        known = self.find(key)
        if piece is None:
            if known is not None:
                self.remove(known)
            self._stored.discard(key)
            return
        self._stored.add(key)
        piece.__dict__.pop("_changed", None)
        if known is None:
            self.append(piece)
        else:
            known.__dict__.clear()
            known.__dict__.update(piece.__dict__)

    def part_with(self, id: str) -> None:
        self.id, self.seq, self._stored = id, None, set()

    def find(self, message_id: str) -> Any:
        """Return a message; None: it is not here."""
        return next((message for message in self if message.id == message_id), None)


class Handles(dict[str, None]):
    """The receipt handles of messages that were deleted lately."""

    def update(self, handles: Iterable[str]) -> None:  # type: ignore[override]
        for handle in handles:
            self[handle] = None
        while len(self) > REMEMBERED_HANDLES:
            del self[next(iter(self))]


def _is_changed(message: Any) -> bool:
    return "_changed" in message.__dict__


def _note(message: Any, name: str, value: Any) -> None:
    object.__setattr__(message, name, value)
    message.__dict__["_changed"] = True


def _messages(queue: Any) -> Messages:
    found = queue.__dict__["_messages"]
    return found if isinstance(found, Messages) else _set_messages(queue, found)


def _set_messages(queue: Any, messages: Any) -> Messages:
    known: Any = queue.__dict__.get("_messages")
    if not isinstance(known, Messages):
        known = Messages()
        queue.__dict__["_messages"] = known
    if known is not messages:
        known[:] = messages
    return cast("Messages", known)


def _handles(queue: Any) -> Handles:
    found = queue.__dict__["deleted_messages"]
    return found if isinstance(found, Handles) else _set_handles(queue, found)


def _set_handles(queue: Any, handles: Any) -> Handles:
    made = queue.__dict__["deleted_messages"] = Handles()
    made.update(handles)
    return made


def track() -> None:
    """Let moto's queues keep their messages in `Messages`."""
    queue: Any = Queue
    message: Any = Message
    queue._messages = property(_messages, _set_messages)  # type: ignore[arg-type]
    queue.deleted_messages = property(_handles, _set_handles)  # type: ignore[arg-type]
    message.__setattr__ = _note
    KINDS[Messages.kind] = Messages
