"""`ModelBuilder` on the engine, for real: on this machine, on an endpoint, in the registry.

The page on `ModelBuilder` (`docs/howto/model_builder.md`), which the tests run, deploys an object of scikit-learn.
"""

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
