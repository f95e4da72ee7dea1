"""Extracting archives of unknown origin."""

from __future__ import annotations

import tarfile
from pathlib import Path, PurePosixPath


def extract_safely(archive: tarfile.TarFile, target: Path, max_bytes: int | None = None) -> None:
    """Extract an archive of unknown origin.

    Args:
        max_bytes: What its files may come to in all; None: whatever they come to.

    Raises:
        tarfile.TarError: A member would lie, or link, outside of `target`, or is a device; or the files are too large.
    """
    budget = _Budget(max_bytes)
    if hasattr(tarfile, "data_filter"):
        archive.extractall(target, filter=budget.data_filter)  # noqa: S202 - the safe filter, and a limit
        return
    for member in archive:  # Pythons before the filter was backported
        if not (member.isfile() or member.isdir()) or escapes(member.name):
            raise tarfile.TarError(f"member `{member.name}` is not a plain file inside the archive")
        archive.extract(budget.spend(member), target)


def escapes(name: str) -> bool:
    """Tell whether a relative path would lead out of its folder."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\0" in name


class _Budget:
    """How many bytes an archive may still unfold to."""

    def __init__(self, max_bytes: int | None) -> None:
        self._max_bytes, self._left = max_bytes, max_bytes

    def data_filter(self, member: tarfile.TarInfo, path: str) -> tarfile.TarInfo:
        return self.spend(tarfile.data_filter(member, path))

    def spend(self, member: tarfile.TarInfo) -> tarfile.TarInfo:
        if self._left is not None:
            self._left -= member.size
            if self._left < 0:
                raise tarfile.TarError(f"its files come to more than {self._max_bytes} bytes")
        return member
