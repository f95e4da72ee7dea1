"""moto's state, kept in the home and shared by its processes.

<home>/hybrid/
├── lock                                       held (flock) while a request is answered
└── <format>-<moto's version>-<service>.pickle     the state of one service

The state of a service is the attributes of its backends, one for each account and region. A backend that is met inside
of another one's state is stored as a reference, and found again among the live ones. After a request, the services that
it has touched are stored. The files are pickles, so they are only read where they are the user's own.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import logging
import os
import pickle
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cloudpickle
import moto
import moto.backends
from moto.core.base_backend import BackendDict, BaseBackend

from sagewright.vocabulary.errors import ApiError

log = logging.getLogger(__name__)

_PREFIX = f"1-{moto.__version__}-"
_SUFFIX = ".pickle"
_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}

Key = tuple[str, str, str]  # service, account, region
Signature = tuple[int, int, int]  # of a file: inode, size, time of change

_loaded: dict[str, Signature] = {}  # service -> the file whose state is in memory
_digests: dict[str, str] = {}  # service -> digest of that state
_home: list[Path] = []  # whose state it is
_touched: set[str] = set()  # services that the request under way has used


@contextmanager
def shared_state(home: Path, service: str) -> Iterator[None]:
    """Work on moto's state as it is in the home, and store what the block changes.

    Raises:
        ApiError: The state of the service cannot be stored.
    """
    folder = home / "hybrid"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock(folder / "lock"):
        _load(home, folder, service)
        _touched.clear()
        try:
            yield
            for name in sorted(_touched):
                _store(folder, name)
        except BaseException:
            _forget()  # whatever was half done is thrown away
            raise


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _load(home: Path, folder: Path, wanted: str) -> None:
    """Bring into memory what others have stored since.

    Raises:
        ApiError: The file of the service that is wanted is damaged; one of another service is passed over.
    """
    _watch()
    if _home != [home]:
        _forget()
        _home[:] = [home]
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        service, signature = path.name[len(_PREFIX) : -len(_SUFFIX)], _signature(path)
        if _loaded.get(service) == signature:
            continue
        data = path.read_bytes()
        try:
            loaded = _Unpickler(io.BytesIO(data)).load()
        except Exception as error:  # noqa: BLE001 - whatever a damaged pickle does
            log.warning("%s cannot be read: %s", path, error)
            if service == wanted:
                raise ApiError("InternalFailure", f"`{path}` is damaged: {error}\nhint: remove it.", 500) from None
            continue
        for (account, region), attributes in loaded.items():
            state = _backend((service, account, region)).__dict__
            state.clear()
            state.update(attributes)
        _loaded[service], _digests[service] = signature, hashlib.sha256(data).hexdigest()


def _store(folder: Path, service: str) -> None:
    """Write the state of a service down, if it has changed."""
    live = {(account, region): b.__dict__ for (name, account, region), b in _live().items() if name == service}
    buffer = io.BytesIO()
    try:
        _Pickler(buffer).dump(live)
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        if _digests.get(service) == digest:
            return
        _Unpickler(io.BytesIO(data)).load()  # what could not be read back would be lost
    except Exception as error:  # noqa: BLE001 - whatever the objects of a library do when they are copied
        raise ApiError(
            "NotImplemented",
            f"The state of `{service}` cannot be kept across processes, so it is not offered: {error}",
            501,
        ) from None
    path = folder / f"{_PREFIX}{service}{_SUFFIX}"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    _loaded[service], _digests[service] = _signature(path), digest


def _forget() -> None:
    """Empty moto."""
    BackendDict.reset()
    _loaded.clear()
    _digests.clear()
    _home.clear()


def _signature(path: Path) -> Signature:
    status = path.stat()
    if status.st_uid != os.getuid():
        raise ApiError("AccessDenied", f"`{path}` belongs to another user and is not read.", 403)
    return status.st_ino, status.st_size, status.st_mtime_ns


def _watch() -> None:
    """Note which services are used from now on."""
    if getattr(BackendDict.__getitem__, "notes", False):
        return
    get = BackendDict.__getitem__

    def get_and_note(self: Any, account: str) -> Any:
        _touched.add(self.service_name)
        return get(self, account)

    get_and_note.notes = True  # type: ignore[attr-defined]
    BackendDict.__getitem__ = get_and_note  # type: ignore[method-assign]


def _live() -> dict[Key, BaseBackend]:
    """Return the backends in use."""
    return {
        (backends.service_name, account, region): backend
        for backends in BackendDict._instances  # type: ignore[misc]
        for account, regions in backends.items()
        for region, backend in regions.items()
    }


def _backend(key: Key) -> BaseBackend:
    service, account, region = key
    found: BaseBackend = moto.backends.get_backend(service)[account][region]  # type: ignore[call-overload]
    return found


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Stores what moto keeps beside data: locks, weak dictionaries, private keys, functions."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self._keys = {id(backend): key for key, backend in _live().items()}

    def persistent_id(self, obj: Any) -> Key | None:
        return self._keys.get(id(obj)) if isinstance(obj, BaseBackend) else None

    def reducer_override(self, obj: Any) -> Any:
        made = _LOCKS.get(type(obj))
        if made is not None:
            return made, ()
        if isinstance(obj, defaultdict) and type(obj) is not defaultdict:
            return _new_defaultdict, (type(obj), obj.default_factory), obj.__dict__ or None, None, iter(obj.items())
        if isinstance(obj, weakref.WeakValueDictionary):
            return weakref.WeakValueDictionary, (dict(obj),)
        if hasattr(obj, "private_bytes") and type(obj).__module__.startswith("cryptography."):
            return _load_key, (_dump_key(obj),)
        return super().reducer_override(obj)


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> BaseBackend:
        return _backend(pid)


def _new_defaultdict(cls: type[defaultdict[Any, Any]], default_factory: Any) -> defaultdict[Any, Any]:
    """Make one whose constructor takes arguments of its own."""
    made = cls.__new__(cls)
    made.default_factory = default_factory
    return made


def _dump_key(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _load_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(data, None)
