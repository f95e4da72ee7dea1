"""SQLite files that many threads and processes share.

What the stores rest on:

- **Write-ahead log, `synchronous=FULL`.** A response is sent after its state is durable. The death of a process loses
  nothing under NORMAL either; FULL also keeps the last commits when the power fails, for one fsync per transaction.
- **BEGIN IMMEDIATE and a random retry of our own.** SQLite's busy handler backs off to 100 ms, so that under load one
  writer waits for seconds while another one writes thousands of times; short random sleeps share the lock evenly.
- **No connection crosses a fork.** SQLite remembers per process which locks it holds. A child that was forked beside an
  open connection believes it holds its parent's locks and takes none, and the last other process to close would delete
  the log under its feet. So every connection is closed before a fork, which waits for the transactions under way.
- **A guard that no reader drops.** Whoever reads a database's files in this process and closes them (an archive of the
  folder, a backup, a digest) drops SQLite's locks with that, and others would take the log for nobody's. A second lock
  per database, of the kind that belongs to an open file, holds them off (`database_guard.py`).
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sagewright.engine.database_guard import GUARDS

T = TypeVar("T")
Migration = Sequence[str]
"""The statements that bring a schema from one version to the next."""

_GIVE_UP_S = 60.0
_FORK_PATIENCE_S = 10.0
_WAL_KEPT_BYTES = 16 << 20


class NewerSchema(RuntimeError):
    """The file was written by a later version of Sagewright."""


class Database:
    """One SQLite file and this process's connections to it, each used by one thread at a time.

    Args:
        migrations: Schema version `n` is reached by the first `n` of them. Released ones are never changed.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration]) -> None:
        self._path = path
        self._migrations = migrations
        self._lock = threading.RLock()
        self._condition = threading.Condition(self._lock)
        self._idle: list[sqlite3.Connection] = []
        self._busy = 0
        self._is_closed = False
        self._is_freezing = False
        self._pid = os.getpid()
        weakref.finalize(self, _close_all, self._idle, path, self._pid)
        with _forking:
            _databases.add(self)

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` finds in one statement. It may run more than once."""
        connection = self._take()
        try:
            try:
                return work(connection)
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise
            return _patiently(lambda: work(connection))
        finally:
            self._give_back(connection)

    def snapshot(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` finds in several statements that all see the same state. It may run more than once."""

        def both(connection: sqlite3.Connection) -> T:
            with _transaction(connection, "BEGIN"):
                return work(connection)

        return self.read(both)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in a transaction of its own and return once it is durable. It runs once, and not beside another.

        An exception of `work` undoes it. `work` must be short, and must not use another database nor fork.
        """
        with self.connection() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            return work(connection)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to the calling thread."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close the idle connections, and those in use when they come back."""
        with self._lock:
            self._is_closed = True
            _close_all(self._idle, self._path, self._pid)

    def _take(self) -> sqlite3.Connection:
        with self._lock:  # entered in C, which the condition is not
            if self._is_freezing:
                self._condition.wait_for(lambda: not self._is_freezing)
            if self._pid != os.getpid():
                raise RuntimeError(f"`{self._path}` was in use while this process was forked, and is lost to it")
            self._busy += 1
            if self._idle:
                return self._idle.pop()
        try:
            return _patiently(self._open)
        except BaseException:
            self._give_back(None)
            raise

    def _give_back(self, connection: sqlite3.Connection | None) -> None:
        with self._lock:
            self._busy -= 1
            if connection is not None:
                if self._is_closed or connection.in_transaction:
                    _close(connection, self._path)
                else:
                    self._idle.append(connection)
            if self._is_freezing:
                self._condition.notify_all()

    def _open(self) -> sqlite3.Connection:
        with _opening:
            _create_private(self._path)
            connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        GUARDS.hold(self._path)
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        if _schema_version(connection) == len(self._migrations):
            return
        with _transaction(connection, "BEGIN IMMEDIATE"):
            version = _schema_version(connection)
            if version > len(self._migrations):
                raise NewerSchema(
                    f"`{self._path}` has the schema version {version}; this Sagewright knows {len(self._migrations)}\n"
                    "hint: upgrade Sagewright, or point SAGEWRIGHT_HOME to another folder"
                )
            for migration in self._migrations[version:]:
                for statement in migration:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(self._migrations)}")

    def freeze(self) -> None:
        """Close every connection, waiting for those in use, and lend none until the fork is over."""
        self._condition.acquire()
        self._is_freezing = True
        self._condition.wait_for(lambda: not self._busy, _FORK_PATIENCE_S)
        _close_all(self._idle, self._path, self._pid)

    def thaw(self) -> None:
        """Go on in the process that has forked."""
        self._is_freezing = False
        self._condition.notify_all()
        self._condition.release()

    def thaw_in_child(self) -> None:
        """Go on in the forked process, unless a connection was in use all the time: then the database is lost to it."""
        self._lock = threading.RLock()
        self._condition = threading.Condition(self._lock)
        self._is_freezing = False
        if not self._busy:
            self._pid = os.getpid()


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    _patiently(lambda: connection.execute(begin))
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # An error of the disk may have rolled back already.
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _patiently(work: Callable[[], T]) -> T:
    """Do `work` again for as long as others hold the lock it needs."""
    deadline = time.monotonic() + _GIVE_UP_S
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(0.0003, 0.0023))  # noqa: S311  # spreads writers, hides nothing


def _is_busy(error: sqlite3.OperationalError) -> bool:
    # Python 3.10 has no `sqlite_errorcode`: SQLITE_BUSY, SQLITE_LOCKED and SQLITE_PROTOCOL by their texts.
    text = str(error)
    return "is locked" in text or text == "locking protocol"


def _schema_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _create_private(path: Path) -> None:
    """Make the file for its owner's eyes alone; SQLite gives the log the same mode.

    Only a file that was not there is opened: closing a descriptor of the file drops every lock that this process has
    on it, whichever connection took it.
    """
    if not path.exists():
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _close_all(connections: list[sqlite3.Connection], path: Path, pid: int) -> None:
    if pid == os.getpid():
        while connections:
            _close(connections.pop(), path)


def _close(connection: sqlite3.Connection, path: Path) -> None:
    with GUARDS.dropped(path):
        connection.close()


_opening = threading.Lock()
_forking = threading.Lock()
_databases: weakref.WeakSet[Database] = weakref.WeakSet()
_frozen: list[Database] = []


def _before_fork() -> None:
    _forking.acquire()
    _frozen.extend(_databases)
    for database in _frozen:
        database.freeze()


def _after_fork_in_parent() -> None:
    while _frozen:
        _frozen.pop().thaw()
    _forking.release()


def _after_fork_in_child() -> None:
    GUARDS.renew()
    while _frozen:
        _frozen.pop().thaw_in_child()
    _forking.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
