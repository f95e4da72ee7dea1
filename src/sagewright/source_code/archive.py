"""The archive of a job's code: the same bytes for the same files."""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
from collections.abc import Mapping
from typing import IO


def write_archive(entries: Mapping[str, str], file: IO[bytes]) -> None:
    """Write a gzipped tar archive; names in order, without times and owners; of modes only whether a file can be run.

    Args:
        entries: Name in the archive to the path of a file or folder; links are followed.
        file: Is written as it comes: nothing is held in memory.
    """
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, path in entries.items():
            add_file(archive, name, path)


def size_of(entries: Mapping[str, str]) -> tuple[int, str, int]:
    """Return the bytes of all entries, and the name and bytes of the largest."""
    sizes = {name: os.stat(path).st_size for name, path in entries.items() if os.path.isfile(path)}
    largest = max(sizes, key=lambda name: sizes[name], default="")
    return sum(sizes.values()), largest, sizes.get(largest, 0)


def add_file(archive: tarfile.TarFile, name: str, path: str) -> None:
    """Add a file, or a folder without what is in it, that says nothing of when and by whom it was made."""
    member = tarfile.TarInfo(name)
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        member.type, member.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(member)
        return
    member.mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
    with open(path, "rb") as content:
        member.size = os.fstat(content.fileno()).st_size
        archive.addfile(member, content)
