"""Monitors of a container of the user's own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.config.values import resolved
from sagewright.local_data import local_path
from sagewright.model_monitor.data import EndpointInput, MonitoringOutput
from sagewright.model_monitor.executions import BaseliningJob
from sagewright.model_monitor.monitoring_files import Constraints, Statistics
from sagewright.model_monitor.schedule import ScheduleCalls
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.processing.job import ProcessingJob
from sagewright.processing.processor import Processor, network_with_defaults
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.session_monitoring import JOB, ONE_TIME
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

RESULTS = "/opt/ml/processing/output"
ENDPOINT = "/opt/ml/processing/input/endpoint"
USED = (
    "It seems that this object was already used to create an Amazon Model Monitoring Schedule. To create another, "
    "first delete the existing one using my_monitor.delete_monitoring_schedule()."
)
ONE_INPUT = (
    "Need to have either batch_transform_input or endpoint_input to create an Amazon Model Monitoring Schedule. Please "
    "provide only one of the above required inputs"
)
NOT_BOTH = (
    "Cannot update both batch_transform_input and endpoint_input to update an Amazon Model Monitoring Schedule. Please "
    "provide atmost one of the above required inputs"
)


@suggests
class ModelMonitor(ScheduleCalls):
    """Watches what endpoints and batch transforms capture, by scheduled jobs of a container of one's own.

    Args:
        role: Name or ARN of the role that the jobs act as; None: the config file's.
        image_uri: The container.
        entrypoint: Its command; None: the image's own.
        volume_size_in_gb: GiB of each instance's volume.
        max_runtime_in_seconds: The service stops a job then.
        base_job_name: Begins the names of baselining jobs and schedules.
        env: Environment variables of the container.

    Attributes:
        latest_baselining_job: None: there was none.
        monitoring_schedule_name: None: there is no schedule.

    Raises:
        ValueError: There is no role.

    Example:
        >>> from sagewright.model_monitor import ModelMonitor
        >>> monitor = ModelMonitor("arn:aws:iam::123456789012:role/Role", "my-image:1")
        >>> monitor.instance_type
        'ml.m5.xlarge'
    """

    def __init__(
        self,
        role: str | None = None,
        image_uri: Any = None,
        instance_count: Any = 1,
        instance_type: InstanceType = "ml.m5.xlarge",
        entrypoint: Sequence[Any] | None = None,
        volume_size_in_gb: Any = 30,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        max_runtime_in_seconds: Any = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        env: Mapping[str, Any] | None = None,
        tags: Tags = None,
        network_config: NetworkConfig | None = None,
    ) -> None:
        from sagewright.session import Session

        self.image_uri, self.entrypoint = image_uri, entrypoint
        self.instance_count, self.instance_type = instance_count, instance_type
        self.volume_size_in_gb, self.max_runtime_in_seconds = volume_size_in_gb, max_runtime_in_seconds
        self.base_job_name, self.tags = base_job_name, format_tags(tags)
        self.sagemaker_session = session = sagemaker_session or Session()
        self.baselining_jobs: list[BaseliningJob] = []
        self.latest_baselining_job: BaseliningJob | None = None
        self.latest_baselining_job_name: str | None = None
        self.arguments: Sequence[Any] | None = None
        self.monitoring_schedule_name: str | None = None
        self.job_definition_name: str | None = None
        self.role: Any = resolved(role, session, f"{JOB}.RoleArn")
        if not self.role:
            raise ValueError("An AWS IAM role is required to create a Monitoring Schedule.\nhint: give `role`.")
        self.volume_kms_key = resolved(
            volume_kms_key, session, f"{JOB}.MonitoringResources.ClusterConfig.VolumeKmsKeyId"
        )
        self.output_kms_key = resolved(output_kms_key, session, f"{JOB}.MonitoringOutputConfig.KmsKeyId")
        self.network_config = network_with_defaults(network_config, session, f"{JOB}.NetworkConfig")
        self.env: Mapping[str, Any] | None = resolved(env, session, f"{JOB}.Environment")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(monitoring_schedule_name={self.monitoring_schedule_name!r})"

    @classmethod
    def monitoring_type(cls) -> str:
        """Return what is watched: `DataQuality` and the like.

        Raises:
            TypeError: A container of one's own watches what it likes.
        """
        raise TypeError("Subclass of ModelMonitor shall define this property")

    def run_baseline(
        self,
        baseline_inputs: Sequence[ProcessingInput] | None,
        output: ProcessingOutput | str,
        arguments: Sequence[Any] | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
    ) -> None:
        """Run a job that makes a baseline.

        Args:
            output: Where its files go; or the folder of the container in which it leaves them.
            **: As for `Processor.run`.

        Raises:
            UnexpectedStatusException: The job has failed.
        """
        self.latest_baselining_job_name = self._generate_baselining_job_name(job_name)
        self.arguments = arguments
        if isinstance(output, str):
            place = self._place(self.latest_baselining_job_name, "output")
            output = ProcessingOutput(output, place, "monitoring_output")
        self._run_baselining(list(baseline_inputs or ()), output, self.env, wait, logs)

    def create_monitoring_schedule(
        self,
        endpoint_input: EndpointInput | str | None = None,
        output: MonitoringOutput | None = None,
        statistics: Any = None,
        constraints: Any = None,
        monitor_schedule_name: str | None = None,
        schedule_cron_expression: str | None = None,
        batch_transform_input: Any = None,
        arguments: Sequence[Any] | None = None,
        data_analysis_start_time: Any = None,
        data_analysis_end_time: Any = None,
    ) -> None:
        """Create a schedule.

        Args:
            endpoint_input: An endpoint's name, or more of it; or else `batch_transform_input`.
            statistics, constraints: The baseline: files, or their S3 URIs.
            monitor_schedule_name: None: `base_job_name` with a timestamp.
            schedule_cron_expression: Of `CronExpressionGenerator`.
            data_analysis_start_time, data_analysis_end_time: Of the data that a single run looks at: `-PT5H`, `-PT0H`.

        Raises:
            ValueError: There is a schedule already, or not exactly one input.
        """
        if self.monitoring_schedule_name is not None:
            raise ValueError(USED)
        if not output:
            raise ValueError("output can not be None.")
        one_input(endpoint_input, batch_transform_input)
        source = input_of(endpoint_input, batch_transform_input) or {}
        check_times(schedule_cron_expression, data_analysis_start_time, data_analysis_end_time)
        name = self._generate_monitoring_schedule_name(monitor_schedule_name)
        if output.destination is None:
            output.destination = self._place(name, "output")
        targets: Document = {"MonitoringOutputs": [output._to_request_dict()]}
        if self.output_kms_key is not None:
            targets["KmsKeyId"] = self.output_kms_key
        if arguments is not None:
            self.arguments = arguments
        self.sagemaker_session.create_monitoring_schedule(
            monitoring_schedule_name=name,
            schedule_expression=schedule_cron_expression,
            statistics_s3_uri=self._file_uri(Statistics, statistics),
            constraints_s3_uri=self._file_uri(Constraints, constraints),
            monitoring_inputs=[source],
            monitoring_output_config=targets,
            instance_count=self.instance_count,
            instance_type=self.instance_type,
            volume_size_in_gb=self.volume_size_in_gb,
            volume_kms_key=self.volume_kms_key,
            image_uri=self.image_uri,
            entrypoint=self.entrypoint,
            arguments=self.arguments,
            max_runtime_in_seconds=self.max_runtime_in_seconds,
            environment=self.env,
            network_config=self.network_config._to_request_dict() if self.network_config else None,
            role_arn=self.sagemaker_session.expand_role(self.role),
            tags=self.tags,
            data_analysis_start_time=data_analysis_start_time,
            data_analysis_end_time=data_analysis_end_time,
        )
        self.monitoring_schedule_name = name

    def update_monitoring_schedule(
        self,
        endpoint_input: EndpointInput | str | None = None,
        output: MonitoringOutput | None = None,
        statistics: Any = None,
        constraints: Any = None,
        schedule_cron_expression: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        entrypoint: Sequence[Any] | None = None,
        volume_size_in_gb: Any = None,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        arguments: Sequence[Any] | None = None,
        max_runtime_in_seconds: Any = None,
        env: Mapping[str, Any] | None = None,
        network_config: NetworkConfig | None = None,
        role: str | None = None,
        image_uri: Any = None,
        batch_transform_input: Any = None,
        data_analysis_start_time: Any = None,
        data_analysis_end_time: Any = None,
    ) -> None:
        """Change the schedule; what is left out stays. Return when it holds.

        Args:
            **: As for the constructor and `create_monitoring_schedule`.

        Raises:
            ValueError: Two inputs are given.
        """
        not_both(endpoint_input, batch_transform_input)
        if output is not None and output.destination is None:
            output.destination = self._place(str(self.monitoring_schedule_name), "output")
        source = input_of(endpoint_input, batch_transform_input)
        self._take(
            instance_type=instance_type,
            instance_count=instance_count,
            entrypoint=entrypoint,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            arguments=arguments,
            max_runtime_in_seconds=max_runtime_in_seconds,
            env=env,
            network_config=network_config,
            role=role,
            image_uri=image_uri,
        )
        self.sagemaker_session.update_monitoring_schedule(
            monitoring_schedule_name=self._schedule(),
            schedule_expression=schedule_cron_expression,
            statistics_s3_uri=self._file_uri(Statistics, statistics),
            constraints_s3_uri=self._file_uri(Constraints, constraints),
            monitoring_inputs=[source] if source else None,
            monitoring_output_config=outputs_of(output, output_kms_key),
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            image_uri=image_uri,
            entrypoint=entrypoint,
            arguments=arguments,
            max_runtime_in_seconds=max_runtime_in_seconds,
            environment=env,
            network_config=self.network_config._to_request_dict() if self.network_config else None,
            role_arn=self.sagemaker_session.expand_role(self.role),
            data_analysis_start_time=data_analysis_start_time,
            data_analysis_end_time=data_analysis_end_time,
        )
        self._wait_for_schedule_changes_to_apply()

    def baseline_statistics(self, file_name: str = Statistics.file_name) -> Statistics | None:
        """Return the statistics of the latest baseline.

        Raises:
            ValueError: There is none.
            UnexpectedStatusException: Its job has not completed.
        """
        return self._latest_baseline().baseline_statistics(file_name=file_name, kms_key=self.output_kms_key)

    def suggested_constraints(self, file_name: str = Constraints.file_name) -> Constraints | None:
        """Return the constraints of the latest baseline.

        Raises:
            ValueError: There is none.
            UnexpectedStatusException: Its job has not completed.
        """
        return self._latest_baseline().suggested_constraints(file_name=file_name, kms_key=self.output_kms_key)

    def describe_latest_baselining_job(self) -> Document:
        """Return `DescribeProcessingJob`'s answer for the latest baseline.

        Raises:
            ValueError: There is none.
        """
        return self._latest_baseline().describe()

    @classmethod
    def attach(cls, monitor_schedule_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return the monitor of a schedule that there is."""
        from sagewright.model_monitor.attaching import attached_to_job

        return attached_to_job(cls, monitor_schedule_name, sagemaker_session)

    def _latest_baseline(self) -> BaseliningJob:
        if self.latest_baselining_job is None:
            raise ValueError("No suggestion jobs were kicked off.")
        return self.latest_baselining_job

    def _run_baselining(
        self,
        inputs: Sequence[ProcessingInput],
        output: ProcessingOutput,
        env: Mapping[str, Any] | None,
        wait: bool,
        logs: bool,
    ) -> ProcessingJob:
        processor = Processor(
            role=self.role,
            image_uri=self.image_uri,
            instance_count=self.instance_count,
            instance_type=self.instance_type,
            entrypoint=self.entrypoint,
            volume_size_in_gb=self.volume_size_in_gb,
            volume_kms_key=self.volume_kms_key,
            output_kms_key=self.output_kms_key,
            max_runtime_in_seconds=self.max_runtime_in_seconds,
            base_job_name=self.base_job_name,
            sagemaker_session=self.sagemaker_session,
            env=env,
            tags=self.tags,
            network_config=self.network_config,
        )
        processor.run(inputs, [output], self.arguments, wait, logs, self.latest_baselining_job_name)
        assert processor.latest_job is not None  # a run that has begun has one
        self.latest_baselining_job = BaseliningJob.from_processing_job(processor.latest_job)
        self.baselining_jobs.append(self.latest_baselining_job)
        return processor.latest_job

    def _take(self, **attributes: Any) -> None:
        """Set attributes to what is not None."""
        for name, value in attributes.items():
            if value is not None:
                setattr(self, name, value)

    def _file_uri(self, kind: Any, given: Any) -> str | None:
        """Return the S3 URI of a baseline's file, which is read where only its URI is given: it has to be there."""
        if isinstance(given, str):
            given = kind.from_s3_uri(given, sagemaker_session=self.sagemaker_session)
        return None if given is None else str(given.file_s3_uri)

    def _place(self, *parts: str) -> str:
        session = self.sagemaker_session
        return s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "", *parts)

    def _uploaded_to(self, path: str, place: str) -> None:
        S3Uploader.upload(local_path(path) or path, place, sagemaker_session=self.sagemaker_session)

    def _generate_baselining_job_name(self, job_name: str | None = None) -> str:
        return job_name or name_from_base(self.base_job_name or "baseline-suggestion-job")

    def _generate_monitoring_schedule_name(self, schedule_name: str | None = None) -> str:
        return schedule_name or name_from_base(self.base_job_name or "monitoring-schedule")


