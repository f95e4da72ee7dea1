"""1,000 and 10,000 objects laid down for a job, over `cp -r` of the same files; and the memory that it takes."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import subprocess
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.timing import in_turns, report
from sagewright.engine.clock import SystemClock
from sagewright.engine.data.providing import provide
from sagewright.engine.objects.files import FileObjectStore
from sagewright.engine.planning.document import Fetch

LINKS = ("overlay", "read-only")
CHANNEL = Fetch("train", "bench", "data/", "input/data/train")


def main() -> None:
    for count in (1_000, 10_000):
        measure(count, 16 << 10)


def measure(count: int, size_bytes: int, runs: int = 3) -> None:
    """Compare the laying down of objects of a size. `measure(10_000, 1 << 20, 1)` takes 21 GB of disk."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("SAGEWRIGHT_HOME")) as name:
        folder = Path(name)
        store, files = folder / "store", folder / "files"
        _fill(store, files, count, size_bytes)
        for what, possible in (("links", LINKS), ("copies", ())):
            ours, theirs = in_turns(lambda kinds=possible: _lay(store, kinds), lambda: _copy(files), runs)  # type: ignore[misc]
            report(
                f"{count:,} objects of {size_bytes:,} bytes as {what}", ours, theirs, "cp -r", "links: well below 1x"
            )
        print(f"    the process that makes the links needs at most {_most_memory(store) >> 20} MiB\n")


def _fill(store: Path, files: Path, count: int, size_bytes: int) -> None:
    objects = FileObjectStore(store, SystemClock())
    objects.create_bucket("bench", "us-east-1", "123456789012")
    for number in range(count):
        path = files / str(number // 1000) / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = os.urandom(size_bytes)
        path.write_bytes(data)
        objects.put("bench", f"data/{number // 1000}/{number}.bin", data)
    objects.close()


def _lay(store: Path, possible: tuple[str, ...]) -> None:
    objects = FileObjectStore(store, SystemClock())
    target = store.with_name("laid")
    provide(objects, [CHANNEL], target / "ml", target / "data", possible)
    objects.close()
    shutil.rmtree(target)


def _copy(files: Path) -> None:
    target = files.with_name("copied")
    subprocess.run(["cp", "-r", str(files), str(target)], check=True)
    shutil.rmtree(target)


def _most_memory(store: Path) -> int:
    """Return the most bytes of memory that a fresh process needs."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_lay_and_tell, store).result()


def _lay_and_tell(store: Path) -> int:
    _lay(store, LINKS)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


if __name__ == "__main__":  # also: `python -m benchmarks.channels`
    main()
