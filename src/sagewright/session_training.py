"""What a session can be asked of training jobs (`contract.md` 9.2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from sagewright import following
from sagewright.arguments import suggesting, suggests
from sagewright.config import paths
from sagewright.config.defaults import training_request_with
from sagewright.config.values import filled, resolved
from sagewright.requests.documents import given
from sagewright.requests.training import plain_training_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from typing import Concatenate, ParamSpec

    from sagewright.session import Session

    Arguments = ParamSpec("Arguments")

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


def _submitting(
    request_of: Callable[Concatenate[TrainingCalls, Arguments], Document],
) -> Callable[Concatenate[TrainingCalls, Arguments], None]:
    """Return the method that starts the job whose request another one returns; it takes the same arguments."""

    @wraps(request_of)
    def submit(self: TrainingCalls, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        self._start(request_of(self, *args, **kwargs))

    submit.__name__, submit.__qualname__ = "train", "TrainingCalls.train"
    submit.__doc__ = "Start a training job of documents: see `get_train_request`, whose arguments these are."
    return submit


@suggests
class TrainingCalls(Sending):
    """The part of `Session` that concerns training jobs."""

    def get_train_request(
        self,
        input_mode: str,
        input_config: Sequence[Document] | None,
        role: str | None = None,
        job_name: str | None = None,
        output_config: Document | None = None,
        resource_config: Document | None = None,
        vpc_config: Document | None = None,
        hyperparameters: Mapping[str, str] | None = None,
        stop_condition: Document | None = None,
        tags: Tags = None,
        metric_definitions: Sequence[Document] | None = None,
        enable_network_isolation: bool | None = None,
        image_uri: str | None = None,
        training_image_config: Document | None = None,
        infra_check_config: Document | None = None,
        container_entry_point: Sequence[str] | None = None,
        container_arguments: Sequence[str] | None = None,
        algorithm_arn: str | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        use_spot_instances: bool = False,
        checkpoint_s3_uri: str | None = None,
        checkpoint_local_path: str | None = None,
        experiment_config: Document | None = None,
        debugger_rule_configs: Sequence[Document] | None = None,
        debugger_hook_config: Document | None = None,
        tensorboard_output_config: Document | None = None,
        enable_sagemaker_metrics: bool | None = None,
        profiler_rule_configs: Sequence[Document] | None = None,
        profiler_config: Document | None = None,
        environment: Mapping[str, str] | None = None,
        retry_strategy: Document | None = None,
        remote_debug_config: Document | None = None,
        session_chaining_config: Document | None = None,
    ) -> Document:
        """Return the request of a training job of documents: each argument is a member of `CreateTrainingJob`.

        What the session's configuration has for what is left out is in it.

        Raises:
            ValueError: There is not exactly one of `image_uri` and `algorithm_arn`.
        """
        request = plain_training_request(
            job_name=job_name,
            algorithm={
                "TrainingInputMode": input_mode,
                "TrainingImage": image_uri,
                "TrainingImageConfig": training_image_config,
                "ContainerEntrypoint": container_entry_point,
                "ContainerArguments": container_arguments,
                "AlgorithmName": algorithm_arn,
                "MetricDefinitions": metric_definitions,
                "EnableSageMakerMetricsTimeSeries": enable_sagemaker_metrics,
            },
            members={
                "RoleArn": resolved(role, self, paths.TRAINING_JOB_ROLE_ARN_PATH),
                "InputDataConfig": input_config,
                "OutputDataConfig": output_config,
                "ResourceConfig": resource_config,
                "StoppingCondition": stop_condition,
                "VpcConfig": vpc_config,
                "HyperParameters": hyperparameters or None,
                "Environment": resolved(environment, self, paths.TRAINING_JOB_ENVIRONMENT_PATH),
                "Tags": format_tags(tags),
                "ExperimentConfig": experiment_config or None,
                "EnableNetworkIsolation": resolved(
                    enable_network_isolation, self, paths.TRAINING_JOB_ENABLE_NETWORK_ISOLATION_PATH
                )
                or None,
                "EnableInterContainerTrafficEncryption": resolved(
                    encrypt_inter_container_traffic, self, paths.TRAINING_JOB_INTER_CONTAINER_ENCRYPTION_PATH
                )
                or None,
                "EnableManagedSpotTraining": use_spot_instances or None,
                "InfraCheckConfig": infra_check_config,
                "DebugRuleConfigurations": debugger_rule_configs,
                "DebugHookConfig": debugger_hook_config,
                "TensorBoardOutputConfig": tensorboard_output_config,
                "ProfilerRuleConfigurations": profiler_rule_configs,
                "ProfilerConfig": profiler_config,
                "RetryStrategy": retry_strategy,
                "RemoteDebugConfig": remote_debug_config,
                "SessionChainingConfig": session_chaining_config,
            },
            checkpoints=(checkpoint_s3_uri, checkpoint_local_path),
        )
        return training_request_with(request, self)

    train = _submitting(suggesting(get_train_request))

    def submit_training_job(self, request: Document) -> None:
        """Send a `CreateTrainingJob` document (an addition to v2; v2's `train` has an argument for each member).

        The configuration's tags, keys and network are added where it has none.
        """
        self._start(training_request_with(request, self))

    def _start(self, request: Document) -> None:
        cast("Session", self)._announce()
        self._tell("Creating training-job with name: %s", request["TrainingJobName"])
        try:
            self._send("create_training_job", request)
        except Exception:
            logger.error(
                "Please check the troubleshooting guide for common errors: %s"
                "#sagemaker-python-sdk-troubleshooting-create-training-job",
                following.TROUBLESHOOTING,
            )
            raise

    def update_training_job(
        self,
        job_name: str,
        profiler_rule_configs: Sequence[Document] | None = None,
        profiler_config: Document | None = None,
        resource_config: Document | None = None,
        remote_debug_config: Document | None = None,
    ) -> None:
        """Change a job that runs: its profiler, how long its instances are kept, whether it can be debugged."""
        members = {
            "ProfilerRuleConfigurations": profiler_rule_configs,
            "ProfilerConfig": filled(profiler_config, self, paths.TRAINING_JOB_PROFILE_CONFIG_PATH),
            "ResourceConfig": resource_config,
            "RemoteDebugConfig": remote_debug_config,
        }
        given = {name: value for name, value in members.items() if value is not None}
        logger.info("Updating training job with name %s", job_name)
        try:
            self.sagemaker_client.update_training_job(TrainingJobName=job_name, **given)
        except Exception:
            logger.error(
                "Please check the troubleshooting guide for common errors: %s"
                "#sagemaker-python-sdk-troubleshooting-update-training-job",
                following.TROUBLESHOOTING,
            )
            raise

    def describe_training_job(self, job_name: str) -> Document:
        """Return `DescribeTrainingJob`'s answer."""
        return dict(self.sagemaker_client.describe_training_job(TrainingJobName=job_name))

    def describe_training_plan(self, training_plan_name: str) -> Document:
        """Return `DescribeTrainingPlan`'s answer."""
        return dict(self.sagemaker_client.describe_training_plan(TrainingPlanName=training_plan_name))

    def list_training_plans(
        self,
        filters: Sequence[Document] | None = None,
        requested_start_time_after: datetime | None = None,
        requested_start_time_before: datetime | None = None,
        start_time_after: datetime | None = None,
        start_time_before: datetime | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Document:
        """Return a page of the plans that instances are reserved by, `ListTrainingPlans`' answer.

        Args:
            filters: `[{"Name": "Status", "Value": "Active"}]`.
            requested_start_time_after, requested_start_time_before: When a plan was asked to start.
            start_time_after, start_time_before: When it does.
        """
        request = given(
            Filters=filters,
            SortBy=sort_by,
            SortOrder=sort_order,
            RequestedStartTimeAfter=requested_start_time_after,
            RequestedStartTimeBefore=requested_start_time_before,
            StartTimeAfter=start_time_after,
            StartTimeBefore=start_time_before,
            NextToken=next_token,
            MaxResults=max_results,
        )
        return dict(self.sagemaker_client.list_training_plans(**request))

    def stop_training_job(self, job_name: str) -> None:
        """Tell a job to stop; one that has ended already is none the worse for it."""
        from botocore.exceptions import ClientError

        logger.info("Stopping training job: %s", job_name)
        try:
            self.sagemaker_client.stop_training_job(TrainingJobName=job_name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            logger.info("Training job: %s is already stopped or not running.", job_name)

    def logs_for_job(
        self, job_name: str, wait: bool = False, poll: float = 10, log_type: str = "All", timeout: float | None = None
    ) -> None:
        """Print a training job's status and log; with `wait` until it has ended.

        Args:
            poll: Seconds between two looks at most; short jobs are looked at more often.
            timeout: Seconds after which no more is printed.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        following.follow_training_job(
            cast("Session", self),
            job_name,
            wait=wait,
            poll=poll,
            timeout=timeout,
            with_rules=log_type in ("All", "Rules"),
        )

    def wait_for_job(self, job: str, poll: float = 5) -> Document:
        """Wait for a training job's end; return its description.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        return dict(following.wait_for_training_job(cast("Session", self), job, poll))
