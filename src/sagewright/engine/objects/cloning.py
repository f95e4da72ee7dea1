"""Copying a file's bytes inside of the kernel: sharing blocks where the file system can, else without our memory."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import BinaryIO

_FICLONE = 0x40049409  # linux/fs.h
_PIECE = 1 << 30
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
_CANNOT = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOTTY, errno.EPERM, errno.EBADF}


def clone(source: BinaryIO, target: BinaryIO) -> None:
    """Copy all bytes of `source` to the end of what has been written to `target`, an unbuffered file."""
    if target.tell() == 0 and _share_blocks(source, target):
        target.seek(0, os.SEEK_END)
        return
    source.seek(0)
    if not _copy_in_kernel(source, target):
        shutil.copyfileobj(source, target, 1 << 20)


def link(source: Path, target: Path) -> bool:
    """Give a file another name; False: it is gone, or the file system cannot (again: EMLINK, EXDEV, EPERM, ...)."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in _FULL:
            raise
        return False
    return True


def _share_blocks(source: BinaryIO, target: BinaryIO) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
        return True
    return False


def _copy_in_kernel(source: BinaryIO, target: BinaryIO) -> bool:
    if not hasattr(os, "copy_file_range"):
        return False
    size = os.fstat(source.fileno()).st_size
    offset = 0
    while offset < size:
        try:
            copied = os.copy_file_range(source.fileno(), target.fileno(), min(_PIECE, size - offset), offset)
        except OSError as error:
            if error.errno in _CANNOT and offset == 0:
                return False
            raise
        if copied == 0:
            return offset > 0 or size == 0
        offset += copied
    return True
