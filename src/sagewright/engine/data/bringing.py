"""The bytes of one epoch of a pipe."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from sagewright.engine.data.augmented import Lines, own_lines
from sagewright.engine.data.errors import download_failed
from sagewright.engine.data.order import own_numbers
from sagewright.engine.data.pins import Pins
from sagewright.engine.planning.document import Fetch
from sagewright.vocabulary import recordio

_PIECE = 1 << 20
_SENT_AT_ONCE = 1 << 30
_EXPANDED_IN_MEMORY = 16 << 20

Source = Pins | Lines


def bring(fetch: Fetch, source: Source, epoch: int, pipe: int) -> None:
    """Write an epoch into a pipe; return at its end.

    Raises:
        BrokenPipeError: Nobody reads any more.
        LayoutError: An object cannot be expanded or framed.
    """
    for name, piece in _pieces(source, fetch, epoch):
        if isinstance(piece, bytes):
            _write(pipe, recordio.frame(piece) if fetch.record_io else piece)
        else:
            _bring_file(fetch, name, piece, pipe)


def _pieces(source: Source, fetch: Fetch, epoch: int) -> Iterator[tuple[Callable[[], str], bytes | Path]]:
    """Yield what the epoch is made of, in order, and what says how to call it."""
    if isinstance(source, Lines):
        for number in own_lines(source, epoch):
            for position, value in enumerate(source.values(number)):
                yield partial("line {}, `{}`".format, number + 1, fetch.attributes[position]), value
        return
    for number in own_numbers(source.count, source.share, source.shares, fetch.seed, epoch):
        path = source.path(number)
        if path.exists():
            yield partial(_key, source, number), path


def _key(pins: Pins, number: int) -> str:
    return f"`{pins.key(number)}`"


def _bring_file(fetch: Fetch, name: Callable[[], str], path: Path, pipe: int) -> None:
    with path.open("rb", buffering=0) as file:
        if not fetch.gunzip:
            _bring_bytes(fetch, name, file, os.fstat(file.fileno()).st_size, pipe)
            return
        with gzip.open(file) as expanded:
            try:
                if not fetch.record_io:
                    while piece := expanded.read(_PIECE):
                        _write(pipe, piece)
                    return
                # A frame begins with its length, which is known at the end.
                with tempfile.SpooledTemporaryFile(_EXPANDED_IN_MEMORY, dir=str(path.parent)) as spool:
                    shutil.copyfileobj(expanded, spool, _PIECE)
                    size = spool.tell()
                    spool.rollover()
                    _bring_bytes(fetch, name, spool, size, pipe)
            except BrokenPipeError:
                raise
            except (OSError, EOFError, zlib.error) as error:
                raise download_failed(f"{name()} cannot be expanded: {error}") from None


def _bring_bytes(fetch: Fetch, name: Callable[[], str], file: IO[bytes], size: int, pipe: int) -> None:
    if not fetch.record_io:
        _send(file, size, pipe)
        return
    if size >= recordio.LONGEST:
        raise download_failed(f"{name()} is too long for one RecordIO record: {size} bytes")
    _write(pipe, recordio.head(size))
    _send(file, size, pipe)
    _write(pipe, bytes(-size % 4))


def _send(file: IO[bytes], size: int, pipe: int) -> None:
    """Let the kernel move a file's bytes."""
    if sys.platform != "linux":  # elsewhere it sends to sockets only
        file.seek(0)
        while piece := file.read(_PIECE):
            _write(pipe, piece)
        return
    offset = 0
    while offset < size:
        sent = os.sendfile(pipe, file.fileno(), offset, min(_SENT_AT_ONCE, size - offset))
        if sent == 0:
            return
        offset += sent


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
