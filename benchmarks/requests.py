"""Requests of training jobs per second: an estimator's and its inputs' way to the document, over the goal."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from sagewright.estimator import Estimator
from sagewright.estimator.submission import spec_of
from sagewright.inputs import TrainingInput
from sagewright.requests.training import training_request

GOAL = 10_000
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest"


def main() -> None:
    estimator = Estimator(
        IMAGE,
        "arn:aws:iam::123456789012:role/r",
        1,
        "ml.m5.large",
        output_path="s3://bucket/out",
        hyperparameters={"feature_dim": 10, "predictor_type": "regressor"},
    )
    inputs = {"train": TrainingInput("s3://bucket/train", content_type="text/csv"), "test": "s3://bucket/test"}
    spec = spec_of(estimator, inputs, "job", None)
    whole = _per_second(lambda: training_request(spec_of(estimator, inputs, "job", None)))
    pure = _per_second(lambda: training_request(spec))
    print("build requests of training jobs")
    print(f"    from the estimator {whole:,.0f} a CPU second, from a spec {pure:,.0f}")
    print(f"    goal: {GOAL:,} from the estimator: {whole / GOAL:.2f}x\n")


def _per_second(action: Callable[[], object], runs: int = 7, each: int = 1000) -> float:
    """Return how often something is done in a second of this process's own time, so that others don't count."""
    rates = []
    for _ in range(runs):
        begin = time.process_time()
        for _ in range(each):
            action()
        rates.append(each / (time.process_time() - begin))
    return statistics.median(rates)
