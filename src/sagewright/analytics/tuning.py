"""The training jobs of a tuning job as a table."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.analytics.table import AnalyticsMetricsBase, pages
from sagewright.api_object import session_or_new
from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


@suggests
class HyperparameterTuningJobAnalytics(AnalyticsMetricsBase):
    """Fetches the training jobs of a tuning job, with their hyperparameters and what they have come to.

    Args:
        hyperparameter_tuning_job_name: The tuning job's name.

    Example:
        >>> from sagewright.analytics import HyperparameterTuningJobAnalytics
        >>> HyperparameterTuningJobAnalytics("my-tuning-job").name
        'my-tuning-job'
    """

    def __init__(self, hyperparameter_tuning_job_name: str, sagemaker_session: Session | None = None) -> None:
        super().__init__()
        self._session, self._job = session_or_new(sagemaker_session), hyperparameter_tuning_job_name
        self.clear_cache()

    def __repr__(self) -> str:
        return f"<sagemaker.HyperparameterTuningJobAnalytics for {self.name}>"

    @property
    def name(self) -> str:
        """The tuning job's name."""
        return self._job

    def clear_cache(self) -> None:
        """Forget what was fetched."""
        super().clear_cache()
        self._description: Document | None = None
        self._summaries: list[Document] | None = None

    @property
    def tuning_ranges(self) -> dict[str, Any]:
        """The ranges by hyperparameter; of a tuning job of several definitions, by definition and hyperparameter."""
        description = self.description()
        if "TrainingJobDefinition" in description:
            return _by_name(description["HyperParameterTuningJobConfig"]["ParameterRanges"])
        definitions = description["TrainingJobDefinitions"]
        return {each["DefinitionName"]: _by_name(each["HyperParameterRanges"]) for each in definitions}

    def description(self, force_refresh: bool = False) -> Document:
        """Return the answer of `DescribeHyperParameterTuningJob`.

        Args:
            force_refresh: Ask again; else what was answered the first time is returned.
        """
        if force_refresh:
            self.clear_cache()
        if self._description is None:
            ask = self._session.sagemaker_client.describe_hyper_parameter_tuning_job
            self._description = ask(HyperParameterTuningJobName=self._job)
        return self._description

    def training_job_summaries(self, force_refresh: bool = False) -> list[Document]:
        """Return the summary of each training job, as `ListTrainingJobsForHyperParameterTuningJob` has it.

        Args:
            force_refresh: Ask again; else what was answered the first time is returned.
        """
        if force_refresh:
            self.clear_cache()
        if self._summaries is None:
            ask = self._session.sagemaker_client.list_training_jobs_for_hyper_parameter_tuning_job
            request = {"HyperParameterTuningJobName": self._job, "MaxResults": 100}
            self._summaries = list(pages(ask, "TrainingJobSummaries", request))
        return self._summaries

    def _fetch_dataframe(self) -> Any:
        import pandas as pd

        return pd.DataFrame([_row(summary) for summary in self.training_job_summaries()])


def _by_name(ranges: Mapping[str, Sequence[Document]]) -> dict[str, Document]:
    return {each["Name"]: each for kind in ranges.values() for each in kind}


def _row(summary: Document) -> Document:
    start, end = summary.get("TrainingStartTime"), summary.get("TrainingEndTime")
    row = {
        **{name: _number(value) for name, value in summary["TunedHyperParameters"].items()},
        "TrainingJobName": summary["TrainingJobName"],
        "TrainingJobStatus": summary["TrainingJobStatus"],
        "FinalObjectiveValue": summary.get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value"),
        "TrainingStartTime": start,
        "TrainingEndTime": end,
    }
    if start and end:
        row["TrainingElapsedTimeSeconds"] = (end - start).total_seconds()
    if "TrainingJobDefinitionName" in summary:
        row["TrainingJobDefinitionName"] = summary["TrainingJobDefinitionName"]
    return row


def _number(value: Any) -> Any:
    """Return a value as a number, where it is one."""
    with contextlib.suppress(TypeError, ValueError):
        return float(value)
    return value
