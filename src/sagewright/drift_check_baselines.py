"""What a model's later measures are compared with (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.requests.documents import described

if TYPE_CHECKING:
    from sagewright.model_metrics import FileSource, MetricsSource


@suggests
class DriftCheckBaselines:
    """What a model's later measures are compared with: each a `MetricsSource`, or a `FileSource` where it is a file.

    Args:
        model_statistics, model_constraints: Of the model's quality.
        model_data_statistics, model_data_constraints: Of the quality of its data.
        bias_config_file, bias_pre_training_constraints, bias_post_training_constraints: Of bias.
        explainability_constraints, explainability_config_file: Of what explains its predictions.

    Example:
        >>> from sagewright.drift_check_baselines import DriftCheckBaselines
        >>> from sagewright.model_metrics import FileSource
        >>> baselines = DriftCheckBaselines(bias_config_file=FileSource("s3://b/bias.json"))
    """

    def __init__(
        self,
        model_statistics: MetricsSource | None = None,
        model_constraints: MetricsSource | None = None,
        model_data_statistics: MetricsSource | None = None,
        model_data_constraints: MetricsSource | None = None,
        bias_config_file: FileSource | None = None,
        bias_pre_training_constraints: MetricsSource | None = None,
        bias_post_training_constraints: MetricsSource | None = None,
        explainability_constraints: MetricsSource | None = None,
        explainability_config_file: FileSource | None = None,
    ) -> None:
        self.model_statistics, self.model_constraints = model_statistics, model_constraints
        self.model_data_statistics, self.model_data_constraints = model_data_statistics, model_data_constraints
        self.bias_config_file = bias_config_file
        self.bias_pre_training_constraints = bias_pre_training_constraints
        self.bias_post_training_constraints = bias_post_training_constraints
        self.explainability_constraints = explainability_constraints
        self.explainability_config_file = explainability_config_file

    def __repr__(self) -> str:
        return f"DriftCheckBaselines({self._to_request_dict()})"

    def _to_request_dict(self) -> dict[str, Any]:
        found = {
            "ModelQuality": described(Statistics=self.model_statistics, Constraints=self.model_constraints),
            "ModelDataQuality": described(
                Statistics=self.model_data_statistics, Constraints=self.model_data_constraints
            ),
            "Bias": described(
                ConfigFile=self.bias_config_file,
                PreTrainingConstraints=self.bias_pre_training_constraints,
                PostTrainingConstraints=self.bias_post_training_constraints,
            ),
            "Explainability": described(
                Constraints=self.explainability_constraints, ConfigFile=self.explainability_config_file
            ),
        }
        return {name: value for name, value in found.items() if value}
