"""The data that are analysed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from enum import Enum
from typing import Any

from sagewright.arguments import suggests
from sagewright.clarify.documents import Document, given, shown
from sagewright.clarify.time_series import TimeSeriesDataConfig
from sagewright.vocabulary.suggestions import hint

_GUIDE = "Please check the API documentation for the supported dataset types."


class DatasetType(Enum):
    """Formats of data, by their MIME types."""

    TEXTCSV = "text/csv"
    JSONLINES = "application/jsonlines"
    JSON = "application/json"
    PARQUET = "application/x-parquet"
    IMAGE = "application/x-image"


@suggests
class SegmentationConfig:
    """Segments of the data, for which bias is told one by one.

    Args:
        name_or_index: The column.
        segments: Each a list of values, or of intervals such as `(1, 5]`.
        config_name: Names it in the report.
        display_aliases: A name for each segment, and one more for all that is in none.

    Raises:
        ValueError: There are no segments, or another number of names.
    """

    def __init__(
        self,
        name_or_index: str | int,
        segments: list[list[str | int]],
        config_name: str | None = None,
        display_aliases: Sequence[str] | None = None,
    ) -> None:
        if name_or_index is None:
            raise ValueError("`name_or_index` cannot be None")
        if not segments or not isinstance(segments, list) or not all(isinstance(part, list) for part in segments):
            raise ValueError("`segments` must be a list of lists of values or intervals.")
        if display_aliases is not None and len(display_aliases) - len(segments) not in (0, 1):
            raise ValueError(
                "Number of `display_aliases` must equal the number of segments specified or with one additional "
                "default segment display alias."
            )
        self.name_or_index, self.segments = name_or_index, segments
        self.config_name, self.display_aliases = config_name, display_aliases

    def __repr__(self) -> str:
        return shown(self, self.to_dict())

    def to_dict(self) -> Document:
        """Return its part of the analysis' document."""
        names = {"config_name": self.config_name or None, "display_aliases": self.display_aliases or None}
        return {"name_or_index": self.name_or_index, "segments": self.segments, **given(names)}


@suggests
class DataConfig:
    """Where the data lie that are analysed, what they hold, and where the results go.

    Args:
        s3_data_input_path: The S3 URI of an object or prefix; or a file or folder here, which is uploaded.
        s3_output_path: The S3 URI of a prefix.
        s3_analysis_config_output_path: Where the analysis' document goes; None: to `s3_output_path`.
        label: The column of what was observed; of JSON a JMESPath.
        headers: The names of all columns.
        features: Of JSON, the JMESPath of the features.
        dataset_type: MIME type: `text/csv`, `application/jsonlines`, `application/json`, `application/x-parquet` or
            `application/x-image`.
        joinsource: The column by which facets and predictions in files of their own are joined.
        facet_dataset_uri, facet_headers: Facets in a file of their own; CSV only.
        predicted_label_dataset_uri, predicted_label_headers: Predictions in a file of their own; CSV only.
        predicted_label: The column of predictions.
        excluded_columns: Columns that the model does not see.
        time_series_data_config: For forecasts; JSON only.

    Raises:
        ValueError: The format is unknown, or does not go with another argument.

    Example:
        >>> from sagewright.clarify import DataConfig
        >>> data = DataConfig("s3://bucket/rows.csv", "s3://bucket/out", label="paid", headers=["paid", "age"])
        >>> data.get_config()["dataset_type"]
        'text/csv'
    """

    def __init__(
        self,
        s3_data_input_path: str,
        s3_output_path: str,
        s3_analysis_config_output_path: str | None = None,
        label: str | int | None = None,
        headers: list[str] | None = None,
        features: str | None = None,
        dataset_type: str = "text/csv",
        s3_compression_type: str = "None",
        joinsource: str | int | None = None,
        facet_dataset_uri: str | None = None,
        facet_headers: list[str] | None = None,
        predicted_label_dataset_uri: str | None = None,
        predicted_label_headers: list[str] | None = None,
        predicted_label: str | int | None = None,
        excluded_columns: list[int] | list[str] | None = None,
        segmentation_config: list[SegmentationConfig] | None = None,
        time_series_data_config: TimeSeriesDataConfig | None = None,
    ) -> None:
        files = (facet_dataset_uri or facet_headers, predicted_label_dataset_uri or predicted_label_headers)
        _check_type(dataset_type, predicted_label, excluded_columns, *files)
        if time_series_data_config and dataset_type != "application/json":
            raise ValueError("Currently time series explainability only supports JSON format data.")
        if dataset_type == "application/json" and features is None and not time_series_data_config:
            raise ValueError("features JMESPath is required for application/json dataset_type")
        self.s3_data_input_path, self.s3_output_path = s3_data_input_path, s3_output_path
        self.s3_analysis_config_output_path = s3_analysis_config_output_path
        self.s3_data_distribution_type = "FullyReplicated"
        self.s3_compression_type = s3_compression_type
        self.label, self.headers, self.features = label, headers, features
        self.facet_dataset_uri, self.facet_headers = facet_dataset_uri, facet_headers
        self.predicted_label_dataset_uri = predicted_label_dataset_uri
        self.predicted_label_headers = predicted_label_headers
        self.predicted_label, self.excluded_columns = predicted_label, excluded_columns
        self.segmentation_configs = segmentation_config
        series, segments = time_series_data_config, segmentation_config
        members = {
            "features": features,
            "headers": headers,
            "label": label,
            "joinsource_name_or_index": joinsource,
            "facet_dataset_uri": facet_dataset_uri,
            "facet_headers": facet_headers,
            "predicted_label_dataset_uri": predicted_label_dataset_uri,
            "predicted_label_headers": predicted_label_headers,
            "predicted_label": predicted_label,
            "excluded_columns": excluded_columns,
            "segment_config": [segment.to_dict() for segment in segments] if segments else None,
            "time_series_data_config": series.get_time_series_data_config() if series else None,
        }
        self.analysis_config: Document = {"dataset_type": dataset_type, **given(members)}

    def __repr__(self) -> str:
        return f"DataConfig({self.s3_data_input_path!r}, {self.s3_output_path!r}, {self.analysis_config!r})"

    def get_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.analysis_config)


def _check_type(dataset_type: str, predicted_label: Any, excluded_columns: Any, facets: Any, predictions: Any) -> None:
    known = [kind.value for kind in DatasetType]
    if dataset_type not in known:
        raise ValueError(f"Invalid dataset_type '{dataset_type}'. {_GUIDE}{hint(str(dataset_type), known)}")
    is_table, is_csv = dataset_type != "application/x-image", dataset_type == "text/csv"
    for names, value, allowed in (
        (["predicted_label"], predicted_label, is_table),
        (["excluded_columns"], excluded_columns, is_table),
        (["facet_dataset_uri", "facet_headers"], facets, is_csv),
        (["predicted_label_dataset_uri", "predicted_label_headers"], predictions, is_csv),
    ):
        if value and not allowed:
            said = " and ".join(f"'{name}'" for name in names)
            what = f"parameter {said} is" if len(names) == 1 else f"parameters {said} are"
            raise ValueError(f"The {what} not supported for dataset_type '{dataset_type}'. {_GUIDE}")
