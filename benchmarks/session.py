"""`Session()` with its SageMaker client, over a boto3 session and client."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.timing import in_turns, report

OURS = "import sagewright; sagewright.Session().sagemaker_client"
THEIRS = "import boto3; boto3.Session(region_name='us-east-1').client('sagemaker')"


def main() -> None:
    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    run(OURS)
    run(THEIRS)
    ours, theirs = in_turns(lambda: run(OURS), lambda: run(THEIRS), 9)
    report("Session() and its SageMaker client, process start included", ours, theirs, "boto3", "1.1x")
