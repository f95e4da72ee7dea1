"""A no-op script job through the warm engine, over `python script.py`."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from benchmarks.jobs import no_op_request, wait_for
from benchmarks.timing import in_turns, report
from sagewright import targets


def main() -> None:
    session = targets.boto_session()
    session.client("s3").create_bucket(Bucket="bench")
    sagemaker: Any = session.client("sagemaker")

    def job() -> None:
        request = no_op_request()
        sagemaker.create_training_job(**request)
        wait_for(sagemaker, request["TrainingJobName"])

    job()
    ours, theirs = in_turns(job, lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 20)
    report(
        "A no-op script job, submit to Completed, warm engine", ours, theirs, "python script.py", "150 ms more at most"
    )
