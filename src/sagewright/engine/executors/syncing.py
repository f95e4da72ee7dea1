"""Folders that are stored in S3 while a program writes to them: checkpoints, TensorBoard logs (`contract.md` 1.9).

A file is stored when it has rested from one look to the next, or has not come to rest for half a minute (a log that
grows all the time); one that changes while it is being read is left for a later look. When the program has ended, what
is there is stored as it is. So no object is ever half of what its file was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from sagewright.engine.abc import Clock, NoSuchBucket, NoSuchObject, ObjectStore
from sagewright.engine.planning.document import Sync

LOOK_S = 1.0
REST_AT_LAST_S = 30.0  # a file that never rests is stored all the same
_PAGE = 1000

log = logging.getLogger(__name__)


class SyncError(Exception):
    """A folder cannot be filled or stored; the text says why."""


class FolderSync:
    """Keeps the synced folders of one host.

    Args:
        ml: The host's `/opt/ml`.
        notes: Where to write down what the folders begin with, for whoever stores them should the host die.
    """

    def __init__(
        self, objects: ObjectStore, syncs: Sequence[Sync], ml: Path, clock: Clock, notes: Path | None = None
    ) -> None:
        self._folders = [_Folder(objects, sync, ml / sync.path) for sync in syncs]
        self._clock = clock
        self._notes = notes

    def restore(self) -> None:
        """Make the folders, and fill those that begin with what is stored.

        Raises:
            SyncError: The bucket is gone, or a key cannot be a file.
        """
        for folder in self._folders:
            folder.restore()
        if self._notes and self._folders:
            self._notes.write_text(json.dumps([folder.stored for folder in self._folders]))

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Store what changes, in a thread of its own, until the block is left."""
        if not self._folders:
            yield
            return
        over = threading.Event()
        thread = threading.Thread(target=self._look_around, args=(over,), name="sync", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def finish(self) -> None:
        """Store what the program has left, now that nothing changes any more.

        Raises:
            SyncError: It cannot be stored.
        """
        for folder in self._folders:
            folder.store(folder.files())

    def salvage(self) -> None:
        """Do what `finish` does for a host that has died, and whose knowledge of what was stored died with it.

        What is as it was in the beginning is left out: another host may have stored it anew since, or deleted it.

        Raises:
            SyncError: It cannot be stored.
        """
        for folder, begun_with in zip(self._folders, self._noted(), strict=True):
            changed = {name: stamp for name, stamp in folder.files().items() if begun_with.get(name) != stamp}
            folder.store({name: stamp for name, stamp in changed.items() if not folder.is_stored(name)})

    def _noted(self) -> list[dict[str, _Stamp]]:
        if not (self._notes and self._notes.exists()):
            return [{} for _ in self._folders]
        return [{name: _Stamp(*stamp) for name, stamp in item.items()} for item in json.loads(self._notes.read_text())]

    def _look_around(self, over: threading.Event) -> None:
        while not over.wait(LOOK_S):
            for folder in self._folders:
                try:
                    folder.look(self._clock.now())
                except Exception:  # the border of the thread: the next look, or `finish`, tries again
                    log.exception("storing %s", folder.path)


class _Stamp(NamedTuple):
    """Tells one state of a file from another."""

    inode: int
    size: int
    modified_ns: int


class _ChangedMeanwhile(Exception):
    """The file was written to while it was being read."""


@dataclass
class _Folder:
    """One synced folder.

    Attributes:
        seen: What the last look saw: name -> stamp.
        restless: Names of files that changed since the look before -> when that began (unix seconds).
        stored: What lies in S3 for this host: name -> the stamp it had.
    """

    objects: ObjectStore
    sync: Sync
    path: Path
    seen: dict[str, _Stamp] = field(default_factory=dict)
    restless: dict[str, float] = field(default_factory=dict)
    stored: dict[str, _Stamp] = field(default_factory=dict)

    def restore(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.sync.both_ways:
            return
        try:
            for key in self._keys():
                self._restore_object(key)
        except NoSuchBucket:
            raise SyncError(f"The bucket `{self.sync.bucket}` does not exist.") from None
        except OSError as error:
            raise SyncError(str(error)) from None
        self.stored = self.files()

    def look(self, now: float) -> None:
        """Store the files that have changed and come to rest, and forget those that are gone."""
        files = self.files()
        due = {}
        for name, stamp in files.items():
            if self.stored.get(name) == stamp:
                self.restless.pop(name, None)
            elif self.seen.get(name) == stamp or now - self.restless.setdefault(name, now) >= REST_AT_LAST_S:
                due[name] = stamp
        self.seen = files
        self._drop_gone(files)
        for name, stamp in due.items():
            with contextlib.suppress(_ChangedMeanwhile, FileNotFoundError):
                self._store(name, stamp)

    def store(self, files: dict[str, _Stamp]) -> None:
        """Store the files as they are, and forget those that are gone."""
        try:
            self._drop_gone(self.files())
            for name, stamp in files.items():
                if self.stored.get(name) != stamp:
                    self._store(name, stamp)
        except _ChangedMeanwhile:
            raise SyncError(f"`{self.path}` is still being written to.") from None
        except NoSuchBucket:
            raise SyncError(f"The bucket `{self.sync.bucket}` does not exist.") from None
        except OSError as error:
            raise SyncError(str(error)) from None

    def files(self) -> dict[str, _Stamp]:
        """Return the files below the folder: relative name -> stamp. Links to folders are not followed."""
        found, folders = {}, [""]
        while folders:
            folder = folders.pop()
            with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.path / folder) as entries:
                for entry in entries:
                    name = f"{folder}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(f"{name}/")
                    elif entry.is_file():
                        with contextlib.suppress(FileNotFoundError):
                            found[name] = _stamp(entry.stat())
        return found

    def is_stored(self, name: str) -> bool:
        """Tell whether S3 holds the file's very bytes."""
        try:
            info = self.objects.head(self.sync.bucket, self.sync.prefix + name)
            with open(self.path / name, "rb") as file:
                if os.fstat(file.fileno()).st_size != info.size:
                    return False
                digest = hashlib.md5(usedforsecurity=False)
                while piece := file.read(1 << 20):
                    digest.update(piece)
        except (NoSuchBucket, NoSuchObject, OSError):
            return False
        return digest.hexdigest() == info.etag

    def _store(self, name: str, stamp: _Stamp) -> None:
        with open(self.path / name, "rb") as file:
            self.objects.put(self.sync.bucket, self.sync.prefix + name, cast(BinaryIO, _Steady(file, stamp)))
        self.stored[name] = stamp
        self.restless.pop(name, None)

    def _drop_gone(self, files: dict[str, _Stamp]) -> None:
        if not self.sync.both_ways:
            return
        for name in self.stored.keys() - files.keys():
            self.objects.delete(self.sync.bucket, self.sync.prefix + name)
            del self.stored[name]

    def _restore_object(self, key: str) -> None:
        name = key[len(self.sync.prefix) :]
        if not name or name.endswith("/"):  # a key that stands for a folder
            return
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\0" in name:
            raise SyncError(f"The key `{key}` is not a path inside `{self.sync.path}`.")
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(NoSuchObject):
            self.objects.materialise(self.sync.bucket, key, target)

    def _keys(self) -> Iterator[str]:
        after: str | None = ""
        while after is not None:
            listing = self.objects.list(self.sync.bucket, self.sync.prefix, after=after, limit=_PAGE)
            yield from (info.key for info in listing.objects)
            after = listing.next_after


class _Steady:
    """A file that must not change while it is read, up to its end."""

    def __init__(self, file: BinaryIO, stamp: _Stamp) -> None:
        self._file, self._stamp = file, stamp

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        if _stamp(os.fstat(self._file.fileno())) != self._stamp:
            raise _ChangedMeanwhile
        return piece


def _stamp(facts: os.stat_result) -> _Stamp:
    return _Stamp(facts.st_ino, facts.st_size, facts.st_mtime_ns)
