"""200 no-op jobs, over 200 bare runs at the same parallelism."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.jobs import no_op_request
from benchmarks.timing import report, seconds
from sagewright import targets
from sagewright.engine.steward.capacity import demand_of
from sagewright.engine.steward.machine import cpus

JOBS = 200


def main() -> None:
    session = targets.boto_session()
    session.client("s3").create_bucket(Bucket="bench")
    sagemaker: Any = session.client("sagemaker")
    parallel = max(1, cpus() // demand_of(no_op_request()["ResourceConfig"]).cpus)

    def jobs() -> None:
        for _ in range(JOBS):
            sagemaker.create_training_job(**no_op_request())
        while _completed(sagemaker) < JOBS:
            time.sleep(0.05)

    def bare() -> None:
        with ThreadPoolExecutor(parallel) as pool:
            list(pool.map(lambda _: subprocess.run([sys.executable, "-c", "pass"], check=True), range(JOBS)))

    ours, theirs = seconds(jobs), seconds(bare)
    report(f"{JOBS} no-op jobs, {parallel} at a time", ours, theirs, f"{JOBS} bare runs", "2x (half the throughput)")


def _completed(sagemaker: Any) -> int:
    pages = sagemaker.get_paginator("list_training_jobs").paginate(StatusEquals="Completed")
    return sum(len(page["TrainingJobSummaries"]) for page in pages)
