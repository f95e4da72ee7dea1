"""How a model's answers are explained."""

from __future__ import annotations

import copy
import logging
from abc import ABC, abstractmethod
from typing import Any

from sagewright.arguments import suggests
from sagewright.clarify.documents import Document, given, shown
from sagewright.clarify.languages import GRANULARITIES, LANGUAGES

logger = logging.getLogger("sagemaker")


class ExplainabilityConfig(ABC):
    """A way to explain a model's answers."""

    @abstractmethod
    def get_explainability_config(self) -> Document:
        """Return its part of the analysis' document."""


@suggests
class PDPConfig(ExplainabilityConfig):
    """Explains by partial dependence plots.

    Args:
        features: The columns; None: those that SHAP finds to weigh most, which then has to be asked for as well.
        grid_resolution: Buckets of numeric features.
        top_k_features: How many of SHAP's features.
    """

    def __init__(self, features: list[Any] | None = None, grid_resolution: int = 15, top_k_features: int = 10) -> None:
        own = {"grid_resolution": grid_resolution, "top_k_features": top_k_features}
        self.pdp_config: Document = {**own, **given({"features": features})}

    def __repr__(self) -> str:
        return shown(self, self.pdp_config)

    def get_explainability_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy({"pdp": self.pdp_config})


@suggests
class TextConfig:
    """How text is cut into features.

    Args:
        granularity: `token`, `sentence` or `paragraph`.
        language: `english`, `en`, ...; `multi-language` for others.

    Raises:
        ValueError: One of them is unknown.
    """

    def __init__(self, granularity: str, language: str) -> None:
        if granularity not in GRANULARITIES:
            raise ValueError(f"Invalid granularity {granularity}. Please choose among {list(GRANULARITIES)}")
        if language not in LANGUAGES:
            raise ValueError(f"Invalid language {language}. Please choose among {list(LANGUAGES)}")
        self.text_config: Document = {"granularity": granularity, "language": language}

    def __repr__(self) -> str:
        return shown(self, self.text_config)

    def get_text_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.text_config)


@suggests
class ImageConfig:
    """How images are cut into features.

    Args:
        model_type: `OBJECT_DETECTION` or `IMAGE_CLASSIFICATION`.
        num_segments, feature_extraction_method, segment_compactness: Of the segmentation.
        max_objects, iou_threshold, context: Of the detection of objects.

    Raises:
        ValueError: The type is another.
    """

    def __init__(
        self,
        model_type: str,
        num_segments: int | None = None,
        feature_extraction_method: str | None = None,
        segment_compactness: float | None = None,
        max_objects: int | None = None,
        iou_threshold: float | None = None,
        context: float | None = None,
    ) -> None:
        if model_type not in ("OBJECT_DETECTION", "IMAGE_CLASSIFICATION"):
            raise ValueError(
                "Clarify SHAP only supports object detection and image classification methods. Please set model_type "
                "to OBJECT_DETECTION or IMAGE_CLASSIFICATION."
            )
        members = {
            "num_segments": num_segments,
            "feature_extraction_method": feature_extraction_method,
            "segment_compactness": segment_compactness,
            "max_objects": max_objects,
            "iou_threshold": iou_threshold,
            "context": context,
        }
        self.image_config: Document = {"model_type": model_type, **given(members)}

    def __repr__(self) -> str:
        return shown(self, self.image_config)

    def get_image_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.image_config)


@suggests
class SHAPConfig(ExplainabilityConfig):
    """Explains by Kernel SHAP.

    Args:
        baseline: Rows to compare with, or the S3 URI of a file of them; None: they are made of the data.
        num_samples: Synthetic rows for each explanation; None: as many as there are features and more.
        agg_method: How explanations are put together: `mean_abs`, `median` or `mean_sq`.
        use_logit: Explain log-odds.
        save_local_shap_values: Store the explanation of each row.
        seed: Of the sampling.
        num_clusters: Of the data, to make a baseline of; instead of `baseline`.
        text_config, image_config: For columns of text, or images.
        features_to_explain: Columns; None: all.

    Raises:
        ValueError: The method is unknown, or arguments contradict each other.

    Example:
        >>> from sagewright.clarify import SHAPConfig
        >>> SHAPConfig([[0, 1]], num_samples=15, agg_method="mean_abs").get_explainability_config()["shap"]["baseline"]
        [[0, 1]]
    """

    def __init__(
        self,
        baseline: Any = None,
        num_samples: int | None = None,
        agg_method: str | None = None,
        use_logit: bool = False,
        save_local_shap_values: bool = True,
        seed: int | None = None,
        num_clusters: int | None = None,
        text_config: TextConfig | None = None,
        image_config: ImageConfig | None = None,
        features_to_explain: list[Any] | None = None,
    ) -> None:
        if agg_method is not None and agg_method not in ("mean_abs", "median", "mean_sq"):
            raise ValueError(f"Invalid agg_method {agg_method}. Please choose mean_abs, median, or mean_sq.")
        if num_clusters is not None and baseline is not None:
            raise ValueError("Baseline and num_clusters cannot be provided together. Please specify one of the two.")
        if text_config and not save_local_shap_values:
            logger.warning(
                "Explanations of text are not put together for all rows: `save_local_shap_values` alone shows them."
            )
        if features_to_explain is not None and (text_config is not None or image_config is not None):
            raise ValueError("`features_to_explain` is not supported for datasets containing text features or images.")
        members = {
            "baseline": baseline,
            "num_samples": num_samples,
            "agg_method": agg_method,
            "seed": seed,
            "num_clusters": num_clusters,
            "text_config": text_config.get_text_config() if text_config else None,
            "image_config": image_config.get_image_config() if image_config else None,
            "features_to_explain": features_to_explain,
        }
        own = {"use_logit": use_logit, "save_local_shap_values": save_local_shap_values}
        self.shap_config: Document = {**own, **given(members)}

    def __repr__(self) -> str:
        return shown(self, self.shap_config)

    def get_explainability_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy({"shap": self.shap_config})
