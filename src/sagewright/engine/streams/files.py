"""Logs as files that only grow.

<folder>/<group>/<stream>      one line per event: `<timestamp ms> <ingested ms> <message as a JSON string>`

The first line is a head, `{"name": ..., "created_ms": ...}`. Names are percent-encoded to file names; long ones are
replaced by a digest, and the head (a group's: the file `.name`) says what they are. A line that a killed writer left
torn is passed over; the next writer begins a new one. A position is a number of bytes.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from sagewright.engine.abc import Clock, LogEvent, LogStream, NoSuchLog

_LONGEST_NAME = 200  # bytes of a file name
_PIECE = 1 << 16
_TAIL_BYTES = 1 << 16


class FileLogStore:
    """A `LogStore` for any number of processes on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def create_group(self, group: str) -> bool:
        path = self._group_path(group)
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            return False
        if path.name.startswith("~"):
            (path / ".name").write_text(group)
        return True

    def create_stream(self, group: str, stream: str) -> bool:
        path = self._existing(group) / _file_name(stream)
        head = json.dumps({"name": stream, "created_ms": self._now_ms()}) + "\n"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            return False
        try:
            _write_whole(descriptor, head.encode())
        except OSError:
            path.unlink()  # the next writer tries again
            raise
        finally:
            os.close(descriptor)
        return True

    def append(self, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        path = self._group_path(group) / _file_name(stream)
        now = self._now_ms()
        lines = "".join(f"{e.timestamp_ms} {e.ingested_ms or now} {json.dumps(e.message)}\n" for e in events).encode()
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            self.create_group(group)
            self.create_stream(group, stream)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            if lines:
                # One write: the kernel does not mix it with another writer's.
                _write_whole(descriptor, (b"" if _ends_whole(descriptor) else b"\n") + lines)
        finally:
            os.close(descriptor)

    def read(self, group: str, stream: str, after: int = 0, limit: int = 10_000) -> tuple[Sequence[LogEvent], int]:
        path = self._existing(group) / _file_name(stream)
        events: list[LogEvent] = []
        try:
            with path.open("rb", buffering=_PIECE) as file:
                file.seek(after)
                for line in file:
                    if len(events) >= max(limit, 0) or not line.endswith(b"\n"):
                        break
                    after += len(line)
                    event = _event(line)
                    if event is not None:
                        events.append(event)
        except FileNotFoundError:
            raise NoSuchLog("stream", stream) from None
        return events, after

    def streams(self, group: str, prefix: str = "") -> Sequence[LogStream]:
        folder = self._existing(group)
        named = sorted((name, path) for name, path in _named(folder) if name.startswith(prefix))
        return [_facts(group, name, path) for name, path in named]

    def groups(self, prefix: str = "") -> Sequence[str]:
        names = (
            (child / ".name").read_text() if child.name.startswith("~") else unquote(child.name)
            for child in self._folder.iterdir()
            if not child.name.startswith(".")
        )
        return sorted(name for name in names if name.startswith(prefix))

    def delete_group(self, group: str) -> None:
        grave = self._folder / f".{uuid.uuid4().hex}"
        with contextlib.suppress(FileNotFoundError):
            self._existing(group).rename(grave)
        shutil.rmtree(grave, ignore_errors=True)

    def close(self) -> None:
        """Nothing is kept open."""

    def _group_path(self, group: str) -> Path:
        return self._folder / _file_name(group)

    def _existing(self, group: str) -> Path:
        path = self._group_path(group)
        if not path.is_dir():
            raise NoSuchLog("group", group)
        return path

    def _now_ms(self) -> int:
        return int(self._clock.now() * 1000)


def _file_name(name: str) -> str:
    encoded = quote(name, safe="", errors="surrogatepass").replace("~", "%7E").replace(".", "%2E")
    if len(encoded) <= _LONGEST_NAME:
        return encoded
    return "~" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()


def _named(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each stream's name and file."""
    for child in folder.iterdir():
        if child.name.startswith("."):
            continue
        yield (str(_head(child).get("name")) if child.name.startswith("~") else _name_of(child.name)), child


def _name_of(file_name: str) -> str:
    return unquote(file_name, errors="surrogatepass")


def _head(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        try:
            head = json.loads(file.readline())
        except ValueError:  # whoever made the stream was killed
            return {}
    return head if isinstance(head, dict) else {}


def _facts(group: str, name: str, path: Path) -> LogStream:
    status = path.stat()
    created = _head(path).get("created_ms")
    return LogStream(
        group,
        name,
        created if isinstance(created, int) else int(status.st_ctime * 1000),
        _first_ms(path),
        _last_ms(path, status.st_size),
        status.st_size,
    )


def _first_ms(path: Path) -> int | None:
    with path.open("rb") as file:
        return next((event.timestamp_ms for line in file if (event := _event(line))), None)


def _last_ms(path: Path, size: int) -> int | None:
    with path.open("rb") as file:
        for back in (_TAIL_BYTES, size):  # a line may be longer than the tail
            file.seek(max(0, size - back))
            events = [event for line in file.read().split(b"\n") if (event := _event(line + b"\n"))]
            if events:
                return events[-1].timestamp_ms
    return None


def _event(line: bytes) -> LogEvent | None:
    """Return the event of a line; None for a head and for what is torn."""
    try:
        timestamp, ingested, message = line.split(b" ", 2)
        text = json.loads(message)
        return LogEvent(int(timestamp), text, int(ingested)) if isinstance(text, str) else None
    except ValueError:
        return None


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


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
