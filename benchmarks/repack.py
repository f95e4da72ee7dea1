"""Code packed into a model's archive for AWS, over doing it as v2 does: unpack to a folder, pack it with `w:gz`.

The archive holds 64 MB: half of it floats as a trained network has them, a quarter repeats itself, a quarter is text.
Both sides read and write files of this machine; there is no network between.
"""

from __future__ import annotations

import io
import random
import shutil
import struct
import tarfile
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from benchmarks.timing import in_turns, report
from sagewright.source_code.repacking import repack_model

RUNS = 3
MIB = 1 << 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    script = folder / "inference.py"
    script.write_text("def model_fn(model_dir): ...\n")
    _write_model(folder / "model.tar.gz")
    session = _session(folder)
    ours, theirs = in_turns(
        lambda: repack_model(session, "s3://b/model.tar.gz", "s3://b/ours.tar.gz", str(script), None, []),
        lambda: _as_v2(folder, script),
        RUNS,
    )
    sizes = {name: (folder / f"{name}.tar.gz").stat().st_size / MIB for name in ("ours", "theirs")}
    report(
        f"repack a model of 64 MB ({sizes['ours']:.1f} MiB, {sizes['theirs']:.1f})", ours, theirs, "v2's way", "0.2x"
    )


def _write_model(path: Path) -> None:
    drawn = random.Random(1)
    floats = struct.pack(f"{MIB}f", *(drawn.gauss(0, 1) for _ in range(MIB))) * 8
    words = " ".join(f"{drawn.random():.4f}" for _ in range(2 * MIB)).encode()[: 16 * MIB]
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, content in (("weights.bin", floats), ("zeros.bin", bytes(range(256)) * (MIB // 16)), ("t", words)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def _as_v2(folder: Path, script: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(folder / "model.tar.gz") as archive:
            archive.extractall(f"{place}/model", filter="data")
        Path(place, "model", "code").mkdir()
        shutil.copy2(script, f"{place}/model/code")
        with tarfile.open(f"{place}/new.tar.gz", "w:gz") as archive:
            archive.add(f"{place}/model", arcname="")
        shutil.copyfile(f"{place}/new.tar.gz", folder / "theirs.tar.gz")


def _session(folder: Path) -> Any:
    """Return what a repacking needs of a session: an S3 that is a folder."""

    def download(bucket: str, key: str, file: IO[bytes]) -> None:
        with (folder / key).open("rb") as stored:
            shutil.copyfileobj(stored, file)

    def upload(file: IO[bytes], bucket: str, key: str, ExtraArgs: Any) -> None:
        with (folder / key).open("wb") as stored:
            shutil.copyfileobj(file, stored)

    client = SimpleNamespace(download_fileobj=download, upload_fileobj=upload)
    return SimpleNamespace(s3_client=client, settings=None, _default_bucket_name="b", _default_bucket=None)
