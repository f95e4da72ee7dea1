"""Logs as files that only grow.

<folder>/<group>/<stream>      the lines of `lines.py`, under the names of `names.py`
<folder>/<group>/.group        `{"name", "created_ms", "settings"}`

A line that a killed writer left torn is passed over; the next writer begins a new one. Writers hold a shared lock on
the file. Cutting old events off takes it alone and puts another file in the place of the first, which a writer that
comes late sees by its having no name any more.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sagewright.engine.abc import Clock, LogEvent, LogGroup, LogStream, NoSuchLog, PlacedEvent
from sagewright.engine.streams.cutting import cut, sync_folder
from sagewright.engine.streams.facts import StreamFacts
from sagewright.engine.streams.lines import backward, event_of, forward, head_of, new_head, written
from sagewright.engine.streams.names import file_name, name_in

_PIECE = 1 << 16
_GROUP = ".group"


class FileLogStore:
    """A `LogStore` for any number of processes on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._facts = StreamFacts()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    # Groups

    def create_group(self, group: str) -> bool:
        path = self._group_path(group)
        if path.is_dir():
            return False
        new = self._folder / f".{uuid.uuid4().hex}"
        new.mkdir(mode=0o700)
        _write_file(new / _GROUP, {"name": group, "created_ms": self._now_ms(), "settings": {}})
        try:
            new.rename(path)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):  # somebody else was faster
                return False
            raise
        sync_folder(self._folder)
        return True

    def group(self, group: str) -> LogGroup:
        path = self._existing(group)
        facts = _read_file(path / _GROUP)
        created = facts.get("created_ms", int(path.stat().st_ctime * 1000))
        return LogGroup(group, created, facts.get("settings", {}))

    def groups(self, prefix: str = "") -> Sequence[str]:
        return sorted(name for name in map(_group_name, self._group_folders()) if name.startswith(prefix))

    def stored_bytes(self, group: str) -> int:
        total = 0
        with os.scandir(self._existing(group)) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    total += 0 if entry.name.startswith(".") else entry.stat().st_size
        return total

    def configure_group(self, group: str, setting: str, value: Any) -> None:
        path = self._existing(group)
        with _locked_folder(path):
            facts = self.group(group)
            settings = {**facts.settings, setting: value}
            kept = {name: each for name, each in settings.items() if each is not None}
            _write_file(path / _GROUP, {"name": group, "created_ms": facts.created_ms, "settings": kept})

    def delete_group(self, group: str) -> None:
        grave = self._folder / f".{uuid.uuid4().hex}"
        with contextlib.suppress(FileNotFoundError):
            self._existing(group).rename(grave)
        self._facts.forget()
        sync_folder(self._folder)
        shutil.rmtree(grave, ignore_errors=True)

    # Streams

    def create_stream(self, group: str, stream: str) -> bool:
        path = self._existing(group) / file_name(stream)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            return False
        try:
            _write_whole(descriptor, new_head(stream, self._now_ms()))
        except OSError:
            path.unlink()  # the next writer tries again
            raise
        finally:
            os.close(descriptor)
        return True

    def stream(self, group: str, stream: str) -> LogStream:
        path = self._existing(group) / file_name(stream)
        try:
            return self._facts.of(group, stream, str(path))
        except FileNotFoundError:
            raise NoSuchLog("stream", stream) from None

    def stream_names(self, group: str, prefix: str = "") -> Sequence[str]:
        return sorted(name for name, _ in _named(self._existing(group)) if name.startswith(prefix))

    def streams(self, group: str, prefix: str = "") -> Sequence[LogStream]:
        found = []
        for name, path in sorted(_named(self._existing(group))):
            if name.startswith(prefix):
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    found.append(self._facts.of(group, name, path))
        return found

    def delete_stream(self, group: str, stream: str) -> None:
        folder = self._existing(group)
        try:
            (folder / file_name(stream)).unlink()
        except FileNotFoundError:
            raise NoSuchLog("stream", stream) from None
        self._facts.forget()
        sync_folder(folder)

    # Events

    def append(self, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        path = self._group_path(group) / file_name(stream)
        lines = written(events, self._now_ms())
        while not _append(path, lines):
            self.create_group(group)
            with contextlib.suppress(NoSuchLog):  # deleted meanwhile: once more
                self.create_stream(group, stream)

    def read(self, group: str, stream: str, after: int = 0, limit: int = 10_000) -> tuple[Sequence[LogEvent], int]:
        path = self._existing(group) / file_name(stream)
        events: list[LogEvent] = []
        try:
            with path.open("rb", buffering=_PIECE) as file:
                shift = head_of(file.readline()).shift
                place = file.seek(max(after - shift, 0))
                for line in file:
                    if len(events) >= max(limit, 0) or not line.endswith(b"\n"):
                        break
                    place += len(line)
                    event = event_of(line)
                    if event is not None:
                        events.append(event)
        except FileNotFoundError:
            raise NoSuchLog("stream", stream) from None
        return events, max(after, place + shift)

    def scan(
        self, group: str, stream: str, after: int = 0, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        path = self._existing(group) / file_name(stream)
        try:
            return forward(path, after, start_ms, end_ms)
        except FileNotFoundError:
            raise NoSuchLog("stream", stream) from None

    def scan_back(
        self, group: str, stream: str, before: int | None = None, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        path = self._existing(group) / file_name(stream)
        try:
            return backward(path, before, start_ms, end_ms)
        except FileNotFoundError:
            raise NoSuchLog("stream", stream) from None

    def expire(self, group: str, before_ms: int) -> int:
        return sum(cut(Path(path), before_ms) for _, path in _named(self._existing(group)))

    def sweep(self) -> int:
        graves = [child for child in self._folder.iterdir() if child.name.startswith(".")]
        old = [grave for grave in graves if self._clock.now() - grave.stat().st_mtime > 60.0]
        for grave in old:
            shutil.rmtree(grave, ignore_errors=True)
        return len(old)

    def close(self) -> None:
        """Nothing is kept open."""

    def _group_folders(self) -> Iterator[Path]:
        return (child for child in self._folder.iterdir() if not child.name.startswith("."))

    def _group_path(self, group: str) -> Path:
        return self._folder / file_name(group)

    def _existing(self, group: str) -> Path:
        path = self._group_path(group)
        if not path.is_dir():
            raise NoSuchLog("group", group)
        return path

    def _now_ms(self) -> int:
        return int(self._clock.now() * 1000)


def _group_name(folder: Path) -> str:
    name = name_in(folder.name)
    if name is None:
        name = _read_file(folder / _GROUP).get("name")
    return name if name is not None else (folder / ".name").read_text()  # as the first homes have it


def _named(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each stream's name and file."""
    for child in os.listdir(folder):
        if not child.startswith("."):
            name, path = name_in(child), f"{folder}/{child}"
            yield (str(_head_name(path)) if name is None else name), path


def _head_name(path: str) -> str | None:
    with open(path, "rb") as file:
        return head_of(file.readline()).name


def _append(path: Path, lines: bytes) -> bool:
    """Write lines at the end of a file; False: there is no such file (any more)."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        status = os.fstat(descriptor)
        if not status.st_nlink:
            return False
        if lines:
            ends_whole = status.st_size == 0 or os.pread(descriptor, 1, status.st_size - 1) == b"\n"
            # One write: the kernel does not mix it with another writer's.
            _write_whole(descriptor, (b"" if ends_whole else b"\n") + lines)
        return True
    finally:
        os.close(descriptor)


def _write_whole(descriptor: int, data: bytes) -> None:
    """Write data in one piece, or nothing.

    Raises:
        OSError: There is no room for it.
    """
    written = os.write(descriptor, data)
    if written < len(data):
        size = os.fstat(descriptor).st_size
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def _locked_folder(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return facts


def _write_file(path: Path, facts: dict[str, Any]) -> None:
    new = path.with_name(f".{uuid.uuid4().hex}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _write_whole(descriptor, json.dumps(facts).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    new.rename(path)
