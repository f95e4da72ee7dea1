"""moto's state as bytes: its backends' attributes; other backends, and what is kept apart, by their names."""

from __future__ import annotations

import io
import pickle
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cloudpickle
from moto.core.base_backend import BaseBackend
from moto.sqs.models import Message

from sagewright.engine.gateway.hybrid import backends
from sagewright.engine.gateway.hybrid.containers import KINDS, Container
from sagewright.engine.gateway.hybrid.queues import Messages

_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}

_read_back: set[type] = set()  # types whose objects have been read back in this process
# How the pickle that is being read finds its containers, and the services whose backends it has named so far.
_finding: list[tuple[Callable[[str, str], Container], set[str]]] = []


@dataclass
class Named:
    """What a state names beside itself: containers, and services whose backends it refers to."""

    containers: list[Container] = field(default_factory=list)
    services: set[str] = field(default_factory=set)


def dump(state: Any) -> tuple[bytes, Named]:
    """Return a state as bytes, and what it names.

    Raises:
        Exception: Whatever objects of a library do that cannot be copied: it could not be read back.
    """
    buffer = io.BytesIO()
    pickler = _Pickler(buffer)
    pickler.dump(state)
    data = buffer.getvalue()
    if fresh := pickler.types - _read_back:
        known = {container.id: container for container in pickler.named.containers}
        load(data, lambda _, id: known[id])  # what could not be read back would be lost
        _read_back.update(fresh)
    return data, pickler.named


def load(data: bytes, find: Callable[[str, str], Container]) -> tuple[Any, set[str]]:
    """Return what `dump` has written, and the services whose backends it refers to.

    Args:
        find: Returns a container by its kind and id.
    """
    _finding.append((find, set()))
    try:
        return _Unpickler(io.BytesIO(data)).load(), _finding[-1][1]
    finally:
        _finding.pop()


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Stores what moto keeps beside data: locks, weak dictionaries, private keys, functions."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self._keys = backends.keys()
        self.types: set[type] = set()
        self.named = Named()
        self._holders: dict[int, Messages] | None = None

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        self.types.add(kind)
        if isinstance(obj, BaseBackend) and (key := self._keys.get(id(obj))):
            self.named.services.add(key[0])
            return _backend, (key,)
        if kind in tuple(KINDS.values()):
            if all(obj is not other for other in self.named.containers):
                self.named.containers.append(obj)
            return _container, (obj.kind, obj.id)
        if kind is Message and (holder := self._holder_of(obj)):
            return _message, (holder.id, obj.id)
        made = _LOCKS.get(kind)
        if made is not None:
            return made, ()
        if isinstance(obj, defaultdict) and kind is not defaultdict:
            return _new_defaultdict, (kind, obj.default_factory), obj.__dict__ or None, None, iter(obj.items())
        if isinstance(obj, weakref.WeakValueDictionary):
            return weakref.WeakValueDictionary, (dict(obj),)
        if kind.__module__.startswith("cryptography."):
            return _reduced_key(obj) or super().reducer_override(obj)
        return super().reducer_override(obj)

    def _holder_of(self, message: Any) -> Messages | None:
        """Return the queue's messages among which a message is stored."""
        if self._holders is None:
            live: Any = backends.live("sqs")
            self._holders = {
                id(other): queue._messages
                for backend in live.values()
                for queue in backend.queues.values()
                for other in queue._messages
            }
        return self._holders.get(id(message))


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> BaseBackend:
        return _backend(pid)  # the first format stored references so

    def find_class(self, module: str, name: str) -> Any:
        if module == "sagewright.engine.gateway.hybrid.snapshots":  # of the first format
            module = __name__
        return super().find_class(module, name)


def _backend(key: backends.Key) -> BaseBackend:
    _finding[-1][1].add(key[0])
    return backends.backend_of(key)


def _container(kind: str, id: str) -> Container:
    return _finding[-1][0](kind, id)


def _message(holder: str, id: str) -> Any:
    messages = _finding[-1][0](Messages.kind, holder)
    assert isinstance(messages, Messages)
    return messages.find(id)


def _new_defaultdict(cls: type[defaultdict[Any, Any]], default_factory: Any) -> defaultdict[Any, Any]:
    """Make one whose constructor takes arguments of its own."""
    made = cls.__new__(cls)
    made.default_factory = default_factory
    return made


def _reduced_key(obj: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    if hasattr(obj, "private_bytes"):
        return _load_key, (_dump_key(obj),)
    if hasattr(obj, "not_valid_before_utc"):
        return _load_certificate, (obj.public_bytes(Encoding.DER),)
    return None


def _dump_key(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _load_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(data, None)


def _load_certificate(data: bytes) -> Any:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(data)
