"""What was measured of a model, and where the reports lie (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.requests.documents import described

Document = dict[str, Any]


@suggests
class MetricsSource:
    """A report in S3.

    Args:
        content_type: `application/json`.
        content_digest: Of its bytes.

    Example:
        >>> from sagewright.model_metrics import MetricsSource, ModelMetrics
        >>> report = MetricsSource("application/json", "s3://b/statistics.json")
        >>> metrics = ModelMetrics(model_statistics=report)
    """

    def __init__(self, content_type: str, s3_uri: str, content_digest: str | None = None) -> None:
        self.content_type, self.s3_uri, self.content_digest = content_type, s3_uri, content_digest

    def __repr__(self) -> str:
        return f"MetricsSource({self._to_request_dict()})"

    def _to_request_dict(self) -> Document:
        digest = {} if self.content_digest is None else {"ContentDigest": self.content_digest}
        return {"ContentType": self.content_type, "S3Uri": self.s3_uri, **digest}


@suggests
class FileSource:
    """A file in S3.

    Args:
        content_digest: Of its bytes.
    """

    def __init__(self, s3_uri: str, content_digest: str | None = None, content_type: str | None = None) -> None:
        self.content_type, self.s3_uri, self.content_digest = content_type, s3_uri, content_digest

    def __repr__(self) -> str:
        return f"FileSource({self._to_request_dict()})"

    def _to_request_dict(self) -> Document:
        optional = {"ContentDigest": self.content_digest, "ContentType": self.content_type}
        return {"S3Uri": self.s3_uri, **{name: value for name, value in optional.items() if value is not None}}


@suggests
class ModelMetrics:
    """What was measured of a model: each a `MetricsSource`.

    Args:
        model_statistics, model_constraints: Of the model's quality.
        model_data_statistics, model_data_constraints: Of the quality of its data.
        bias, bias_pre_training, bias_post_training: Of bias: in general, in the data, and in the predictions.
        explainability: What explains its predictions.
    """

    def __init__(
        self,
        model_statistics: MetricsSource | None = None,
        model_constraints: MetricsSource | None = None,
        model_data_statistics: MetricsSource | None = None,
        model_data_constraints: MetricsSource | None = None,
        bias: MetricsSource | None = None,
        explainability: MetricsSource | None = None,
        bias_pre_training: MetricsSource | None = None,
        bias_post_training: MetricsSource | None = None,
    ) -> None:
        self.model_statistics, self.model_constraints = model_statistics, model_constraints
        self.model_data_statistics, self.model_data_constraints = model_data_statistics, model_data_constraints
        self.bias, self.explainability = bias, explainability
        self.bias_pre_training, self.bias_post_training = bias_pre_training, bias_post_training

    def __repr__(self) -> str:
        return f"ModelMetrics({self._to_request_dict()})"

    def _to_request_dict(self) -> Document:
        quality = described(Statistics=self.model_statistics, Constraints=self.model_constraints)
        data = described(Statistics=self.model_data_statistics, Constraints=self.model_data_constraints)
        bias = described(
            Report=self.bias, PreTrainingReport=self.bias_pre_training, PostTrainingReport=self.bias_post_training
        )
        found = {"ModelQuality": quality, "ModelDataQuality": data}
        return {
            **{name: value for name, value in found.items() if value},
            "Bias": bias,  # as in v2 there even when it is empty, as the next
            "Explainability": described(Report=self.explainability),
        }
