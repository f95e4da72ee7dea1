"""What AutoML jobs of the second version learn: one class for each kind of problem, and their data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.arguments import suggests
from sagewright.requests.automl import completion_criteria, given

Document = dict[str, Any]


class _Problem:
    """What a job learns, and when it ends."""

    max_candidates: int | None = None
    max_runtime_per_training_job_in_seconds: int | None = None
    max_total_job_runtime_in_seconds: int | None = None

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed, as v2's

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def _document(self, members: Mapping[str, Any]) -> Document:
        criteria = completion_criteria(
            self.max_candidates, self.max_runtime_per_training_job_in_seconds, self.max_total_job_runtime_in_seconds
        )
        return given({"CompletionCriteria": criteria or None, **members})


def _criteria(document: Mapping[str, Any]) -> Document:
    found = document.get("CompletionCriteria", {})
    return {
        "max_candidates": found.get("MaxCandidates"),
        "max_runtime_per_training_job_in_seconds": found.get("MaxRuntimePerTrainingJobInSeconds"),
        "max_total_job_runtime_in_seconds": found.get("MaxAutoMLJobRuntimeInSeconds"),
    }


@suggests
class AutoMLTabularConfig(_Problem):
    """Predict a column of a table.

    Args:
        algorithms_config: Algorithms to try: `xgboost`, `linear-learner`, ...

    Example:
        >>> from sagewright.automl.automlv2 import AutoMLTabularConfig
        >>> AutoMLTabularConfig("y", max_candidates=3).to_request_dict()
        {'TabularJobConfig': {'CompletionCriteria': {'MaxCandidates': 3}, 'TargetAttributeName': 'y'}}
    """

    algorithms_config: list[str] | None = None
    feature_specification_s3_uri: str | None = None
    generate_candidate_definitions_only: bool | None = None
    mode: str | None = None
    problem_type: str | None = None
    sample_weight_attribute_name: str | None = None

    def __init__(
        self,
        target_attribute_name: str,
        algorithms_config: list[str] | None = None,
        feature_specification_s3_uri: str | None = None,
        generate_candidate_definitions_only: bool | None = None,
        mode: str | None = None,
        problem_type: str | None = None,
        sample_weight_attribute_name: str | None = None,
        max_candidates: int | None = None,
        max_runtime_per_training_job_in_seconds: int | None = None,
        max_total_job_runtime_in_seconds: int | None = None,
    ) -> None:
        self.target_attribute_name, self.algorithms_config = target_attribute_name, algorithms_config
        self.feature_specification_s3_uri = feature_specification_s3_uri
        self.generate_candidate_definitions_only = generate_candidate_definitions_only
        self.mode, self.problem_type = mode, problem_type
        self.sample_weight_attribute_name, self.max_candidates = sample_weight_attribute_name, max_candidates
        self.max_runtime_per_training_job_in_seconds = max_runtime_per_training_job_in_seconds
        self.max_total_job_runtime_in_seconds = max_total_job_runtime_in_seconds

    @classmethod
    def from_response_dict(cls, api_problem_type_config: Mapping[str, Any]) -> AutoMLTabularConfig:
        """Return the problem that a description holds."""
        found = api_problem_type_config
        algorithms = found.get("CandidateGenerationConfig", {}).get("AlgorithmsConfig") or [{}]
        return cls(
            found["TargetAttributeName"],
            algorithms[0].get("AutoMLAlgorithms"),
            found.get("FeatureSpecificationS3Uri"),
            found.get("GenerateCandidateDefinitionsOnly"),
            found.get("Mode"),
            found.get("ProblemType"),
            found.get("SampleWeightAttributeName"),
            **_criteria(found),
        )

    def to_request_dict(self) -> Document:
        """Return the document of a request."""
        algorithms = self.algorithms_config
        members = {
            "TargetAttributeName": self.target_attribute_name,
            "ProblemType": self.problem_type,
            "SampleWeightAttributeName": self.sample_weight_attribute_name,
            "Mode": self.mode,
            "GenerateCandidateDefinitionsOnly": self.generate_candidate_definitions_only,
            "FeatureSpecificationS3Uri": self.feature_specification_s3_uri,
            "CandidateGenerationConfig": None
            if algorithms is None
            else {"AlgorithmsConfig": [{"AutoMLAlgorithms": algorithms}]},
        }
        return {"TabularJobConfig": self._document(members)}


@suggests
class AutoMLImageClassificationConfig(_Problem):
    """Tell what is in a picture."""

    def __init__(
        self,
        max_candidates: int | None = None,
        max_runtime_per_training_job_in_seconds: int | None = None,
        max_total_job_runtime_in_seconds: int | None = None,
    ) -> None:
        self.max_candidates = max_candidates
        self.max_runtime_per_training_job_in_seconds = max_runtime_per_training_job_in_seconds
        self.max_total_job_runtime_in_seconds = max_total_job_runtime_in_seconds

    @classmethod
    def from_response_dict(cls, api_problem_type_config: Mapping[str, Any]) -> AutoMLImageClassificationConfig:
        """Return the problem that a description holds."""
        return cls(**_criteria(api_problem_type_config))

    def to_request_dict(self) -> Document:
        """Return the document of a request."""
        return {"ImageClassificationJobConfig": self._document({})}


@suggests
class AutoMLTextClassificationConfig(_Problem):
    """Tell of what kind a text is.

    Args:
        content_column, target_label_column: The columns with the texts and with their kinds.
    """

    def __init__(
        self,
        content_column: str,
        target_label_column: str,
        max_candidates: int | None = None,
        max_runtime_per_training_job_in_seconds: int | None = None,
        max_total_job_runtime_in_seconds: int | None = None,
    ) -> None:
        self.content_column, self.target_label_column = content_column, target_label_column
        self.max_candidates = max_candidates
        self.max_runtime_per_training_job_in_seconds = max_runtime_per_training_job_in_seconds
        self.max_total_job_runtime_in_seconds = max_total_job_runtime_in_seconds

    @classmethod
    def from_response_dict(cls, api_problem_type_config: Mapping[str, Any]) -> AutoMLTextClassificationConfig:
        """Return the problem that a description holds."""
        found = api_problem_type_config
        return cls(found["ContentColumn"], found["TargetLabelColumn"], **_criteria(found))

    def to_request_dict(self) -> Document:
        """Return the document of a request."""
        members = {"ContentColumn": self.content_column, "TargetLabelColumn": self.target_label_column}
        return {"TextClassificationJobConfig": self._document(members)}


@suggests
class AutoMLTextGenerationConfig(_Problem):
    """Fine-tune a language model.

    Args:
        accept_eula: Agree to the model's licence.
    """

    base_model_name: str | None = None
    accept_eula: bool | None = None
    text_generation_hyper_params: dict[str, str] | None = None

    def __init__(
        self,
        base_model_name: str | None = None,
        accept_eula: bool | None = None,
        text_generation_hyper_params: dict[str, str] | None = None,
        max_candidates: int | None = None,
        max_runtime_per_training_job_in_seconds: int | None = None,
        max_total_job_runtime_in_seconds: int | None = None,
    ) -> None:
        self.base_model_name, self.accept_eula = base_model_name, accept_eula
        self.text_generation_hyper_params, self.max_candidates = text_generation_hyper_params, max_candidates
        self.max_runtime_per_training_job_in_seconds = max_runtime_per_training_job_in_seconds
        self.max_total_job_runtime_in_seconds = max_total_job_runtime_in_seconds

    @classmethod
    def from_response_dict(cls, api_problem_type_config: Mapping[str, Any]) -> AutoMLTextGenerationConfig:
        """Return the problem that a description holds."""
        found = api_problem_type_config
        return cls(
            found.get("BaseModelName"),
            found.get("ModelAccessConfig", {}).get("AcceptEula"),
            found.get("TextGenerationHyperParameters"),
            **_criteria(found),
        )

    def to_request_dict(self) -> Document:
        """Return the document of a request."""
        members = {
            "BaseModelName": self.base_model_name,
            "ModelAccessConfig": None if self.accept_eula is None else {"AcceptEula": self.accept_eula},
            "TextGenerationHyperParameters": self.text_generation_hyper_params,
        }
        return {"TextGenerationJobConfig": self._document(members)}


@suggests
class AutoMLTimeSeriesForecastingConfig(_Problem):
    """Forecast time series.

    Args:
        forecast_frequency: `1D`, `2W`, `15min`, ...
        forecast_horizon: Steps of that length.
        forecast_quantiles: `p10`, `mean`, ...
        holiday_config: The code of a country, whose holidays count.
        aggregation, filling: By column, how values are brought to the frequency, and what fills gaps.
    """

    grouping_attribute_names: list[str] | None = None
    feature_specification_s3_uri: str | None = None
    forecast_quantiles: list[str] | None = None
    holiday_config: Any = None
    aggregation: dict[str, str] | None = None
    filling: dict[str, Any] | None = None

    def __init__(
        self,
        forecast_frequency: str,
        forecast_horizon: int,
        item_identifier_attribute_name: str,
        target_attribute_name: str,
        timestamp_attribute_name: str,
        grouping_attribute_names: list[str] | None = None,
        feature_specification_s3_uri: str | None = None,
        forecast_quantiles: list[str] | None = None,
        holiday_config: Any = None,
        aggregation: dict[str, str] | None = None,
        filling: dict[str, Any] | None = None,
        max_candidates: int | None = None,
        max_runtime_per_training_job_in_seconds: int | None = None,
        max_total_job_runtime_in_seconds: int | None = None,
    ) -> None:
        self.forecast_frequency, self.forecast_horizon = forecast_frequency, forecast_horizon
        self.item_identifier_attribute_name = item_identifier_attribute_name
        self.target_attribute_name, self.timestamp_attribute_name = target_attribute_name, timestamp_attribute_name
        self.grouping_attribute_names = grouping_attribute_names
        self.feature_specification_s3_uri, self.forecast_quantiles = feature_specification_s3_uri, forecast_quantiles
        self.holiday_config, self.aggregation, self.filling = holiday_config, aggregation, filling
        self.max_candidates = max_candidates
        self.max_runtime_per_training_job_in_seconds = max_runtime_per_training_job_in_seconds
        self.max_total_job_runtime_in_seconds = max_total_job_runtime_in_seconds

    @classmethod
    def from_response_dict(cls, api_problem_type_config: Mapping[str, Any]) -> AutoMLTimeSeriesForecastingConfig:
        """Return the problem that a description holds."""
        found = api_problem_type_config
        series, changes = found["TimeSeriesConfig"], found.get("Transformations", {})
        return cls(
            found["ForecastFrequency"],
            found["ForecastHorizon"],
            series["ItemIdentifierAttributeName"],
            series["TargetAttributeName"],
            series["TimestampAttributeName"],
            series.get("GroupingAttributeNames"),
            found.get("FeatureSpecificationS3Uri"),
            found.get("ForecastQuantiles"),
            (found.get("HolidayConfig") or [{}])[0].get("CountryCode"),
            changes.get("Aggregation"),
            changes.get("Filling"),
            **_criteria(found),
        )

    def to_request_dict(self) -> Document:
        """Return the document of a request."""
        series = {
            "TargetAttributeName": self.target_attribute_name,
            "TimestampAttributeName": self.timestamp_attribute_name,
            "ItemIdentifierAttributeName": self.item_identifier_attribute_name,
            "GroupingAttributeNames": self.grouping_attribute_names or None,
        }
        changes = {"Aggregation": self.aggregation or None, "Filling": self.filling or None}
        members = {
            "FeatureSpecificationS3Uri": self.feature_specification_s3_uri,
            "ForecastHorizon": self.forecast_horizon,
            "ForecastFrequency": self.forecast_frequency,
            "TimeSeriesConfig": given(series),
            "ForecastQuantiles": self.forecast_quantiles or None,
            "HolidayConfig": [{"CountryCode": self.holiday_config}] if self.holiday_config else None,
            "Transformations": given(changes) or None,
        }
        return {"TimeSeriesForecastingJobConfig": self._document(members)}


# By the name that descriptions have for them.
PROBLEMS: Mapping[str, Any] = {
    "Tabular": AutoMLTabularConfig,
    "ImageClassification": AutoMLImageClassificationConfig,
    "TextClassification": AutoMLTextClassificationConfig,
    "TextGeneration": AutoMLTextGenerationConfig,
    "TimeSeriesForecasting": AutoMLTimeSeriesForecastingConfig,
}
