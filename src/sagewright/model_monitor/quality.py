"""Monitors of the quality of data, and of models."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.model_monitor.data import MonitoringOutput
from sagewright.model_monitor.data_quality_monitoring_config import DataQualityMonitoringConfig
from sagewright.model_monitor.definition import DefinitionMonitor, Settings, environment
from sagewright.model_monitor.monitor import RESULTS, input_of, not_both, outputs_of
from sagewright.model_monitor.monitoring_files import Constraints, ConstraintViolations, Statistics
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.processing.job import ProcessingJob
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")


class QualityMonitor(DefinitionMonitor):
    """What monitors of quality have in common: Amazon's container, which counts."""

    def __init__(
        self,
        role: str | None = None,
        instance_count: Any = 1,
        instance_type: InstanceType = "ml.m5.xlarge",
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
        from sagewright import image_uris  # costs the tables of all images
        from sagewright.session import Session

        session = sagemaker_session or Session()
        super().__init__(
            role=role,
            image_uri=image_uris.retrieve("model-monitor", session.boto_region_name),
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            base_job_name=base_job_name,
            sagemaker_session=session,
            env=env,
            tags=tags,
            network_config=network_config,
        )


@suggests
class DefaultModelMonitor(QualityMonitor):
    """Watches the quality of data: whether they look as a baseline does.

    Args:
        **: As for `ModelMonitor`.
    """

    JOB_DEFINITION_BASE_NAME = "data-quality-job-definition"
    _operation, _title = "data_quality_job_definition", "Data Quality"
    _schedule_title = "Data quality monitoring schedule"
    _may_stand_in_schedule = True

    @classmethod
    def monitoring_type(cls) -> str:
        """Return `DataQuality`."""
        return "DataQuality"

    def suggest_baseline(
        self,
        baseline_dataset: str,
        dataset_format: Mapping[str, Any],
        record_preprocessor_script: str | None = None,
        post_analytics_processor_script: str | None = None,
        output_s3_uri: str | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        monitoring_config_override: DataQualityMonitoringConfig | None = None,
    ) -> ProcessingJob:
        """Run a job that counts a data set and suggests constraints.

        Args:
            baseline_dataset: A file or folder here, or an S3 URI.
            dataset_format: One of `DatasetFormat`.
            record_preprocessor_script, post_analytics_processor_script: Files here, or S3 URIs.
            output_s3_uri: None: a prefix of the default bucket.

        Raises:
            RuntimeError: The configuration names an unknown method.
            UnexpectedStatusException: The job has failed.
        """
        override = monitoring_config_override
        if not DataQualityMonitoringConfig.valid_monitoring_config(override):
            raise RuntimeError(
                "Invalid value for monitoring_config_override.\n"
                "hint: `categorical_drift_method` is LInfinity or ChiSquared."
            )
        constraints = override.distribution_constraints if override else None
        scripts = {
            "record_preprocessor_script": record_preprocessor_script,
            "post_analytics_processor_script": post_analytics_processor_script,
        }
        return self._suggest(
            baseline_dataset,
            scripts,
            output_s3_uri,
            wait,
            logs,
            job_name,
            dataset_format=dataset_format,
            categorical_drift_method=constraints.categorical_drift_method if constraints else None,
        )

    def create_monitoring_schedule(  # type: ignore[override]  # takes other arguments, as in v2
        self,
        endpoint_input: Any = None,
        record_preprocessor_script: str | None = None,
        post_analytics_processor_script: str | None = None,
        output_s3_uri: str | None = None,
        constraints: Any = None,
        statistics: Any = None,
        monitor_schedule_name: str | None = None,
        schedule_cron_expression: str | None = None,
        enable_cloudwatch_metrics: bool = True,
        batch_transform_input: Any = None,
        data_analysis_start_time: Any = None,
        data_analysis_end_time: Any = None,
    ) -> None:
        """Create a schedule.

        Args:
            record_preprocessor_script, post_analytics_processor_script: Files here, or S3 URIs.
            output_s3_uri: None: a prefix of the default bucket.
            constraints, statistics: The baseline: files, or their S3 URIs; beside that of `suggest_baseline`.
            **: As for `ModelMonitor.create_monitoring_schedule`.

        Raises:
            ValueError: There is a schedule already, or not exactly one input.
        """
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
            record_preprocessor_script=record_preprocessor_script,
            post_analytics_processor_script=post_analytics_processor_script,
            output_s3_uri=output_s3_uri,
            constraints=constraints,
            statistics=statistics,
            enable_cloudwatch_metrics=enable_cloudwatch_metrics,
        )
        times = (schedule_cron_expression, data_analysis_start_time, data_analysis_end_time)
        self._create(given, monitor_schedule_name, *times)

    def update_monitoring_schedule(  # type: ignore[override]  # takes other arguments, as in v2
        self,
        endpoint_input: Any = None,
        record_preprocessor_script: str | None = None,
        post_analytics_processor_script: str | None = None,
        output_s3_uri: str | None = None,
        statistics: Any = None,
        constraints: Any = None,
        schedule_cron_expression: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        volume_size_in_gb: Any = None,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        max_runtime_in_seconds: Any = None,
        env: Mapping[str, Any] | None = None,
        network_config: NetworkConfig | None = None,
        enable_cloudwatch_metrics: bool | None = None,
        role: str | None = None,
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
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
            record_preprocessor_script=record_preprocessor_script,
            post_analytics_processor_script=post_analytics_processor_script,
            output_s3_uri=output_s3_uri,
            statistics=statistics,
            constraints=constraints,
            enable_cloudwatch_metrics=enable_cloudwatch_metrics,
            role=role,
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            env=env,
            network_config=network_config,
        )
        times = (schedule_cron_expression, data_analysis_start_time, data_analysis_end_time)
        if self.job_definition_name is not None:
            self._update(given, *times, keep_expression=True)
        else:
            self._update_old(given, *times)

    def run_baseline(self, *_: Any, **__: Any) -> Any:
        """Refuse: `suggest_baseline` is what there is.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "'.run_baseline()' is only allowed for ModelMonitor objects. Please use suggest_baseline for "
            "DefaultModelMonitor objects, instead."
        )

    def latest_monitoring_statistics(self, file_name: str = Statistics.file_name) -> Statistics | None:
        """Return what the latest run has found of the data; None: there is none, or it has not ended."""
        runs = self.list_executions()
        return _unless_missing(runs[-1], runs[-1].statistics, file_name) if runs else None

    def latest_monitoring_constraint_violations(
        self, file_name: str = ConstraintViolations.file_name
    ) -> ConstraintViolations | None:
        """Return where the latest run's data did not look as they have to; None: there is none, or it has not ended."""
        runs = self.list_executions()
        return _unless_missing(runs[-1], runs[-1].constraint_violations, file_name) if runs else None

    def _update_old(self, given: Settings, expression: str | None, start: Any, end: Any) -> None:
        """Change a schedule whose job stands in it itself, as those were that early releases of v2 made."""
        not_both(given.endpoint_input, given.batch_transform_input)
        source = input_of(given.endpoint_input, given.batch_transform_input)
        output = None if given.output_s3_uri is None else MonitoringOutput(RESULTS, given.output_s3_uri)
        words = {} if output is None else {"output_path": output.source}
        self._take(**{name: getattr(given, name) for name in _OLD})
        network = self.network_config
        self.sagemaker_session.update_monitoring_schedule(
            monitoring_schedule_name=self._schedule(),
            schedule_expression=expression,
            constraints_s3_uri=self._file_uri(Constraints, given.constraints),
            statistics_s3_uri=self._file_uri(Statistics, given.statistics),
            monitoring_inputs=[source] if source else None,
            monitoring_output_config=outputs_of(output, given.output_kms_key),
            instance_count=given.instance_count,
            instance_type=given.instance_type,
            volume_size_in_gb=given.volume_size_in_gb,
            volume_kms_key=given.volume_kms_key,
            record_preprocessor_source_uri=self._script_uri(given.record_preprocessor_script),
            post_analytics_processor_source_uri=self._script_uri(given.post_analytics_processor_script),
            max_runtime_in_seconds=given.max_runtime_in_seconds,
            environment=environment(given.env, cloudwatch=given.enable_cloudwatch_metrics, **words),
            network_config=None if network is None else network._to_request_dict(),
            role_arn=self.sagemaker_session.expand_role(self.role),
            data_analysis_start_time=start,
            data_analysis_end_time=end,
        )
        self._wait_for_schedule_changes_to_apply()


