"""moto's memory in this process, brought up to date before a request and stored after it.

moto has one state per process; here it is the one of the home that was asked last. A service is read when it is first
touched, so that a home with large tables costs nothing to those who send a message. What a request changes becomes
durable in one transaction, or, where anything fails, is thrown away.
"""

from __future__ import annotations

import contextvars
import functools
import hashlib
import logging
import pickle
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import moto

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.hybrid import backends, pickling, queues, store, tables
from sagewright.engine.gateway.hybrid.containers import KINDS, Container
from sagewright.vocabulary.errors import ApiError

log = logging.getLogger(__name__)
T = TypeVar("T")

_one_at_a_time = threading.RLock()
_MOST_AT_ONCE = 64


@dataclass
class _Turn:
    """Work that waits for its transaction; `outcome` is set when that is over."""

    home: Path
    work: Callable[[sqlite3.Connection], Any]
    context: contextvars.Context
    outcome: Callable[[], Any] | None = None


_waiting: list[_Turn] = []
_queue = threading.Lock()


def work_on(home: Path, work: Callable[[sqlite3.Connection], T], *, changes: bool = True) -> T:
    """Do `work` with moto's state as it is in the home, and return what it returns once its changes are durable.

    Work of several threads that wait for each other shares one transaction. Where some of it fails, the rest is done
    once more without it: what is done may not reach beyond the transaction, or must bear being done twice.

    Args:
        changes: False: the work reads only, and need not wait for other processes that write.

    Raises:
        ApiError: The state of a service cannot be read, or cannot be stored.
    """
    turn, rings = _Turn(home, work, contextvars.copy_context()), False
    if changes:
        with _queue:
            _waiting.append(turn)
    with _one_at_a_time:
        if _memory.session is not None:  # moto has led us back here
            with _queue:
                _waiting[:] = [other for other in _waiting if other is not turn]
            return work(_memory.session)
        while turn.outcome is None:
            rings = _take([turn] if not changes else _next(home), changes) or rings
    if rings:
        engine_of(home).parts.ring()
    result: T = turn.outcome()
    return result


def _next(home: Path) -> list[_Turn]:
    """Return those who have waited longest for a home."""
    with _queue:
        turns = [turn for turn in _waiting if turn.home == home][:_MOST_AT_ONCE]
        _waiting[:] = [turn for turn in _waiting if turn not in turns]
    return turns


def _take(turns: list[_Turn], changes: bool) -> bool:
    """Do the work of some turns in one transaction; return whether the steward is to be woken."""
    _prepare()
    _memory.turn_to(turns[0].home)

    def work(connection: sqlite3.Connection) -> list[Any]:
        return [turn.context.run(turn.work, connection) for turn in turns]

    try:
        database = store.database_of(turns[0].home)
        within = database.write if changes else database.snapshot
        results = within(lambda connection: _memory.lend(connection, work, changes))
    except BaseException as error:
        _memory.forget()  # whatever was half done is thrown away
        if len(turns) == 1 or not isinstance(error, Exception):
            for turn in turns:
                turn.outcome = functools.partial(_raise, error)
            if not isinstance(error, Exception):
                raise
            return False
        rings = [_take([turn], changes) for turn in turns]  # each of them, one after the other
        return any(rings)
    for turn, result in zip(turns, results, strict=True):
        turn.outcome = functools.partial(_same, result)
    return _memory.rings


def _raise(error: BaseException) -> Any:
    raise error


def _same(result: T) -> T:
    return result


def under_way() -> tuple[sqlite3.Connection, Path]:
    """Return the transaction of the request under way, and its home."""
    assert _memory.session is not None
    assert _memory.home is not None
    return _memory.session, _memory.home


def ring_afterwards() -> None:
    """Wake the steward when what the request under way has changed is durable."""
    _memory.rings = True


@functools.cache
def _prepare() -> None:
    """Put what is ours in the place of what is moto's."""
    from sagewright.engine.gateway.hybrid import rules, sources, subscriptions
    from sagewright.engine.gateway.hybrid.functions import records

    tables.track()
    queues.track()
    subscriptions.take_over()
    records.take_over()
    sources.take_over()
    rules.take_over()
    backends.watch(_memory.touch)


def is_known(home: Path, service: str, account: str, region: str) -> bool:
    """Tell whether the service has a stored state for the account and region, as far as this process has heard."""
    return _memory.home == home and (service, account, region) in _memory.stored


