"""Monitors of what predictions depend on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.clarify.data import DataConfig
from sagewright.clarify.models import ModelConfig, ModelPredictedLabelConfig
from sagewright.model_monitor.clarify_base import ClarifyModelMonitor, as_words
from sagewright.model_monitor.clarify_jobs import (
    ClarifyBaseliningConfig,
    ExplainabilityAnalysisConfig,
)
from sagewright.model_monitor.definition import Settings
from sagewright.model_monitor.monitor import ONE_INPUT

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.processing.job import ProcessingJob
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class ModelExplainabilityMonitor(ClarifyModelMonitor):
    """Watches what predictions depend on.

    Args:
        **: As for `ModelMonitor`.
    """

    JOB_DEFINITION_BASE_NAME = "model-explainability-job-definition"
    _operation, _title = "model_explainability_job_definition", "Model Explainability"
    _schedule_title = "ModelExplainability schedule"
    _one_input = ONE_INPUT.replace("Schedule. Please", "Schedule.Please")  # v2's words
    _not_both = ONE_INPUT

    @classmethod
    def monitoring_type(cls) -> str:
        """Return `ModelExplainability`."""
        return "ModelExplainability"

    def suggest_baseline(
        self,
        data_config: DataConfig,
        explainability_config: Any,
        model_config: ModelConfig,
        model_scores: Any = None,
        wait: bool = False,
        logs: bool = False,
        job_name: str | None = None,
        kms_key: str | None = None,
    ) -> ProcessingJob:
        """Run a job that explains predictions and suggests constraints.

        Args:
            **: As for `SageMakerClarifyProcessor.run_explainability`.

        Raises:
            UnexpectedStatusException: The job has failed.
        """
        processor, name = self._baselining_processor(), self._generate_baselining_job_name(job_name)
        processor.run_explainability(
            data_config=data_config,
            model_config=model_config,
            explainability_config=explainability_config,
            model_scores=model_scores,
            wait=wait,
            logs=logs,
            job_name=name,
            kms_key=kms_key,
        )
        headers = copy.copy(data_config.headers)
        if headers and data_config.label in headers:
            headers.remove(str(data_config.label))
        label, label_headers = model_scores, None
        if isinstance(model_scores, ModelPredictedLabelConfig):
            label, label_headers = str(model_scores.label), model_scores.label_headers
        config = ClarifyBaseliningConfig(
            ExplainabilityAnalysisConfig(explainability_config, model_config, headers, label_headers),
            data_config.features,
            as_words(label),
        )
        return self._note_baseline(processor, name, config)

    def create_monitoring_schedule(  # type: ignore[override]  # takes other arguments, as in v2
        self,
        endpoint_input: Any = None,
        analysis_config: ExplainabilityAnalysisConfig | str | None = None,
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
            analysis_config: How to explain, or the S3 URI of its document; None: as the baseline has explained.
            **: As for `ModelMonitor.create_monitoring_schedule`.

        Raises:
            ValueError: There is a schedule already, or not exactly one input, or no way to explain.
        """
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
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
        analysis_config: ExplainabilityAnalysisConfig | str | None = None,
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
            ValueError: Two inputs are given, or nothing is.
        """
        given = Settings(
            endpoint_input=endpoint_input,
            batch_transform_input=batch_transform_input,
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
        times = (schedule_cron_expression, data_analysis_start_time, data_analysis_end_time)
        if given == Settings() and times == (None, None, None):
            raise ValueError("Nothing to update.")
        self._update(given, *times)
