"""SageMaker Clarify as an endpoint's explainer (v2's own path). Each class is the member of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.arguments import suggests

Document = dict[str, Any]


@suggests
class ClarifyTextConfig:
    """How text features are split: by `token`, `sentence` or `paragraph`."""

    def __init__(self, language: str, granularity: str) -> None:
        self.language, self.granularity = language, granularity

    def _to_request_dict(self) -> Document:
        return {"Language": self.language, "Granularity": self.granularity}


@suggests
class ClarifyShapBaselineConfig:
    """What answers are explained against: rows given in place, or an object in S3."""

    def __init__(
        self, mime_type: str | None = "text/csv", shap_baseline: str | None = None, shap_baseline_uri: str | None = None
    ) -> None:
        self.mime_type, self.shap_baseline, self.shap_baseline_uri = mime_type, shap_baseline, shap_baseline_uri

    def _to_request_dict(self) -> Document:
        rows = _given(ShapBaseline=self.shap_baseline, ShapBaselineUri=self.shap_baseline_uri)
        return {"MimeType": self.mime_type, **rows}


@suggests
class ClarifyShapConfig:
    """How SHAP values are computed."""

    def __init__(
        self,
        shap_baseline_config: ClarifyShapBaselineConfig,
        number_of_samples: int | None = None,
        seed: int | None = None,
        use_logit: bool | None = False,
        text_config: ClarifyTextConfig | None = None,
    ) -> None:
        self.shap_baseline_config, self.text_config = shap_baseline_config, text_config
        self.number_of_samples, self.seed, self.use_logit = number_of_samples, seed, use_logit

    def _to_request_dict(self) -> Document:
        return {
            "ShapBaselineConfig": self.shap_baseline_config._to_request_dict(),
            "UseLogit": self.use_logit,
            **_given(
                NumberOfSamples=self.number_of_samples,
                Seed=self.seed,
                TextConfig=self.text_config._to_request_dict() if self.text_config else None,
            ),
        }


@suggests
class ClarifyInferenceConfig:
    """How the explainer speaks with the model."""

    def __init__(
        self,
        feature_headers: Sequence[str] | None = None,
        feature_types: Sequence[str] | None = None,
        features_attribute: str | None = None,
        probability_index: int | None = None,
        probability_attribute: str | None = None,
        label_index: int | None = None,
        label_attribute: str | None = None,
        label_headers: Sequence[str] | None = None,
        max_payload_in_mb: int | None = 6,
        max_record_count: int | None = None,
        content_template: str | None = None,
    ) -> None:
        self.feature_headers, self.feature_types = feature_headers, feature_types
        self.features_attribute, self.content_template = features_attribute, content_template
        self.probability_index, self.probability_attribute = probability_index, probability_attribute
        self.label_index, self.label_attribute, self.label_headers = label_index, label_attribute, label_headers
        self.max_payload_in_mb, self.max_record_count = max_payload_in_mb, max_record_count

    def _to_request_dict(self) -> Document:
        return _given(
            FeatureHeaders=self.feature_headers or None,
            FeatureTypes=self.feature_types,
            FeaturesAttribute=self.features_attribute,
            ProbabilityIndex=self.probability_index,
            ProbabilityAttribute=self.probability_attribute,
            LabelIndex=self.label_index,
            LabelAttribute=self.label_attribute,
            LabelHeaders=self.label_headers,
            MaxPayloadInMB=self.max_payload_in_mb,
            MaxRecordCount=self.max_record_count,
            ContentTemplate=self.content_template,
        )


@suggests
class ClarifyExplainerConfig:
    """The explainer.

    Args:
        enable_explanations: A JMESPath expression that tells for which records; None: for all.
    """

    def __init__(
        self,
        shap_config: ClarifyShapConfig,
        enable_explanations: str | None = None,
        inference_config: ClarifyInferenceConfig | None = None,
    ) -> None:
        self.shap_config, self.enable_explanations = shap_config, enable_explanations
        self.inference_config = inference_config

    def _to_request_dict(self) -> Document:
        return {
            "ShapConfig": self.shap_config._to_request_dict(),
            **_given(
                EnableExplanations=self.enable_explanations,
                InferenceConfig=self.inference_config._to_request_dict() if self.inference_config else None,
            ),
        }


def _given(**members: Any) -> Document:
    return {name: value for name, value in members.items() if value is not None}
