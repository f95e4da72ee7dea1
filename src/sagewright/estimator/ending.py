"""Staying with an estimator's job to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.local.folders import fetch_outputs, is_folder

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase
    from sagewright.training_job import TrainingJob


def stay_with(estimator: EstimatorBase, job: TrainingJob, *, wait: bool, logs: Any) -> None:
    """Wait for a job's end, and bring what it left to where it is wanted.

    Raises:
        UnexpectedStatusException: The job has failed.
    """
    to_folder = is_folder(estimator.output_path)
    if not (wait or to_folder):
        return
    job.wait(logs=None if estimator.debug else logs)  # what is debugged has shown its output as it came
    if estimator.metric_definitions:
        from sagewright.following import warn_of_metrics_not_found

        warn_of_metrics_not_found(job.describe(), estimator.metric_definitions)
    if to_folder:
        fetch_outputs(estimator.sagemaker_session, str(estimator.output_path), job.describe())
