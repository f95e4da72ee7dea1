"""What an analysis' document may hold: slips are told with their place."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sagewright.clarify import (
    ANALYSIS_CONFIG_SCHEMA_V1_0,
    BiasConfig,
    DataConfig,
    ModelConfig,
    PDPConfig,
    SHAPConfig,
    TextConfig,
)
from sagewright.clarify.analysis import bias_and_explainability

Document = dict[str, Any]


def _document() -> Document:
    data = DataConfig("s3://b/rows", "s3://b/out", label="paid", headers=["paid", "age"])
    ways = [SHAPConfig([[1, None, "x"]], num_samples=5, text_config=TextConfig("token", "en")), PDPConfig(["age", 1])]
    model = ModelConfig("model", 1, "ml.m5.large", accept_type="text/csv")
    return bias_and_explainability(data, model, 0, ways, BiasConfig([1], "age", [40]), "all", ["DI"])


def test_a_document_of_all_methods_passes() -> None:
    assert ANALYSIS_CONFIG_SCHEMA_V1_0.validate(_document()) == _document()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("methods.shap.num_samples", "5", "`analysis_config.methods.shap.num_samples` has to be an integer, not `'5'`"),
        ("methods.shap.agg_method", "mean", "takes mean_abs, median, mean_sq, not `mean`"),
        ("methods.shap.baseline", [[[1]]], r"`analysis_config.methods.shap.baseline\[0\]\[0\]` has to be"),
        ("methods.shap.text_config.language", "klingon", "methods.shap.text_config.language` takes chinese"),
        ("methods.pdp.features", "age", "`analysis_config.methods.pdp.features` has to be a list"),
        ("methods.post_training_bias.methods", 7, "methods.post_training_bias.methods` has to be"),
        ("methods.shapp", {}, "`analysis_config.methods` has no member `shapp`\nhint: did you mean `shap`"),
        ("dataset_type", "text/tsv", "`analysis_config.dataset_type` takes text/csv"),
        ("headers", ["a", 1], r"`analysis_config.headers\[1\]` has to be text"),
        ("label", 1.5, "`analysis_config.label` has to be text or an integer"),
        ("predictor.initial_instance_count", "1", "predictor.initial_instance_count` has to be an integer"),
        ("facet", [{}], r"`analysis_config.facet\[0\]` needs the member `name_or_index`"),
    ],
)
def test_a_slip_is_told_with_its_place(path: str, value: Any, said: str) -> None:
    document = copy.deepcopy(_document())
    *above, name = path.split(".")
    part = document
    for step in above:
        part = part[step]
    part[name] = value
    with pytest.raises(ValueError, match=said):
        ANALYSIS_CONFIG_SCHEMA_V1_0.validate(document)


def test_parts_are_not_shared_with_the_document() -> None:
    data = DataConfig("s3://b/rows", "s3://b/out", headers=["a"])
    data.get_config()["headers"].append("b")
    assert data.get_config() == {"dataset_type": "text/csv", "headers": ["a"]}
