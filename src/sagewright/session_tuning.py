"""What a session can be asked of tuning jobs (`contract.md` 9.2)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.config import values
from sagewright.following_kinds import TUNING, wait_for_job
from sagewright.requests.tuning import training_definition, tuning_config_document, tuning_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class TuningCalls(Sending):
    """The part of `Session` that concerns tuning jobs."""

    def tune(
        self,
        job_name: str,
        strategy: str,
        objective_type: str | None,
        objective_metric_name: str | None,
        max_jobs: int | None,
        max_parallel_jobs: int,
        parameter_ranges: Document | None,
        static_hyperparameters: Mapping[str, str],
        input_mode: str,
        metric_definitions: Sequence[Document] | None,
        role: str,
        input_config: Sequence[Document] | None,
        output_config: Document,
        resource_config: Document | None,
        stop_condition: Document,
        tags: Tags,
        warm_start_config: Document | None,
        max_runtime_in_seconds: int | None = None,
        strategy_config: Document | None = None,
        completion_criteria_config: Document | None = None,
        enable_network_isolation: bool = False,
        image_uri: str | None = None,
        algorithm_arn: str | None = None,
        early_stopping_type: str = "Off",
        encrypt_inter_container_traffic: bool = False,
        vpc_config: Document | None = None,
        use_spot_instances: bool = False,
        checkpoint_s3_uri: str | None = None,
        checkpoint_local_path: str | None = None,
        random_seed: int | None = None,
        environment: Mapping[str, str] | None = None,
        hpo_resource_config: Document | None = None,
        autotune: bool = False,
        auto_parameters: Mapping[str, str] | None = None,
    ) -> None:
        """Start a tuning job of documents: each argument is a member of `CreateHyperParameterTuningJob`."""
        tuning_config = {
            "strategy": strategy,
            "max_jobs": max_jobs,
            "max_parallel_jobs": max_parallel_jobs,
            "max_runtime_in_seconds": max_runtime_in_seconds,
            "objective_type": objective_type,
            "objective_metric_name": objective_metric_name,
            "parameter_ranges": parameter_ranges,
            "early_stopping_type": early_stopping_type,
            "random_seed": random_seed,
            "strategy_config": strategy_config,
            "completion_criteria_config": completion_criteria_config,
            "auto_parameters": auto_parameters,
        }
        training_config = {
            "static_hyperparameters": static_hyperparameters,
            "role": role,
            "input_mode": input_mode,
            "image_uri": image_uri,
            "algorithm_arn": algorithm_arn,
            "metric_definitions": metric_definitions,
            "input_config": input_config,
            "output_config": output_config,
            "resource_config": resource_config,
            "hpo_resource_config": hpo_resource_config,
            "vpc_config": vpc_config,
            "stop_condition": stop_condition,
            "enable_network_isolation": enable_network_isolation,
            "encrypt_inter_container_traffic": encrypt_inter_container_traffic,
            "use_spot_instances": use_spot_instances,
            "checkpoint_s3_uri": checkpoint_s3_uri,
            "checkpoint_local_path": checkpoint_local_path,
            "environment": environment,
        }
        self.create_tuning_job(
            job_name,
            tuning_config,
            training_config,
            warm_start_config=warm_start_config,
            tags=tags,
            autotune=autotune,
        )

    def create_tuning_job(
        self,
        job_name: str,
        tuning_config: Mapping[str, Any],
        training_config: Mapping[str, Any] | None = None,
        training_config_list: Sequence[Mapping[str, Any]] | None = None,
        warm_start_config: Document | None = None,
        tags: Tags = None,
        autotune: bool = False,
    ) -> None:
        """Start a tuning job.

        Args:
            tuning_config: The arguments of `requests.tuning.tuning_config_document`: strategy, limits, ranges.
            training_config, training_config_list: One of them: those of `training_definition`, once for each kind of
                training job.

        Raises:
            ValueError: There is not exactly one of `training_config` and `training_config_list`.
        """
        if training_config is None and training_config_list is None:
            raise ValueError("Either training_config or training_config_list should be provided.")
        if training_config is not None and training_config_list is not None:
            raise ValueError("Only one of training_config and training_config_list should be provided.")
        request = tuning_request(
            job_name,
            tuning_config_document(**tuning_config),
            None if training_config is None else training_definition(**training_config),
            None if training_config_list is None else [training_definition(**one) for one in training_config_list],
            warm_start_config=warm_start_config,
            tags=values.with_tags(format_tags(tags), self, "SageMaker.TrainingJob.Tags"),
            autotune=autotune,
        )
        cast("Session", self)._announce()
        self._tell("Creating hyperparameter tuning job with name: %s", job_name)
        self._send("create_hyper_parameter_tuning_job", request)

    def describe_tuning_job(self, job_name: str) -> Document:
        """Return `DescribeHyperParameterTuningJob`'s answer."""
        return dict(self.sagemaker_client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job_name))

    def stop_tuning_job(self, name: str) -> None:
        """Tell a job to stop; one that has ended already is none the worse for it."""
        from botocore.exceptions import ClientError

        logger.info("Stopping tuning job: %s", name)
        try:
            self.sagemaker_client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                logger.error("Error occurred while attempting to stop tuning job: %s. Please try again.", name)
                raise
            logger.info("Tuning job: %s is already stopped or not running.", name)

    def wait_for_tuning_job(self, job: str, poll: float = 5) -> Document:
        """Wait for a tuning job's end, with a character for each look; return its description.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        return dict(wait_for_job(TUNING, cast("Session", self), job, poll))