@suggests
class ModelQualityMonitor(QualityMonitor):
    """Watches the quality of predictions: how they compare with what came true.

    Args:
        **: As for `ModelMonitor`.
    """

    JOB_DEFINITION_BASE_NAME = "model-quality-job-definition"
    _operation, _title = "model_quality_job_definition", "Model Quality"
    _schedule_title = "ModelQuality monitoring schedule"

    @classmethod
    def monitoring_type(cls) -> str:
        """Return `ModelQuality`."""
        return "ModelQuality"

    def suggest_baseline(
        self,
        baseline_dataset: str,
        dataset_format: Mapping[str, Any],
        problem_type: str,
        inference_attribute: str | None = None,
        probability_attribute: str | None = None,
        ground_truth_attribute: str | None = None,
        probability_threshold_attribute: float | None = None,
        post_analytics_processor_script: str | None = None,
        output_s3_uri: str | None = None,
        wait: bool = False,
        logs: bool = False,
        job_name: str | None = None,
    ) -> ProcessingJob:
        """Run a job that measures predictions and suggests constraints.

        Args:
            baseline_dataset: A file or folder here, or an S3 URI.
            dataset_format: One of `DatasetFormat`.
            problem_type: `Regression`, `BinaryClassification` or `MulticlassClassification`.
            inference_attribute, probability_attribute, ground_truth_attribute: Where predictions, scores and what came
                true stand in the data: columns or JMESPaths.
            probability_threshold_attribute: The score from which on a prediction is positive.
            post_analytics_processor_script: A file here, or its S3 URI.
            output_s3_uri: None: a prefix of the default bucket.

        Raises:
            UnexpectedStatusException: The job has failed.
        """
        return self._suggest(
            baseline_dataset,
            {"post_analytics_processor_script": post_analytics_processor_script},
            output_s3_uri,
            wait,
            logs,
            job_name,
            dataset_format=dataset_format,
            analysis_type="MODEL_QUALITY",
            problem_type=problem_type,
            inference_attribute=inference_attribute,
            probability_attribute=probability_attribute,
            ground_truth_attribute=ground_truth_attribute,
            probability_threshold_attribute=probability_threshold_attribute,
        )

    def create_monitoring_schedule(  # type: ignore[override]  # takes other arguments, as in v2
        self,
        endpoint_input: Any = None,
        ground_truth_input: str | None = None,
        problem_type: str | None = None,
        record_preprocessor_script: str | None = None,
        post_analytics_processor_script: str | None = None,
        output_s3_uri: str | None = None,
        constraints: Any = None,
        monitor_schedule_name: str | None = None,
        schedule_cron_expression: str | None = None,
        enable_cloudwatch_metrics: bool = True,
        batch_transform_input: Any = None,
        data_analysis_start_time: Any = None,
        data_analysis_end_time: Any = None,
    ) -> None:
        """Create a schedule.

        Args:
            ground_truth_input: The S3 URI of what came true.
            problem_type: `Regression`, `BinaryClassification` or `MulticlassClassification`.
            **: As for `DefaultModelMonitor.create_monitoring_schedule`.

        Raises:
            ValueError: There is a schedule already, or not exactly one input, or one of the first two is missing.
        """
        if not ground_truth_input:
            raise ValueError("ground_truth_input can not be None.")
        if not problem_type:
            raise ValueError("problem_type can not be None.")
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
            ground_truth_input=ground_truth_input,
            problem_type=problem_type,
            record_preprocessor_script=record_preprocessor_script,
            post_analytics_processor_script=post_analytics_processor_script,
            output_s3_uri=output_s3_uri,
            constraints=constraints,
            enable_cloudwatch_metrics=enable_cloudwatch_metrics,
        )
        times = (schedule_cron_expression, data_analysis_start_time, data_analysis_end_time)
        self._create(given, monitor_schedule_name, *times)

    def update_monitoring_schedule(  # type: ignore[override]  # takes other arguments, as in v2
        self,
        endpoint_input: Any = None,
        ground_truth_input: str | None = None,
        problem_type: str | None = None,
        record_preprocessor_script: str | None = None,
        post_analytics_processor_script: str | None = None,
        output_s3_uri: str | None = None,
        constraints: Any = None,
        schedule_cron_expression: str | None = None,
        enable_cloudwatch_metrics: bool | None = None,
        role: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        volume_size_in_gb: Any = None,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        max_runtime_in_seconds: Any = None,
        env: Mapping[str, Any] | None = None,
        network_config: NetworkConfig | None = None,
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
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
            ground_truth_input=ground_truth_input,
            problem_type=problem_type,
            record_preprocessor_script=record_preprocessor_script,
            post_analytics_processor_script=post_analytics_processor_script,
            output_s3_uri=output_s3_uri,
            constraints=constraints,
            enable_cloudwatch_metrics=enable_cloudwatch_metrics,
            role=role,
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            env=env,
            network_config=network_config,
        )
        self._update(given, schedule_cron_expression, data_analysis_start_time, data_analysis_end_time)


_OLD = (
    "instance_count",
    "instance_type",
    "volume_size_in_gb",
    "volume_kms_key",
    "output_kms_key",
    "max_runtime_in_seconds",
    "env",
    "network_config",
    "role",
)


def _unless_missing(run: Any, read: Any, file_name: str) -> Any:
    """Return a run's file; None, with the run's status told, where it cannot be read."""
    from botocore.exceptions import ClientError

    try:
        return read(file_name=file_name)
    except ClientError:
        status = run.describe()["ProcessingJobStatus"]
        logger.warning("The latest run is `%s`: `%s` is there when it has completed.", status, file_name)
        return None
