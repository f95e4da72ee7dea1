"""The model that is asked, and what its answers hold."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.clarify.documents import Document, WrongArgumentsError, given, shown
from sagewright.clarify.time_series import TimeSeriesModelConfig

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

PREFIX = "^[a-zA-Z0-9](-*[a-zA-Z0-9])"
JSON = ("application/json", "application/jsonlines")
ACCEPT_TYPES = ("text/csv", "application/jsonlines", "application/json")
CONTENT_TYPES = (*ACCEPT_TYPES, "image/jpeg", "image/jpg", "image/png", "application/x-npy")


@suggests
class ModelConfig:
    """The model that is asked for predictions: one that was created, or an endpoint.

    Args:
        model_name: Of a model, for which the job makes an endpoint; needs the next two as well.
        accept_type: MIME type of the answers: `text/csv`, `application/jsonlines` or `application/json`.
        content_type: MIME type of the requests; None: the format of the data.
        content_template: What a request looks like: with `$features` in JSON lines, `$records` or `$record` in JSON.
        record_template: What a record looks like, in JSON.
        custom_attributes: Go with each request.
        endpoint_name_prefix: Begins the name of the endpoint that the job makes.
        target_model: Of a multi-model endpoint.
        endpoint_name: An endpoint that there is, instead of a model.
        time_series_model_config: For forecasts.

    Raises:
        ValueError: There is not exactly one of model and endpoint, or a type or template is wrong.

    Example:
        >>> from sagewright.clarify import ModelConfig
        >>> ModelConfig("my-model", 1, "ml.m5.large", accept_type="text/csv").get_predictor_config()["model_name"]
        'my-model'
    """

    def __init__(
        self,
        model_name: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        accept_type: str | None = None,
        content_type: str | None = None,
        content_template: str | None = None,
        record_template: str | None = None,
        custom_attributes: str | None = None,
        accelerator_type: str | None = None,
        endpoint_name_prefix: str | None = None,
        target_model: str | None = None,
        endpoint_name: str | None = None,
        time_series_model_config: TimeSeriesModelConfig | None = None,
    ) -> None:
        is_model = all((model_name, instance_count, instance_type))
        if is_model == bool(endpoint_name) or (endpoint_name and endpoint_name_prefix):
            raise WrongArgumentsError(
                "`ModelConfig` takes a `model_name` with `instance_count` and `instance_type`, or an `endpoint_name` "
                "that there is: one of the two.\n"
                "hint: `endpoint_name_prefix` names endpoints that the job makes."
            )
        if endpoint_name_prefix and not re.search(PREFIX, endpoint_name_prefix):
            raise ValueError(f"Invalid endpoint_name_prefix. Please follow pattern {PREFIX}.")
        _check_accept_type(accept_type, bool(time_series_model_config))
        _check_content_type(content_type, content_template, record_template, bool(time_series_model_config))
        model = {"model_name": model_name, "instance_type": instance_type, "initial_instance_count": instance_count}
        series = time_series_model_config
        members = {
            "endpoint_name_prefix": endpoint_name_prefix or None,
            "accept_type": accept_type,
            "content_type": content_type,
            "content_template": content_template,
            "record_template": record_template,
            "custom_attributes": custom_attributes,
            "accelerator_type": accelerator_type,
            "target_model": target_model,
            "time_series_predictor_config": series.get_time_series_model_config() if series else None,
        }
        own: Document = {"endpoint_name": endpoint_name} if endpoint_name else model
        self.predictor_config: Document = {**own, **given(members)}

    def __repr__(self) -> str:
        return shown(self, self.predictor_config)

    def get_predictor_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.predictor_config)


@suggests
class ModelPredictedLabelConfig:
    """Where the label stands in a model's answers.

    Args:
        label: Its column; of JSON a JMESPath.
        probability: The column or JMESPath of the scores.
        probability_threshold: The score from which on an answer is positive; None: 0.5.
        label_headers: The labels that the scores belong to.

    Raises:
        TypeError: The threshold is no number.
    """

    def __init__(
        self,
        label: str | int | None = None,
        probability: str | int | None = None,
        probability_threshold: float | None = None,
        label_headers: list[str] | None = None,
    ) -> None:
        if probability_threshold is not None:
            _check_number(probability_threshold)
        self.label, self.probability = label, probability
        self.probability_threshold, self.label_headers = probability_threshold, label_headers
        members = {"label": label, "probability": probability, "label_headers": label_headers}
        self.predictor_config: Document = given(members)

    def __repr__(self) -> str:
        return shown(self, {**self.predictor_config, **given({"probability_threshold": self.probability_threshold})})

    def get_predictor_config(self) -> tuple[float | None, Document]:
        """Return the threshold, and a copy of its part of the analysis' document."""
        return self.probability_threshold, copy.deepcopy(self.predictor_config)


def _check_accept_type(accept_type: str | None, is_forecast: bool) -> None:
    if accept_type is not None and accept_type not in ACCEPT_TYPES:
        raise ValueError(f"Invalid accept_type {accept_type}. Please choose text/csv or application/jsonlines.")
    if is_forecast and accept_type == "text/csv":
        raise ValueError("``accept_type`` must be JSON or JSONLines for time series explainability.")


def _check_content_type(content_type: str | None, content: str | None, record: str | None, is_forecast: bool) -> None:
    if content_type is None:
        return
    if content_type not in CONTENT_TYPES:
        raise ValueError(f"Invalid content_type {content_type}. Please choose text/csv or application/jsonlines.")
    if content_type == "application/jsonlines":
        if content is None:
            raise ValueError(f"content_template field is required for content_type {content_type}")
        if "$features" not in content:
            raise ValueError(f"Invalid content_template {content}. Please include a placeholder $features.")
    if content_type == "application/json":
        if content is None or record is None:
            raise ValueError(f"content_template and record_template are required for content_type {content_type}")
        if "$record" not in content:
            raise ValueError(
                f"Invalid content_template {content}. Please include either placeholder $records or $record."
            )
    if is_forecast and content_type not in JSON:
        raise ValueError("``content_type`` must be JSON or JSONLines for time series explainability.")


def _check_number(threshold: Any) -> None:
    try:
        float(threshold)
    except ValueError:
        raise TypeError(
            f"Invalid probability_threshold {threshold}. Please choose one that can be cast to float."
        ) from None
