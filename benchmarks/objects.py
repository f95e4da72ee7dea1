"""1 GiB into and out of the object store with boto3, over `cp`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks.timing import in_turns, report
from sagewright import targets

GIB = 1 << 30


def main() -> None:
    session = targets.boto_session()
    s3 = session.client("s3")
    s3.create_bucket(Bucket="bench")
    with tempfile.TemporaryDirectory(dir=os.environ["SAGEWRIGHT_HOME"]) as folder:
        source, copy, back = (Path(folder) / name for name in ("source", "copy", "back"))
        block = os.urandom(1 << 20)
        with open(source, "wb") as file:
            for _ in range(GIB >> 20):
                file.write(block)

        def cp() -> None:
            subprocess.run(["cp", str(source), str(copy)], check=True)

        ours, theirs = in_turns(lambda: s3.upload_file(str(source), "bench", "object"), cp, 3)
        report("1 GiB upload_file", ours, theirs, "cp", "as near as hashing allows")
        ours, theirs = in_turns(lambda: s3.download_file("bench", "object", str(back)), cp, 3)
        report("1 GiB download_file", ours, theirs, "cp", "as near as copying allows")
