"""Jobs of monitors by Clarify, and what they are told to look for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.clarify.bias import BiasConfig
from sagewright.clarify.models import ModelConfig
from sagewright.model_monitor.executions import BaseliningJob, MonitoringExecution
from sagewright.model_monitor.monitoring_files import Constraints
from sagewright.processing.job import ProcessingJob

if TYPE_CHECKING:
    from sagewright.clarify.explaining import ExplainabilityConfig

Document = dict[str, Any]


@suggests
class BiasAnalysisConfig:
    """What bias a schedule looks for.

    Args:
        headers: The names of the columns.
        label: The column of what came true.
    """

    def __init__(
        self, bias_config: BiasConfig, headers: Sequence[str] | None = None, label: str | int | None = None
    ) -> None:
        self.analysis_config: Document = bias_config.get_config()
        if headers is not None:
            self.analysis_config["headers"] = headers
        if label is not None:
            self.analysis_config["label"] = label

    def __repr__(self) -> str:
        return f"BiasAnalysisConfig({self.analysis_config!r})"

    def _to_dict(self) -> Document:
        return self.analysis_config


@suggests
class ExplainabilityAnalysisConfig:
    """How a schedule explains.

    Args:
        headers: The names of the features.
        label_headers: The names of the labels.
    """

    def __init__(
        self,
        explainability_config: ExplainabilityConfig,
        model_config: ModelConfig,
        headers: Sequence[str] | None = None,
        label_headers: Sequence[str] | None = None,
    ) -> None:
        predictor = model_config.get_predictor_config()
        self.analysis_config: Document = {
            "methods": explainability_config.get_explainability_config(),
            "predictor": predictor,
        }
        if headers is not None:
            self.analysis_config["headers"] = headers
        if label_headers is not None:
            predictor["label_headers"] = label_headers

    def __repr__(self) -> str:
        return f"ExplainabilityAnalysisConfig({self.analysis_config!r})"

    def _to_dict(self) -> Document:
        return self.analysis_config


@suggests
class ClarifyBaseliningConfig:
    """What a baseline has looked for, and where things stand in the data."""

    def __init__(
        self,
        analysis_config: Any,
        features_attribute: str | None = None,
        inference_attribute: str | None = None,
        probability_attribute: Any = None,
        probability_threshold_attribute: float | None = None,
    ) -> None:
        self.analysis_config = analysis_config
        self.features_attribute, self.inference_attribute = features_attribute, inference_attribute
        self.probability_attribute = probability_attribute
        self.probability_threshold_attribute = probability_threshold_attribute

    def __repr__(self) -> str:
        return f"ClarifyBaseliningConfig({self.analysis_config!r})"


@suggests
class ClarifyBaseliningJob(BaseliningJob):
    """A job of Clarify that makes a baseline."""

    def __init__(self, processing_job: ProcessingJob) -> None:
        super().__init__(
            processing_job.sagemaker_session,
            processing_job.job_name,
            processing_job.inputs,
            processing_job.outputs,
            processing_job.output_kms_key,
        )

    def baseline_statistics(self, **_: Any) -> Any:  # type: ignore[override]  # takes anything, as in v2
        """Refuse: Clarify makes no statistics.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("ClarifyBaseliningJob doesn't support statistics.")

    def suggested_constraints(self, file_name: str | None = None, kms_key: str | None = None) -> Constraints | None:
        """Return the constraints that the job suggests: the whole of its analysis.

        Args:
            file_name: Means nothing.

        Raises:
            UnexpectedStatusException: The job has not completed.
        """
        return super().suggested_constraints("analysis.json", kms_key)


class ClarifyMonitoringExecution(MonitoringExecution):
    """A run of a schedule by Clarify."""

    def statistics(self, **_: Any) -> Any:  # type: ignore[override]  # takes anything, as in v2
        """Refuse: Clarify makes no statistics.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("ClarifyMonitoringExecution doesn't support statistics.")
