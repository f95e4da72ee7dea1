"""Deploying through the SDK, for real: predictors, updates, what is captured, models in a row and side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sagewright as sagemaker
from sagewright.deserializers import JSONDeserializer, RecordDeserializer
from sagewright.inputs import TrainingInput
from sagewright.model import Model
from sagewright.multidatamodel import MultiDataModel
from sagewright.pipeline import PipelineModel
from sagewright.predictor import Predictor
from sagewright.serializers import CSVSerializer, RecordSerializer
from sagewright.session import Session
from tests.e2e.conftest import LINEAR_LEARNER, ROLE


@pytest.fixture
def session(home: Path) -> Session:
    return Session()


def _trained(session: Session, slope: float, name: str) -> str:
    """Train `slope * x + 1`; return the model's S3 URI."""
    rows = "\n".join(f"{slope * x + 1},{x}" for x in range(100))
    data = session.upload_string_as_file_body(rows, session.default_bucket(), f"{name}/rows.csv")
    estimator = sagemaker.estimator.Estimator(LINEAR_LEARNER, ROLE, 1, "ml.m5.large", sagemaker_session=session)
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=20)
    estimator.fit({"train": TrainingInput(data, content_type="text/csv")}, logs=False, job_name=name)
    return str(estimator.model_data)


def _score(predictor: Any, x: float, **how: Any) -> float:
    answer = predictor.predict([x], **how)
    return float(answer["predictions"][0]["score"])


def _json(endpoint_name: str, session: Session, **more: Any) -> Predictor:
    return Predictor(endpoint_name, session, CSVSerializer(), JSONDeserializer(), **more)


def test_a_model_is_deployed_asked_updated_in_place_and_deleted(session: Session) -> None:
    twice, thrice = _trained(session, 2, "twice"), _trained(session, 3, "thrice")
    model = Model(LINEAR_LEARNER, twice, ROLE, predictor_cls=_json, sagemaker_session=session)
    predictor = model.deploy(1, "ml.m5.large", endpoint_name="prices", tags={"team": "prices"})
    assert _score(predictor, 10) == pytest.approx(21, abs=0.1)
    records = Predictor("prices", session, RecordSerializer(), RecordDeserializer())
    import numpy as np

    [record] = records.predict(np.array([[10.0]], dtype="float32"))
    assert record.label["score"].float32_tensor.values[0] == pytest.approx(21, abs=0.1)
    better = Model(LINEAR_LEARNER, thrice, ROLE, predictor_cls=_json, sagemaker_session=session)
    better.deploy(1, "ml.m5.large", endpoint_name="prices", update_endpoint=True)
    assert _score(predictor, 10) == pytest.approx(31, abs=0.1)
    assert predictor.list_monitors() == []
    predictor.delete_model()
    predictor.delete_endpoint()


def test_models_answer_in_a_row(session: Session) -> None:
    uri = _trained(session, 2, "twice")
    models = [
        Model(LINEAR_LEARNER, uri, env={"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv"}, sagemaker_session=session)
        for _ in range(2)
    ]
    found = PipelineModel(models, ROLE, _json, sagemaker_session=session)
    predictor = found.deploy(1, "ml.m5.large")
    assert _score(predictor, 10) == pytest.approx(43, abs=0.3)
    predictor.delete_endpoint()
    found.delete_model()


def test_many_models_stand_behind_one_endpoint(session: Session) -> None:
    prefix = f"s3://{session.default_bucket()}/models/"
    models = MultiDataModel(
        "all", prefix, image_uri=LINEAR_LEARNER, role=ROLE, predictor_cls=_json, sagemaker_session=session
    )
    for slope, name in ((2, "twice"), (3, "thrice")):
        models.add_model(_trained(session, slope, name), f"{name}.tar.gz")
    assert list(models.list_models()) == ["thrice.tar.gz", "twice.tar.gz"]
    predictor = models.deploy(1, "ml.m5.large")
    assert _score(predictor, 10, target_model="twice.tar.gz") == pytest.approx(21, abs=0.1)
    assert _score(predictor, 10, target_model="thrice.tar.gz") == pytest.approx(31, abs=0.1)
    predictor.delete_endpoint()
