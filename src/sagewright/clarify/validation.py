"""What an analysis' document may hold: a slip is told before a job is started that would trip over it."""

from __future__ import annotations

import re
from typing import Any

from sagewright.clarify.checking import Check, a, anything, either, every, mapping, record, word
from sagewright.clarify.languages import GRANULARITIES, LANGUAGES
from sagewright.clarify.models import PREFIX


class AnalysisSchema:
    """The rules of an analysis' document."""

    def __repr__(self) -> str:
        return "ANALYSIS_CONFIG_SCHEMA_V1_0"

    def validate(self, data: Any) -> Any:
        """Return a document that keeps to the rules.

        Raises:
            ValueError: It does not; the message names the place.
        """
        _DOCUMENT(data, "analysis_config")
        return data


def _prefix(value: Any, where: str) -> None:
    a(str)(value, where)
    if not re.search(PREFIX, value):
        raise ValueError(f"`{where}` has to follow the pattern {PREFIX}, and is `{value}`")


_COLUMN = a(str, int)
_COLUMNS = every(_COLUMN)
_NUMBER = a(int, float)
_VALUE = a(int, float, str)
_BIAS = record({}, methods=either(a(str), every(a(str))))
_NAMES = either(every(a(str)), every(a(int)))

_TEXT = record({"max_top_tokens": a(int)}, granularity=word(*GRANULARITIES), language=word(*LANGUAGES))
_IMAGE = record(
    {
        "num_segments": a(int),
        "segment_compactness": _NUMBER,
        "feature_extraction_method": a(str),
        "model_type": a(str),
        "max_objects": a(int),
        "iou_threshold": _NUMBER,
        "context": _NUMBER,
        "debug": record(
            {
                "image_names": every(a(str)),
                "class_ids": every(a(int)),
                "sample_from": a(int),
                "sample_to": a(int),
            }
        ),
    }
)
_SHAP = record(
    {
        "baseline": either(
            a(str),
            every(either(every(either(_VALUE, a(type(None)))), mapping(anything))),
            mapping(anything),
        ),
        "num_clusters": a(int),
        "use_logit": a(bool),
        "num_samples": a(int),
        "agg_method": word("mean_abs", "median", "mean_sq"),
        "save_local_shap_values": a(bool),
        "text_config": _TEXT,
        "image_config": _IMAGE,
        "seed": a(int),
        "features_to_explain": _COLUMNS,
    }
)
_BASELINE = word("zero", "mean")
_ASYMMETRIC = record(
    {
        "num_samples": a(int),
        "baseline": either(
            a(str),
            record(
                {
                    "target_time_series": _BASELINE,
                    "related_time_series": _BASELINE,
                    "static_covariates": mapping(every(_VALUE)),
                }
            ),
        ),
    },
    direction=word("chronological", "anti_chronological", "bidirectional"),
    granularity=word("timewise", "fine_grained"),
)
_METHODS = record(
    {
        "shap": _SHAP,
        "pre_training_bias": _BIAS,
        "post_training_bias": _BIAS,
        "pdp": record({"features": _COLUMNS, "top_k_features": a(int)}, grid_resolution=a(int)),
        "report": record({"title": a(str)}, name=a(str)),
        "asymmetric_shapley_value": _ASYMMETRIC,
    }
)
_PREDICTOR = record(
    {
        "endpoint_name": a(str),
        "endpoint_name_prefix": _prefix,
        "model_name": a(str),
        "target_model": a(str),
        "instance_type": a(str),
        "initial_instance_count": a(int),
        "accelerator_type": a(str),
        "content_type": word(
            "text/csv",
            "application/jsonlines",
            "application/json",
            "image/jpeg",
            "image/jpg",
            "image/png",
            "application/x-npy",
        ),
        "accept_type": word("text/csv", "application/jsonlines", "application/json"),
        "label": _COLUMN,
        "probability": _COLUMN,
        "label_headers": _COLUMNS,
        "content_template": either(a(str), mapping(a(str))),
        "record_template": a(str),
        "custom_attributes": a(str),
        "time_series_predictor_config": record({}, forecast=a(str)),
    }
)
_SERIES = record(
    {
        "related_time_series": _NAMES,
        "static_covariates": _NAMES,
        "dataset_format": word("columns", "item_records", "timestamp_records"),
    },
    target_time_series=_COLUMN,
    item_id=_COLUMN,
    timestamp=_COLUMN,
)
_SEGMENT = record(
    {"config_name": a(str), "display_aliases": every(a(str))},
    name_or_index=_COLUMN,
    segments=every(_COLUMNS),
)
_DOCUMENT: Check = record(
    {
        "version": a(str),
        "dataset_uri": a(str),
        "headers": every(a(str)),
        "label": _COLUMN,
        "predicted_label": _COLUMN,
        "features": a(str),
        "label_values_or_threshold": every(_VALUE),
        "probability_threshold": _NUMBER,
        "segment_config": every(_SEGMENT),
        "facet": every(record({"value_or_threshold": every(_VALUE)}, name_or_index=_COLUMN)),
        "facet_dataset_uri": a(str),
        "facet_headers": every(a(str)),
        "predicted_label_dataset_uri": a(str),
        "predicted_label_headers": every(a(str)),
        "excluded_columns": _COLUMNS,
        "joinsource_name_or_index": _COLUMN,
        "group_variable": _COLUMN,
        "time_series_data_config": _SERIES,
        "predictor": _PREDICTOR,
    },
    dataset_type=word(
        "text/csv",
        "application/jsonlines",
        "application/json",
        "application/sagemakercapturejson",
        "application/x-parquet",
        "application/x-image",
    ),
    methods=_METHODS,
)

ANALYSIS_CONFIG_SCHEMA_V1_0 = AnalysisSchema()
