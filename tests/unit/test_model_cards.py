"""Model cards: what genuine v2 cannot be recorded for."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from sagewright.interactive_apps import DetailProfilerApp, TensorBoardApp
from sagewright.model_card import (
    Environment,
    EvaluationJob,
    IntendedUses,
    Metric,
    MetricGroup,
    ModelCard,
    ModelOverview,
)
from sagewright.model_card.parts import Items
from sagewright.model_metrics import MetricsSource, ModelMetrics
from tests.parity.world import World


@pytest.fixture
def card() -> ModelCard:
    group = MetricGroup("g", [Metric("mse", "number", 0.5)])
    return ModelCard(
        "prices",
        model_overview=ModelOverview(inference_environment=Environment(["image"])),
        evaluation_details=[EvaluationJob("job", metric_groups=[group])],
        sagemaker_session=World("sagewright").session(),
    )


def test_cards_travel(card: ModelCard) -> None:
    for copied in (pickle.loads(pickle.dumps(card)), copy.deepcopy(card)):
        assert copied._create_request_args() == card._create_request_args()
        assert repr(copied) == repr(card)
        with pytest.raises(TypeError, match="Expected the item type"):
            copied.evaluation_details.append("job")


def test_attributes_are_checked_whenever_they_are_set(card: ModelCard) -> None:
    with pytest.raises(ValueError, match="Expected Great to be one of"):
        card.status = "Great"
    card.intended_uses = IntendedUses("prices")
    with pytest.raises(ValueError, match="to be of class ModelOverview"):
        card.model_overview = 7  # type: ignore[assignment]
    with pytest.raises(TypeError, match="did you mean `purpose_of_model`"):
        IntendedUses(purpose_of_models="prices")  # type: ignore[call-arg]


def test_lists_stay_within_their_bound() -> None:
    items = Items(2, str, ["a"])
    items.extend(["b"])
    for grow in (items.append, lambda item: items.insert(0, item), lambda item: items.extend([item])):
        with pytest.raises(ValueError, match="Exceed the maximum size of 2"):
            grow("c")
    items[0] = "c"
    assert items == ["c", "b"]
    with pytest.raises(TypeError, match="Expected the item type"):
        items[0] = 7


@pytest.mark.parametrize(
    "value", [MetricsSource("t", "s3://b/r"), ModelMetrics()], ids=lambda value: type(value).__name__
)
def test_what_is_known_of_models_travels(value: Any) -> None:
    for copied in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert repr(copied) == repr(value)
        assert copied._to_request_dict() == value._to_request_dict()


def test_applications_of_studio_are_refused() -> None:
    with pytest.raises(NotImplementedError, match=r"opens in SageMaker Studio(.|\n)*hint: tensorboard --logdir"):
        TensorBoardApp("us-east-1")
    with pytest.raises(NotImplementedError, match=r"hint: what `latest_job_profiler_artifacts_path"):
        DetailProfilerApp()
    with pytest.raises(NotImplementedError, match="SageMaker Studio"):
        World("sagewright").estimator().get_app_url("tensorboard")
