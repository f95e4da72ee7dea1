"""DescribeTrainingJob in process, per second."""

from __future__ import annotations

from typing import Any

from benchmarks.jobs import no_op_request, wait_for
from benchmarks.timing import seconds
from sagewright import targets

CALLS = 500


def main() -> None:
    session = targets.boto_session()
    session.client("s3").create_bucket(Bucket="bench")
    sagemaker: Any = session.client("sagemaker")
    request = no_op_request()
    sagemaker.create_training_job(**request)
    wait_for(sagemaker, request["TrainingJobName"])

    def describe() -> None:
        for _ in range(CALLS):
            sagemaker.describe_training_job(TrainingJobName=request["TrainingJobName"])

    describe()
    took = min(seconds(describe) for _ in range(5))
    print("DescribeTrainingJob in process, boto3 included")
    print(f"    {CALLS / took:,.0f} calls per second, {took / CALLS * 1e3:.2f} ms each\n")
