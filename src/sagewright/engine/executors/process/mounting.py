"""Mounting, by the C library alone."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sagewright.engine.data.views import View

MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000
_MS_RDONLY = 0x1
_MS_REMOUNT = 0x20
_MS_RELATIME = 0x20_0000
_KEPT = 0x2 | 0x4 | 0x8 | 0x400 | 0x800  # nosuid, nodev, noexec, noatime, nodiratime: alike in statvfs and mount
_ST_RELATIME = 0x1000

libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def show(view: View) -> None:
    """Show a view in the calling process's mount namespace.

    What lies under an overlay is only read: the kernel copies a file up into the scratch folder before anything of it
    is changed, its mode and times included.

    Raises:
        OSError: The kernel refuses.
    """
    if view.scratch is None:
        _bind_read_only(view.tree, view.target)
        return
    with held(view.tree) as lower, held(view.scratch / "upper") as upper, held(view.scratch / "work") as work:
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"  # short names, without commas and colons
        try:  # the kernel's own notes on files as attributes that a user may set: a user namespace has no others
            mount("overlay", str(view.target), "overlay", 0, f"{options},userxattr")
        except OSError:  # before Linux 5.11
            mount("overlay", str(view.target), "overlay", 0, options)


def open_up(scratch: Path) -> None:
    """Let a scratch folder be removed: the kernel leaves a folder in it that its own owner may not list."""
    with contextlib.suppress(FileNotFoundError):
        (scratch / "work" / "work").chmod(0o700)


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount something.

    Raises:
        OSError: The kernel refuses.
    """
    assert libc is not None
    texts = [text.encode() if text else None for text in (kind, options)]
    if libc.mount(os.fsencode(source), os.fsencode(target), texts[0], ctypes.c_ulong(flags), texts[1]) != 0:
        raise failed(f"mount {target}")


@contextlib.contextmanager
def held(path: Path) -> Iterator[str]:
    """Yield a name for `path` that stays good when something is mounted over it."""
    handle = os.open(path, os.O_PATH | os.O_NOFOLLOW)
    try:
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


def failed(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def _bind_read_only(tree: Path, target: Path) -> None:
    with held(tree) as source:
        mount(source, str(target), None, MS_BIND)
    present = os.statvfs(target).f_flag  # what the outer mount has, an inner one must not lift
    kept = present & _KEPT | (_MS_RELATIME if present & _ST_RELATIME else 0)
    mount("none", str(target), None, MS_BIND | _MS_REMOUNT | _MS_RDONLY | kept)
