"""`ModelBuilder` on the engine, for real: one endpoint after the other, and on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sagewright.serve import InferenceSpec, Mode, ModelBuilder, SchemaBuilder
from sagewright.session import Session
from tests.e2e.conftest import ROLE

ROWS = np.arange(40.0).reshape(-1, 2)


class Boosted(InferenceSpec):
    """As the notebooks of AWS's examples have it: the model lies in the folder."""

    def load(self, model_dir: str) -> Any:
        from xgboost import XGBRegressor

        model = XGBRegressor()
        model.load_model(model_dir + "/model.json")
        return model

    def invoke(self, input_object: Any, model: Any) -> Any:
        return model.predict(input_object)


@pytest.fixture
def session(home: Path) -> Session:
    return Session()


def test_a_class_that_loads_xgboost_serves_here_then_on_an_endpoint_and_from_the_registry(
    session: Session, tmp_path: Path
) -> None:
    from xgboost import XGBRegressor

    trained = XGBRegressor(n_estimators=4).fit(ROWS, ROWS[:, 0])
    (tmp_path / "model").mkdir()
    trained.save_model(tmp_path / "model" / "model.json")
    expected = trained.predict(ROWS[:3])
    builder = ModelBuilder(
        model_path=str(tmp_path / "model"),
        inference_spec=Boosted(),
        schema_builder=SchemaBuilder(ROWS[:1], expected),
        role_arn=ROLE,
        sagemaker_session=session,
        mode=Mode.LOCAL_CONTAINER,
    )
    model = builder.build()
    assert "sagemaker-xgboost" in model.image_uri
    here = model.deploy()
    np.testing.assert_allclose(here.predict(ROWS[:3]), expected)
    here.delete_predictor()
    predictor = model.deploy(1, "ml.m5.large", mode=Mode.SAGEMAKER_ENDPOINT, endpoint_logging=False)
    np.testing.assert_allclose(predictor.predict(ROWS[:3]), expected)
    predictor.delete_endpoint()
    package = model.register(model_package_group_name="boosted", approval_status="Approved")
    assert package.model_package_arn.endswith("model-package/boosted/1")
    described = session.sagemaker_client.describe_model_package(ModelPackageName=package.model_package_arn)
    assert described["InferenceSpecification"]["SupportedContentTypes"] == ["application/x-npy"]


def test_an_object_of_scikit_learn_is_built_and_deployed_by_its_builder(session: Session) -> None:
    from sklearn.linear_model import LinearRegression

    line = LinearRegression().fit(ROWS, 3 * ROWS[:, 0])
    schema = SchemaBuilder(ROWS[:1], np.array([1.0]))
    builder = ModelBuilder(model=line, schema_builder=schema, role_arn=ROLE, sagemaker_session=session)
    builder.build()
    predictor = builder.deploy(endpoint_name="line", endpoint_logging=False)
    assert predictor.endpoint_name == "line"
    np.testing.assert_allclose(predictor.predict(ROWS[:2]), 3 * ROWS[:2, 0], atol=1e-9)
    predictor.delete_endpoint()
