"""Cutting old events off a stream's file."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO

from sagewright.engine.streams.lines import cut_head, event_of, head_of


def cut(path: Path, before_ms: int) -> int:
    """Cut the events at the head of a file off that are older than a time; return how many bytes went.

    A file is written anew only if half of it goes: else the rest would be copied again and again.
    """
    try:
        with path.open("rb") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
            status = os.fstat(file.fileno())
            head = head_of(file.readline())
            start = _first_young(file, head.size, before_ms)
            old = start - head.size
            if not status.st_nlink or head.name is None or old <= 0 or old * 2 < status.st_size - head.size:
                return 0
            file.seek(start)
            _replace(path, cut_head(head, start + head.shift), file)
            return old
    except FileNotFoundError:
        return 0


def sync_folder(folder: Path) -> None:
    """Make durable what has been made, renamed or removed in a folder."""
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _first_young(file: BinaryIO, place: int, before_ms: int) -> int:
    """Return where the first event begins that is not older than a time."""
    for line in file:
        event = event_of(line)
        if not line.endswith(b"\n") or (event is not None and event.timestamp_ms >= before_ms):
            break
        place += len(line)
    return place


def _replace(path: Path, head: bytes, rest: BinaryIO) -> None:
    new = path.with_name(f".{uuid.uuid4().hex}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(head)
            shutil.copyfileobj(rest, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    except OSError:  # the disk is full: the old file stays
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        raise
