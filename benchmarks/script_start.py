"""A script that does nothing, in script mode through the warm engine, over `python script.py`."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from typing import Any

from benchmarks.jobs import no_op_request, wait_for
from benchmarks.timing import in_turns, report
from sagewright import targets

_CODE = {"sagemaker_program": "train.py", "sagemaker_submit_directory": "s3://bench/code/sourcedir.tar.gz"}


def main() -> None:
    session = targets.boto_session()
    session.client("s3").create_bucket(Bucket="bench")
    session.client("s3").put_object(Bucket="bench", Key="code/sourcedir.tar.gz", Body=_archive())
    sagemaker: Any = session.client("sagemaker")

    def job() -> None:
        request = no_op_request()
        request["AlgorithmSpecification"].pop("ContainerEntrypoint")
        sagemaker.create_training_job(**request, HyperParameters=_CODE)
        wait_for(sagemaker, request["TrainingJobName"])

    job()
    ours, theirs = in_turns(job, lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 20)
    report("A script that does nothing, submit to Completed", ours, theirs, "python script.py", "250 ms more at most")


def _archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("train.py"), io.BytesIO())
    return buffer.getvalue()


if __name__ == "__main__":
    main()
