"""Gzip by several threads, for archives of models: one member, as `gzip` would write it, in blocks of their own."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

BLOCK_BYTES = 1 << 20
# v2 packs with 9. What models hold is mostly numbers, which 9 makes smaller than 3 by a few per cent, in many times
# the time.
LEVEL = 3
_SAMPLE_BYTES = 1 << 14
_WORTH_IT = 0.97  # of its size: a block whose sample stays larger is stored as it is
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no name, no time, unknown system: the same bytes every time


class ParallelGzip(io.RawIOBase):
    """A file to write to; what is written comes out compressed, in order, with little held in memory.

    Args:
        file: Where it goes; stays open.
        threads: None: one for each CPU.
    """

    def __init__(self, file: IO[bytes], threads: int | None = None) -> None:
        self._file, self._threads = file, threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="gzip")
        self._blocks: deque[Future[bytes]] = deque()
        self._pending = bytearray()
        self._checksum = self._size_bytes = 0
        file.write(_HEAD)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pending += data
        while len(self._pending) >= BLOCK_BYTES:
            self._compress(bytes(self._pending[:BLOCK_BYTES]))
            del self._pending[:BLOCK_BYTES]
        return len(data)

    def close(self) -> None:
        """Write what is left, and the end."""
        if self.closed:
            return
        try:
            self._compress(bytes(self._pending))
            while self._blocks:
                self._file.write(self._blocks.popleft().result())
            end = zlib.compressobj(0, zlib.DEFLATED, -15).flush(zlib.Z_FINISH)
            self._file.write(end + struct.pack("<LL", self._checksum, self._size_bytes & 0xFFFFFFFF))
        finally:
            self._pool.shutdown()
            super().close()

    def _compress(self, block: bytes) -> None:
        self._checksum = zlib.crc32(block, self._checksum)
        self._size_bytes += len(block)
        self._blocks.append(self._pool.submit(_compressed, block))
        if len(self._blocks) > 2 * self._threads:
            self._file.write(self._blocks.popleft().result())


def _compressed(block: bytes) -> bytes:
    """Return a block as deflate data that ends at a byte and refers to nothing before it."""
    sample = memoryview(block)[:_SAMPLE_BYTES]
    level = LEVEL if len(zlib.compress(sample, 1)) < _WORTH_IT * len(sample) else 0
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(block) + packer.flush(zlib.Z_SYNC_FLUSH)
