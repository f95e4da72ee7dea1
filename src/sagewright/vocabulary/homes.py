"""Homes of engines among a user's files: what is packed or sent of a folder never holds one.

A home holds keys, and the data of everybody's jobs. And whoever opens its databases as plain files drops the locks
that SQLite has on them in the same process: another process that opens them then may truncate what is in use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

STATE, OBJECTS = "state.sqlite3", "objects"  # a file and a folder that every home has

Ignore = Callable[[str, list[str]], Iterable[str]]


def is_home(folder: str | os.PathLike[str]) -> bool:
    """Tell whether a folder is an engine's home."""
    return os.path.isfile(os.path.join(folder, STATE)) and os.path.isdir(os.path.join(folder, OBJECTS))


def below(folder: Path) -> Iterator[Path]:
    """Yield what is below a folder, in order: folders before what is in them, links to folders without it, no homes.

    A folder that is a home itself yields nothing.
    """
    return iter(()) if is_home(folder) else _below(folder)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        is_folder = path.is_dir()
        if is_folder and is_home(path):
            continue
        yield path
        if is_folder and not path.is_symlink():
            yield from _below(path)


def without_homes(ignore: Ignore | None = None) -> Callable[[str, list[str]], set[str]]:
    """Return an `ignore` of `shutil.copytree` that leaves out homes, besides what another one does."""

    def ignored(folder: str, names: list[str]) -> set[str]:
        homes = {name for name in names if is_home(os.path.join(folder, name))}
        return homes if ignore is None else homes | set(ignore(folder, names))

    return ignored
