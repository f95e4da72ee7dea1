"""Monitors of the bias of predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.clarify.bias import BiasConfig
from sagewright.clarify.data import DataConfig
from sagewright.clarify.models import ModelConfig, ModelPredictedLabelConfig
from sagewright.model_monitor.clarify_base import ClarifyModelMonitor, as_words
from sagewright.model_monitor.clarify_jobs import (
    BiasAnalysisConfig,
    ClarifyBaseliningConfig,
)
from sagewright.model_monitor.definition import Settings
from sagewright.model_monitor.monitor import ONE_INPUT

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.processing.job import ProcessingJob
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class ModelBiasMonitor(ClarifyModelMonitor):
    """Watches the bias of predictions.

    Args:
        **: As for `ModelMonitor`.
    """

    JOB_DEFINITION_BASE_NAME = "model-bias-job-definition"
    _operation, _title, _schedule_title = "model_bias_job_definition", "Model Bias", "ModelBias schedule"
    _not_both = ONE_INPUT

    @classmethod
    def monitoring_type(cls) -> str:
        """Return `ModelBias`."""
        return "ModelBias"

    def suggest_baseline(
        self,
        data_config: DataConfig,
        bias_config: BiasConfig,
        model_config: ModelConfig,
        model_predicted_label_config: ModelPredictedLabelConfig | None = None,
        wait: bool = False,
        logs: bool = False,
        job_name: str | None = None,
        kms_key: str | None = None,
    ) -> ProcessingJob:
        """Run a job that measures bias and suggests constraints.

        Args:
            **: As for `SageMakerClarifyProcessor.run_bias`.

        Raises:
            UnexpectedStatusException: The job has failed.
        """
        processor, name = self._baselining_processor(), self._generate_baselining_job_name(job_name)
        labels = model_predicted_label_config
        processor.run_bias(
            data_config=data_config,
            bias_config=bias_config,
            model_config=model_config,
            model_predicted_label_config=labels,
            wait=wait,
            logs=logs,
            job_name=name,
            kms_key=kms_key,
        )
        config = ClarifyBaseliningConfig(
            BiasAnalysisConfig(bias_config, data_config.headers, data_config.label),
            data_config.features,
            None if labels is None else as_words(labels.label),
            None if labels is None else as_words(labels.probability),
            None if labels is None else labels.probability_threshold,
        )
        return self._note_baseline(processor, name, config)

    def create_monitoring_schedule(  # type: ignore[override]  # takes other arguments, as in v2
        self,
        endpoint_input: Any = None,
        ground_truth_input: str | None = None,
        analysis_config: BiasAnalysisConfig | str | None = None,
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
            analysis_config: What to look for, or the S3 URI of its document; None: what the baseline has looked for.
            **: As for `ModelMonitor.create_monitoring_schedule`.

        Raises:
            ValueError: There is a schedule already, or not exactly one input, or nothing to look for.
        """
        if not ground_truth_input:
            raise ValueError("ground_truth_input can not be None.")
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
            ground_truth_input=ground_truth_input,
            analysis_config=analysis_config,
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
        analysis_config: BiasAnalysisConfig | str | None = None,
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
            analysis_config=analysis_config,
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
