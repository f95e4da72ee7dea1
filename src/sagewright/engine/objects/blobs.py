"""Files of bytes under names of our own, written once: `<folder>/<ab>/<id>`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from sagewright.engine.abc import DamagedObject
from sagewright.engine.objects.cloning import clone, link

_PIECE = 1 << 20


class Blobs:
    """The files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, blob: str) -> Path:
        return self._folder / blob[:2] / blob

    @contextlib.contextmanager
    def new(self) -> Iterator[tuple[str, BinaryIO]]:
        """Lend a new file for bytes; it goes again if the block raises."""
        blob = uuid.uuid4().hex
        path = self.path(blob)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with open(descriptor, "r+b", buffering=0) as file:
                yield blob, cast("BinaryIO", file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def sync(self, blob: str, file: BinaryIO) -> None:
        """Make the bytes and the file's name in its folder durable."""
        os.fsync(file.fileno())
        descriptor = os.open(self.path(blob).parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def open(self, blob: str, size: int) -> BinaryIO:
        """Open a file of a known size.

        Raises:
            DamagedObject: It has another size.
            FileNotFoundError: It is not there.
        """
        file = self.path(blob).open("rb")
        try:
            self._check_size(blob, os.fstat(file.fileno()).st_size, size)
        except DamagedObject:
            file.close()
            raise
        return file

    def lay(self, blob: str, size: int, path: Path, *, shared: bool) -> bool:
        """Make a file of a blob of a known size; False: the blob has gone.

        Raises:
            DamagedObject: It has another size.
        """
        path.unlink(missing_ok=True)  # it may be a link to another blob, which must not be written to
        if shared and link(self.path(blob), path):
            self._check_size(blob, path.stat().st_size, size)
            return True
        try:
            stream = self.open(blob, size)
        except FileNotFoundError:
            return False
        with stream, path.open("xb", buffering=0) as file:
            clone(stream, cast("BinaryIO", file))
        return True

    def unlink(self, blobs: Iterable[str]) -> None:
        for blob in blobs:
            self.path(blob).unlink(missing_ok=True)

    def older_than(self, seconds: float, now: float) -> Iterator[Path]:
        """Yield what was last written so long ago."""
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                if now - path.stat().st_mtime >= seconds:
                    yield path

    def _check_size(self, blob: str, found: int, size: int) -> None:
        if found != size:
            raise DamagedObject(f"`{self.path(blob)}` has {found} bytes, not {size}")


def write(file: BinaryIO, body: BinaryIO | bytes) -> tuple[int, bytes]:
    """Write a body and return its size and MD5 digest."""
    digest = hashlib.md5(usedforsecurity=False)
    if isinstance(body, bytes):
        digest.update(body)
        _write_all(file, memoryview(body))
        return len(body), digest.digest()
    size = 0
    while piece := body.read(_PIECE):
        digest.update(piece)
        _write_all(file, memoryview(piece))
        size += len(piece)
    return size, digest.digest()


def md5_of(stream: BinaryIO, size: int = -1) -> str:
    """Return the MD5 of the next `size` bytes of a stream (-1: of all that follow) in hexadecimal."""
    digest = hashlib.md5(usedforsecurity=False)
    while size and (piece := stream.read(min(size, _PIECE) if size > 0 else _PIECE)):
        digest.update(piece)
        size -= len(piece) if size > 0 else 0
    return digest.hexdigest()


def part_of(file: BinaryIO, start: int, length: int | None) -> BinaryIO:
    """Return a stream of `length` bytes from `start`; None: to the end. It closes the file when it is closed."""
    file.seek(start)
    return file if length is None else cast("BinaryIO", io.BufferedReader(_Slice(file, length), _PIECE))


class _Slice(io.RawIOBase):
    """The next `length` bytes of a file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(min(len(buffer), self._left))
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()


def _write_all(file: BinaryIO, view: memoryview) -> None:
    while view:
        view = view[file.write(view) :]
