"""The document of an analysis, put together of what its user has said (`analysis_config.json`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.clarify.bias import BiasConfig
from sagewright.clarify.data import DataConfig
from sagewright.clarify.documents import Document, given
from sagewright.clarify.explaining import PDPConfig
from sagewright.clarify.models import ModelConfig, ModelPredictedLabelConfig
from sagewright.clarify.time_series import AsymmetricShapleyValueConfig

REPORT: Mapping[str, str] = {"name": "report", "title": "Analysis Report"}
EXPLAINING = ("shap", "pdp", "asymmetric_shapley_value")
NO_ASYMMETRIC = "Please do not provide Asymmetric Shapley Value configs for non-TimeSeries uses."
NO_FEATURES = "PDP features must be provided when ShapConfig is not provided"


def bias(data: DataConfig, looked_for: BiasConfig, before: Any = None, after: Any = None) -> Document:
    """Return the document of an analysis of bias, without the model that is asked.

    Args:
        before, after: Methods that look at the data, and at the predictions; None: none of them.

    Raises:
        AttributeError: There is no method.
    """
    return {**data.get_config(), **looked_for.get_config(), "methods": methods(before, after)}


def explainability(data: DataConfig, model: ModelConfig, explained: Any, labels: Any = None) -> Document:
    """Return the document of an explanation.

    Raises:
        AttributeError: There is no method.
        ValueError: Methods go together neither with each other nor with the data and the model.
    """
    if not isinstance(model, ModelConfig):
        raise ValueError("model_config must be provided when explainability methods are selected.")
    _check_time_series(data, model, explained)
    document = {**data.get_config(), "methods": methods(explained=explained)}
    return with_predictor(document, model, labels)


def bias_and_explainability(
    data: DataConfig,
    model: ModelConfig,
    labels: Any,
    explained: Any,
    looked_for: BiasConfig,
    before: Any,
    after: Any,
) -> Document:
    """Return the document of an analysis of bias with an explanation.

    Raises:
        AttributeError: There is no method.
        ValueError: It is of time series, or methods do not go together.
    """
    is_forecast = bool(model) and "time_series_predictor_config" in model.predictor_config
    if (
        isinstance(explained, AsymmetricShapleyValueConfig)
        or "time_series_data_config" in data.analysis_config
        or is_forecast
    ):
        raise ValueError("Bias metrics are unsupported for time series.")
    document = {**data.get_config(), **looked_for.get_config(), "methods": methods(before, after, explained)}
    return with_predictor(document, model, labels)


def methods(before: Any = None, after: Any = None, explained: Any = None) -> Document:
    """Return the methods of an analysis: of bias before and after training, of explanation, and the report."""
    if not any((before, after, explained)):
        raise AttributeError(
            "analysis_config must have at least one working method: One of the `pre_training_methods`, "
            "`post_training_methods`, `explainability_config`."
        )
    found: Document = {"report": dict(REPORT)}
    if before:
        found["pre_training_bias"] = {"methods": before}
    if after:
        found["post_training_bias"] = {"methods": after}
    return found if explained is None else {**found, **_explaining(explained)}


def with_predictor(document: Document, model: Any, labels: Any) -> Document:
    """Return the document of an analysis with the model that is asked, and where its label stands.

    Raises:
        ValueError: There is no model, where one is needed.
    """
    found = dict(document)
    if isinstance(model, ModelConfig):
        found["predictor"] = model.get_predictor_config()
    elif any(method in document["methods"] for method in EXPLAINING):
        raise ValueError("model_config must be provided when explainability methods are selected.")
    elif "predicted_label_dataset_uri" not in document and "predicted_label" not in document:
        raise ValueError(
            "model_config must be provided when `predicted_label_dataset_uri` or `predicted_label` are not provided in "
            "data_config."
        )
    if isinstance(labels, ModelPredictedLabelConfig):
        threshold, where = labels.get_predictor_config()
        found.update(given({"probability_threshold": threshold}))
    else:
        where = given({"label": labels})
    if "predictor" in found:
        found["predictor"].update(where)
    return found


def _explaining(explained: Any) -> Document:
    """Return the members of one way to explain, or of a list of them."""
    if isinstance(explained, AsymmetricShapleyValueConfig):
        return explained.get_explainability_config()
    ways = explained if isinstance(explained, list) else [explained]
    if not ways:
        raise ValueError("Please provide at least one explainability config.")
    if any(isinstance(way, AsymmetricShapleyValueConfig) for way in ways):
        raise ValueError(NO_ASYMMETRIC)
    found: Document = {}
    for way in ways:
        found.update(way.get_explainability_config())
    if len(found) != len(ways):
        raise ValueError("Duplicate explainability configs are provided")
    is_alone = "shap" not in found and any(isinstance(way, PDPConfig) for way in ways)
    if is_alone and "features" not in found["pdp"]:
        raise ValueError(NO_FEATURES)
    return found


def _check_time_series(data: DataConfig, model: ModelConfig, explained: Any) -> None:
    """Raise where only a part of data, model and method is of time series."""
    parts = {
        "TimeSeriesDataConfig": "time_series_data_config" in data.analysis_config,
        "TimeSeriesModelConfig": "time_series_predictor_config" in model.predictor_config,
    }
    is_asymmetric = isinstance(explained, AsymmetricShapleyValueConfig)
    for (name, is_there), owner in zip(parts.items(), ("DataConfig", "ModelConfig"), strict=True):
        if is_asymmetric and not is_there:
            raise ValueError(f"Please provide a {name} to {owner}.")
        if is_there and not is_asymmetric:
            raise ValueError(
                "Please provide an AsymmetricShapleyValueConfig for time series explainability cases. For non time "
                f"series cases, please do not provide a {name}."
            )
    if is_asymmetric:
        _check_covariates(explained, data)


def _check_covariates(explained: AsymmetricShapleyValueConfig, data: DataConfig) -> None:
    baseline = explained.asymmetric_shapley_value_config.get("baseline")
    if not isinstance(baseline, Mapping) or "static_covariates" not in baseline:
        return
    count = len(data.analysis_config["time_series_data_config"].get("static_covariates", ()))
    if not count:
        raise ValueError(
            "Static covariate baselines are provided in AsymmetricShapleyValueConfig when no static covariate columns "
            "are provided in TimeSeriesDataConfig. Please check these configs."
        )
    for item, entry in baseline["static_covariates"].items():
        if not isinstance(entry, list):
            raise ValueError(f"Baseline entry for {item} must be a list, is {type(entry)}.")
        if len(entry) != count:
            raise ValueError(
                f"Length of baseline entry for {item} does not match number of static covariate columns. Please ensure "
                "every covariate has a baseline value for every item id."
            )
