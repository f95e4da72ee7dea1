"""Forecasts, and how they are explained."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from enum import Enum
from typing import Any

from sagewright.arguments import suggests
from sagewright.clarify.documents import Document, given, shown
from sagewright.clarify.explaining import ExplainabilityConfig

DIRECTIONS = ("chronological", "anti_chronological", "bidirectional")
GRANULARITIES = ("timewise", "fine_grained")
BASELINES = ["zero", "mean"]


class TimeSeriesJSONDatasetFormat(Enum):
    """How time series stand in JSON."""

    COLUMNS = "columns"
    ITEM_RECORDS = "item_records"
    TIMESTAMP_RECORDS = "timestamp_records"


@suggests
class TimeSeriesDataConfig:
    """Where the parts of time series stand in the data: all as JMESPaths, or all as numbers of columns.

    Args:
        dataset_format: Of JMESPaths.

    Raises:
        ValueError: A part is missing, or of another type.
    """

    def __init__(
        self,
        target_time_series: str | int,
        item_id: str | int,
        timestamp: str | int,
        related_time_series: list[str] | list[int] | None = None,
        static_covariates: list[str] | list[int] | None = None,
        dataset_format: TimeSeriesJSONDatasetFormat | None = None,
    ) -> None:
        own = {"target_time_series": target_time_series, "item_id": item_id, "timestamp": timestamp}
        for name, value in own.items():
            if not value:
                article = "an" if name == "item_id" else "a"
                raise ValueError(f"Please provide {article} {name.replace('_', ' ')}.")
        if not isinstance(target_time_series, (str, int)):
            raise ValueError("Please provide a string or an int for ``target_time_series``")
        kind = type(target_time_series)
        for name, value in own.items():
            if not isinstance(value, kind):
                raise ValueError(f"Please provide {kind} for ``{name}``")
        _check_list("related_time_series", related_time_series, kind)
        _check_list("static_covariates", static_covariates, kind)
        if kind is str and not isinstance(dataset_format, TimeSeriesJSONDatasetFormat):
            raise ValueError("Please provide a valid dataset format.")
        if kind is not str and dataset_format:
            raise ValueError("Dataset format should only be provided when data files are JSONs.")
        more = {
            "related_time_series": related_time_series or None,
            "static_covariates": static_covariates or None,
            "dataset_format": None if dataset_format is None else dataset_format.value,
        }
        self.time_series_data_config: Document = {**own, **given(more)}

    def __repr__(self) -> str:
        return shown(self, self.time_series_data_config)

    def get_time_series_data_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.time_series_data_config)


@suggests
class TimeSeriesModelConfig:
    """What a model's forecasts look like.

    Args:
        forecast: The JMESPath of the forecast in an answer.

    Raises:
        ValueError: It is no text.
    """

    def __init__(self, forecast: str) -> None:
        if not isinstance(forecast, str):
            raise ValueError(
                "Please provide a string JMESPath expression for ``forecast`` to extract the forecast result."
            )
        self.time_series_model_config: Document = {"forecast": forecast}

    def __repr__(self) -> str:
        return shown(self, self.time_series_model_config)

    def get_time_series_model_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.time_series_model_config)


@suggests
class AsymmetricShapleyValueConfig(ExplainabilityConfig):
    """Explains forecasts by asymmetric Shapley values.

    Args:
        direction: `chronological`, `anti_chronological` or `bidirectional`.
        granularity: `timewise`, or `fine_grained` for each feature of each moment.
        num_samples: Of a fine-grained explanation.
        baseline: S3 URI of a file, or `{"target_time_series": "zero", "static_covariates": {...}, ...}`.

    Raises:
        ValueError: A word is unknown, or arguments contradict each other.
    """

    def __init__(
        self,
        direction: str = "chronological",
        granularity: str = "timewise",
        num_samples: int | None = None,
        baseline: str | Mapping[str, Any] | None = None,
    ) -> None:
        if direction not in DIRECTIONS:
            raise ValueError(f"Please provide a valid explanation direction from: {', '.join(DIRECTIONS)}")
        if granularity not in GRANULARITIES:
            raise ValueError(f"Please provide a valid granularity from: {', '.join(GRANULARITIES)}")
        _check_samples(direction, granularity, num_samples)
        if isinstance(baseline, Mapping):
            _check_baseline(baseline)
        members = {"num_samples": num_samples, "baseline": baseline}
        self.asymmetric_shapley_value_config: Document = {
            "direction": direction,
            "granularity": granularity,
            **given(members),
        }

    def __repr__(self) -> str:
        return shown(self, self.asymmetric_shapley_value_config)

    def get_explainability_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy({"asymmetric_shapley_value": self.asymmetric_shapley_value_config})


def _check_list(name: str, values: Any, kind: type) -> None:
    if not values:
        return
    if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
        raise ValueError(f"Please provide a list of {kind} for ``{name}``")
    if kind is str and not all(values):
        raise ValueError(f"Please do not provide empty strings in ``{name}``.")


def _check_samples(direction: str, granularity: str, num_samples: Any) -> None:
    if granularity != "fine_grained":
        if num_samples:
            raise ValueError("``num_samples`` is only used for fine-grained explanations.")
        return
    if not isinstance(num_samples, int):
        raise ValueError("Please provide an integer for ``num_samples``.")
    if direction != "chronological":
        raise ValueError(f"{direction} and {granularity} granularity are not supported together.")


def _check_baseline(baseline: Mapping[str, Any]) -> None:
    for name in ("target_time_series", "related_time_series"):
        if name in baseline and baseline[name] not in BASELINES:
            raise ValueError(
                f"Provided value {baseline[name]} for ``{name}`` is invalid. Please select one of {BASELINES}."
            )
