"""What has come of a tuner's job."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright.arguments import refused, suggests
from sagewright.tuner.parts import Parts

if TYPE_CHECKING:
    from sagewright.analytics import HyperparameterTuningJobAnalytics
    from sagewright.tuner.tuning_job import TuningJob

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_PLOT = "plot `analytics().dataframe()` instead"


@suggests
class Results(Parts):
    """The part of a tuner that concerns a job which was started."""

    def describe(self) -> Document:
        """Return `DescribeHyperParameterTuningJob`'s answer.

        Raises:
            ValueError: Nothing was tuned.
        """
        self._job()
        return self.sagemaker_session.describe_tuning_job(str(self._current_job_name))

    def wait(self) -> None:
        """Wait for the job's end, with a character for each look.

        Raises:
            ValueError: Nothing was tuned.
            UnexpectedStatusException: It has ended, and not well.
        """
        self._job().wait()

    def stop_tuning_job(self) -> None:
        """Tell the job, and all its training jobs, to stop.

        Raises:
            ValueError: Nothing was tuned.
        """
        self._job().stop()

    def best_training_job(self) -> str:
        """Return the name of the training job with the best objective.

        Raises:
            ValueError: Nothing was tuned.
            Exception: No training job has an objective yet.
        """
        return str(self._best()["TrainingJobName"])

    def best_estimator(self, best_training_job: Document | None = None) -> Any:
        """Return an estimator that is attached to the best training job.

        Args:
            best_training_job: The document of another one, as a description of the tuning job holds it.
        """
        best = best_training_job or self._best()
        estimator: Any = self.estimator
        if estimator is None:
            estimator = (self.estimator_dict or {})[best["TrainingJobDefinitionName"]]
        return estimator.attach(training_job_name=best["TrainingJobName"], sagemaker_session=self.sagemaker_session)

    def deploy(
        self,
        initial_instance_count: int | None,
        instance_type: str | None,
        serializer: Any = None,
        deserializer: Any = None,
        accelerator_type: str | None = None,
        endpoint_name: str | None = None,
        wait: bool = True,
        model_name: str | None = None,
        kms_key: str | None = None,
        data_capture_config: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Serve the best training job's model; return a predictor.

        Args:
            endpoint_name: None: the training job's.
            **kwargs: As for the estimator's `deploy`.
        """
        best = self._best()
        return self.best_estimator(best).deploy(
            initial_instance_count=initial_instance_count,
            instance_type=instance_type,
            serializer=serializer,
            deserializer=deserializer,
            accelerator_type=accelerator_type,
            endpoint_name=endpoint_name or best["TrainingJobName"],
            wait=wait,
            model_name=model_name,
            kms_key=kms_key,
            data_capture_config=data_capture_config,
            **kwargs,
        )

    def analytics(self) -> HyperparameterTuningJobAnalytics:
        """Return the training jobs as a table: `HyperparameterTuningJobAnalytics`."""
        from sagewright.analytics import HyperparameterTuningJobAnalytics

        return HyperparameterTuningJobAnalytics(self._job().name, self.sagemaker_session)

    def delete_endpoint(self, *args: Any, **kwargs: Any) -> None:
        """Say that it does nothing since v2: delete with the predictor."""
        logger.warning(
            "The function delete_endpoint is a no-op in sagemaker>=2.\n"
            "See: https://sagemaker.readthedocs.io/en/stable/v2.html for details."
        )

    visualize_jobs = staticmethod(refused("HyperparameterTuner.visualize_jobs", _PLOT))
    visualize_job = refused("HyperparameterTuner.visualize_job", _PLOT)

    def _job(self) -> TuningJob:
        if self.latest_tuning_job is None:
            raise ValueError(
                "No tuning job available\nhint: call `fit`, or `HyperparameterTuner.attach` for another's."
            )
        return self.latest_tuning_job

    def _best(self) -> Document:
        name = self._job().name
        description = self.sagemaker_session.sagemaker_client.describe_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name
        )
        if "BestTrainingJob" not in description:
            raise Exception(f"Best training job not available for tuning job: {name}")
        found: Document = description["BestTrainingJob"]
        return found
