"""Amazon's algorithms by their own classes on the embedded engine."""

from __future__ import annotations

import numpy as np
import pytest

import sagewright as sagemaker
from tests.e2e.conftest import ROLE


def test_linear_learner_learns_records_and_answers_with_records(home):
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(400, 3)).astype("float32")
    labels = (rows @ np.array([1, -2, 3]) + 4).astype("float32")
    learner = sagemaker.LinearLearner(ROLE, 1, "ml.m5.large", predictor_type="regressor", epochs=15)
    records = [
        learner.record_set(rows[:300], labels[:300]),
        learner.record_set(rows[300:], labels[300:], channel="validation", distribution="FullyReplicated"),
    ]

    learner.fit(records, mini_batch_size=20, logs=False, job_name="lines")
    attached = sagemaker.LinearLearner.attach("lines")
    assert attached.hyperparameters()["predictor_type"] == "regressor"

    predictor = attached.deploy(1, "ml.m5.large")
    try:
        answers = predictor.predict(rows[:5])
    finally:
        predictor.delete_endpoint()
    scores = [answer.label["score"].float32_tensor.values[0] for answer in answers]
    assert scores == pytest.approx(labels[:5].tolist(), abs=0.05)
