"""Archives of models, compressed by several threads."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
import zlib
from pathlib import Path

import pytest

from sagewright.source_code.packing import BLOCK_BYTES, ParallelGzip

RANDOM = os.urandom(3 * BLOCK_BYTES // 2)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"abc" * BLOCK_BYTES, RANDOM, RANDOM + b"\0" * BLOCK_BYTES, b"1" * BLOCK_BYTES]
)
@pytest.mark.parametrize("threads", [1, 3])
def test_what_is_written_comes_back(content: bytes, threads: int) -> None:
    packed = _packed(content, threads)
    assert gzip.decompress(packed) == content
    one_member = zlib.decompressobj(31)
    assert one_member.decompress(packed) == content
    assert (one_member.eof, one_member.unused_data) == (True, b"")
    assert packed == _packed(content, 2), "the bytes are the same, however many threads there were"


def test_random_bytes_are_stored() -> None:
    assert len(_packed(RANDOM)) < len(RANDOM) + 1000
    assert len(_packed(b"0123456789" * BLOCK_BYTES)) < BLOCK_BYTES // 10


def test_tar_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "m.tar.gz"
    with path.open("wb") as file, ParallelGzip(file) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        member = tarfile.TarInfo("model.bin")
        member.size = len(RANDOM)
        archive.addfile(member, io.BytesIO(RANDOM))
    subprocess.run(["tar", "-xzf", path, "-C", tmp_path], check=True)
    assert (tmp_path / "model.bin").read_bytes() == RANDOM


def _packed(content: bytes, threads: int | None = None) -> bytes:
    file = io.BytesIO()
    with ParallelGzip(file, threads) as stream:
        for start in range(0, len(content), 700_001):
            stream.write(content[start : start + 700_001])
    return file.getvalue()
