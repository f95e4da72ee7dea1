"""A model's way through the registry, for real: trained, registered, approved, deployed, asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sagewright as sagemaker
from sagewright.deserializers import JSONDeserializer
from sagewright.drift_check_baselines import DriftCheckBaselines
from sagewright.inputs import TrainingInput
from sagewright.metadata_properties import MetadataProperties
from sagewright.model import Model, ModelPackage
from sagewright.model_card import ModelPackageModelCard
from sagewright.model_life_cycle import ModelLifeCycle
from sagewright.model_metrics import FileSource, MetricsSource, ModelMetrics
from sagewright.predictor import Predictor
from sagewright.serializers import CSVSerializer
from sagewright.session import Session
from tests.e2e.conftest import LINEAR_LEARNER, ROLE

TYPES = (["text/csv"], ["application/json"], ["ml.m5.large"], ["ml.m5.large"])


def _predictor(endpoint_name: str, session: Session, **more: Any) -> Predictor:
    return Predictor(endpoint_name, session, CSVSerializer(), JSONDeserializer(), **more)


def test_a_model_is_registered_approved_deployed_and_asked(home: Path) -> None:
    session = Session()
    rows = "\n".join(f"{2 * x + 1},{x}" for x in range(100))
    data = session.upload_string_as_file_body(rows, session.default_bucket(), "rows.csv")
    estimator = sagemaker.estimator.Estimator(LINEAR_LEARNER, ROLE, 1, "ml.m5.large", sagemaker_session=session)
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=20)
    estimator.fit({"train": TrainingInput(data, content_type="text/csv")}, logs=False, job_name="line")

    report = MetricsSource("application/json", "s3://bucket/statistics.json")
    model = Model(LINEAR_LEARNER, estimator.model_data, ROLE, predictor_cls=_predictor, sagemaker_session=session)
    registered = [
        model.register(
            *TYPES,
            model_package_group_name="lines",
            model_metrics=ModelMetrics(model_statistics=report),
            drift_check_baselines=DriftCheckBaselines(bias_config_file=FileSource("s3://bucket/bias.json")),
            metadata_properties=MetadataProperties(commit_id="c"),
            customer_metadata_properties={"owner": "me"},
            domain="MACHINE_LEARNING",
            task="REGRESSION",
            skip_model_validation="All",
            model_life_cycle=ModelLifeCycle("Staging", "Pending"),
            source_uri="s3://bucket/origin",
        )
        for _ in range(2)
    ]
    first, second = [str(package.model_package_arn) for package in registered if package is not None]
    assert (first[-7:], second[-7:]) == ("lines/1", "lines/2")
    assert session.get_most_recently_created_approved_model_package("lines") is None

    package = ModelPackage(ROLE, model_package_arn=second, predictor_cls=_predictor, sagemaker_session=session)
    package.update_approval_status("Rejected", "too straight")
    package.update_customer_metadata({"team": "prices"})
    package.remove_customer_metadata_properties(["owner"])
    package.add_inference_specification("other", image_uris=[LINEAR_LEARNER])
    predictor = package.deploy(1, "ml.m5.large", endpoint_name="line")  # approves it, as v2 does
    assert predictor.predict([10])["predictions"][0]["score"] == pytest.approx(21, abs=0.1)

    described = session.sagemaker_client.describe_model_package(ModelPackageName=second)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] == "s3://bucket/statistics.json"
    assert described["CustomerMetadataProperties"] == {"team": "prices"}
    assert described["SourceUri"] == "s3://bucket/origin"
    newest = session.get_most_recently_created_approved_model_package("lines")
    assert newest is not None
    assert newest.model_package_arn == second
    predictor.delete_endpoint()

    third = estimator.register(*TYPES, model_package_group_name="lines", approval_status="Approved")
    assert third is not None
    card = session.sagemaker_client.describe_model_package(ModelPackageName=third.model_package_arn)["ModelCard"]
    training = json.loads(card["ModelCardContent"])["training_details"]["training_job_details"]
    assert training["training_arn"].endswith(":training-job/line")
    third.update_model_card(ModelPackageModelCard({"intended_uses": {"purpose_of_model": "lines"}}, "Approved"))
    card = session.sagemaker_client.describe_model_package(ModelPackageName=third.model_package_arn)["ModelCard"]
    assert card["ModelCardStatus"] == "Approved"
    assert json.loads(card["ModelCardContent"])["intended_uses"]["purpose_of_model"] == "lines"

    assert model.register(*TYPES, model_package_name="alone") is not None
    alone = ModelPackage(ROLE, model_package_arn="alone", predictor_cls=_predictor, sagemaker_session=session)
    predictor = alone.deploy(1, "ml.m5.large", endpoint_name="alone")
    assert predictor.predict([20])["predictions"][0]["score"] == pytest.approx(41, abs=0.2)
    predictor.delete_endpoint()