def one_input(endpoint_input: Any, batch_transform_input: Any, message: str = ONE_INPUT) -> None:
    """Raise unless exactly one input is given.

    Raises:
        ValueError: None is, or both are.
    """
    if (endpoint_input is None) == (batch_transform_input is None):
        raise ValueError(message)


def not_both(endpoint_input: Any, batch_transform_input: Any, message: str = NOT_BOTH) -> None:
    """Raise where two inputs are given.

    Raises:
        ValueError: They are.
    """
    if endpoint_input is not None and batch_transform_input is not None:
        raise ValueError(message)


def check_times(expression: str | None, start: Any, end: Any) -> None:
    """Raise where a single run lacks the times of its data.

    Raises:
        ValueError: It does.
    """
    if expression == "NOW" and (start is None or end is None):
        raise ValueError(ONE_TIME)


def input_of(endpoint_input: Any, batch_transform_input: Any) -> Document | None:
    """Return the document of what a job looks at; None: nothing is said of it."""
    if isinstance(endpoint_input, str):
        endpoint_input = EndpointInput(endpoint_input, ENDPOINT)
    given = endpoint_input if batch_transform_input is None else batch_transform_input
    return None if given is None else dict(given._to_request_dict())


def outputs_of(output: MonitoringOutput | None, kms_key: Any) -> Document | None:
    """Return `MonitoringOutputConfig` of what is changed; None: nothing is."""
    found: Document = {} if output is None else {"MonitoringOutputs": [output._to_request_dict()]}
    if kms_key is not None:
        found["KmsKeyId"] = kms_key
    return found or None