class _Memory:
    """What this process holds of a home's state.

    Attributes:
        session: The connection of the request under way.
        rings: The steward is to be woken after the request under way.
        stored: The backends that are known to be stored.
    """

    def __init__(self) -> None:
        self.home: Path | None = None
        self.session: sqlite3.Connection | None = None
        self.rings = False
        self.stored: set[backends.Key] = set()
        self._seqs: dict[str, int] = {}  # service -> the change that it is up to date with
        self._digests: dict[str, bytes] = {}
        self._containers: dict[str, Container] = {}
        self._named: dict[str, set[str]] = {}  # service -> containers that its stored state names
        self._references: dict[str, set[str]] = {}  # service -> those whose backends its state holds
        self._touched: set[str] = set()

    def turn_to(self, home: Path) -> None:
        if self.home != home:
            self.forget()
            self.home = home

    def forget(self) -> None:
        """Empty moto."""
        backends.forget()
        self.home = None
        for held in (self.stored, self._seqs, self._digests, self._containers, self._named, self._touched):
            held.clear()
        self._references.clear()

    def lend(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], changes: bool) -> T:
        self.session, self.rings = connection, False
        self._touched.clear()
        try:
            result = work(connection)
            if changes:
                self._save(connection)
            else:
                self._pass_over()
            return result
        finally:
            self.session = None

    def _pass_over(self) -> None:
        """Take what was only read for unchanged."""
        for service in self._touched:
            for id in self._named.get(service, ()):
                self._containers[id].saved()

    def touch(self, service: str) -> None:
        """Bring a service up to date, once in each request."""
        if self.session is None or service in self._touched:
            return
        self._touched.add(service)
        self._refresh_all(service)
        found = store.state_after(self.session, _name(service), self._seqs.get(service, 0))
        if found is not None:
            self._load(service, *found)
        elif service not in self._seqs:
            self._import(service)
        for other in self._references.get(service, ()):
            self.touch(other)

    def _load(self, service: str, data: bytes, seq: int) -> None:
        named: set[str] = set()

        def find(kind: str, id: str) -> Container:
            named.add(id)
            return self._container(kind, id)

        try:
            loaded, references = pickling.load(data, find)
        except Exception as error:
            text = f"The state of `{service}` in `{self.home}` is damaged: {error}"
            hint = "hint: remove the folder `hybrid`, or start with another home."
            raise ApiError("InternalFailure", f"{text}\n{hint}", 500) from error
        for (account, region), attributes in loaded.items():
            state = backends.backend_of((service, account, region)).__dict__
            state.clear()
            state.update(attributes)
            self.stored.add((service, account, region))
        self._seqs[service], self._named[service], self._references[service] = seq, named, references
        self._digests[service] = hashlib.sha256(data).digest()

    def _import(self, service: str) -> None:
        """Take over what the first format kept in a file of its own."""
        assert self.home is not None
        self._seqs[service] = 0
        path = self.home / store.FOLDER / f"1-{moto.__version__}-{service}.pickle"
        if path.exists():
            self._load(service, path.read_bytes(), 0)
            self._digests.pop(service)

    def _container(self, kind: str, id: str) -> Container:
        if id not in self._containers:
            self._containers[id] = KINDS[kind](id)
            self._refresh(self._containers[id])
        return self._containers[id]

    def _refresh_all(self, service: str) -> None:
        """Take over what others have changed in the containers of a service."""
        assert self.session is not None
        held = [self._containers[id] for id in self._named.get(service, ())]
        horizon = store.number(self.session, "horizon")
        if all(container.seq is not None and container.seq >= horizon for container in held):
            for container in held:
                self._refresh(container)
            return
        for container in held:  # what has gone since is no longer known: begin anew
            del self._containers[container.id]
        self._seqs[service] = 0

    def _refresh(self, container: Container) -> None:
        """Take over what others have changed in a container."""
        assert self.session is not None
        seq = store.number(self.session, "seq")
        if container.seq == seq:
            return
        for key, data in self._news(container):
            container.absorb(key, None if data is None else pickle.loads(data))  # noqa: S301 - the user's own
        container.seq = seq

    def _news(self, container: Container) -> Iterator[tuple[str, bytes | None]]:
        assert self.session is not None
        if container.seq is None:
            return iter(store.all_pieces(self.session, container.id))
        return store.pieces_after(self.session, container.id, container.seq)

    def _save(self, connection: sqlite3.Connection) -> None:
        """Write down what has changed of the services that the request has touched."""
        seq: int | None = None
        for service in sorted(self._touched):
            live = backends.live(service)
            try:
                data, named = self._dumped({key: b.__dict__ for key, b in live.items()})
                pieces = [(c, [(key, _bytes(it)) for key, it in c.changes().items()]) for c in named.containers]
            except Exception as error:
                text = f"The state of `{service}` cannot be kept across processes, so it is not offered: {error}"
                raise ApiError("NotImplemented", text, 501) from error
            digest = hashlib.sha256(data).digest()
            changed = [(container, rows) for container, rows in pieces if rows]
            if not live or (not changed and self._digests.get(service) == digest):
                continue
            if seq is None:
                seq = store.next_seq(connection)
            if self._digests.get(service) != digest:
                store.put_state(connection, _name(service), data, seq)
            for container, rows in changed:
                store.put_pieces(connection, container.id, rows, seq)
                container.saved()
            self._note_saved(connection, service, seq, digest, named)
            self.stored.update((service, *key) for key in live)

    def _dumped(self, state: object) -> tuple[bytes, pickling.Named]:
        """Return a state as bytes and what it names; a container that moto has copied becomes one of its own."""
        data, named = pickling.dump(state)
        taken: dict[str, Container] = {}
        for container in sorted(named.containers, key=lambda c: c is not self._containers.get(c.id)):
            if taken.setdefault(container.id, container) is not container:
                container.part_with(KINDS[container.kind]("").id)
        return (data, named) if len(taken) == len(named.containers) else pickling.dump(state)

    def _note_saved(
        self, connection: sqlite3.Connection, service: str, seq: int, digest: bytes, named: pickling.Named
    ) -> None:
        containers = {container.id: container for container in named.containers}
        for gone in self._named.get(service, set()) - containers.keys():
            store.drop_container(connection, gone)
            self._containers.pop(gone, None)
        for container in named.containers:
            container.seq = seq
        self._containers.update(containers)
        self._named[service], self._references[service] = set(containers), named.services
        self._seqs[service], self._digests[service] = seq, digest


def _bytes(piece: object) -> bytes | None:
    return None if piece is None else pickle.dumps(piece, protocol=5)


def _name(service: str) -> str:
    return f"{moto.__version__}/{service}"


_memory = _Memory()
