"""The built-in XGBoost on the engine: from the estimator to the endpoint, over boto3, on several hosts."""

from __future__ import annotations

import csv
import io
import json
import pathlib
import tarfile

import numpy as np
import pytest
import xgboost as xgb
from sklearn.datasets import load_breast_cancer, load_wine

import sagewright as sagemaker
from sagewright.deserializers import CSVDeserializer
from sagewright.estimator import Estimator
from sagewright.inputs import TrainingInput
from sagewright.serializers import CSVSerializer, LibSVMSerializer
from tests.e2e.conftest import ROLE, channel
from tests.unit.xgboost_job import csv_of

SALES = pathlib.Path(__file__).parents[2] / "examples/data/windsor_house_sales.csv"
IMAGE = sagemaker.image_uris.retrieve("xgboost", "us-east-1", version="1.7-1")
HOUSES = {"num_round": 200, "max_depth": 3, "eta": 0.1, "early_stopping_rounds": 10, "eval_metric": "rmse"}


def sales():
    """Return house sales, `(546, 12) float32`, the price first."""
    words = {"yes": 1.0, "no": 0.0}
    rows = list(csv.reader(SALES.read_text().splitlines()))[1:]
    table = np.array([[words[cell] if cell in words else float(cell) for cell in row] for row in rows], np.float32)
    return np.random.default_rng(0).permutation(table)


def booster_in(archive: bytes) -> xgb.Booster:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        file = tar.extractfile("xgboost-model")
        assert file is not None
        return xgb.Booster(model_file=bytearray(file.read()))


def test_an_estimator_gives_the_library_s_model_and_serves_it(home, capsys):
    session = sagemaker.Session()
    table = sales()
    train, validation, unseen = table[:382], table[382:464], table[464:]
    inputs = {
        name: TrainingInput(
            session.upload_string_as_file_body(csv_of(rows), session.default_bucket(), f"{name}/rows.csv"),
            content_type="text/csv",
        )
        for name, rows in (("train", train), ("validation", validation))
    }
    estimator = Estimator(IMAGE, ROLE, 1, "ml.m5.large", sagemaker_session=session)
    estimator.set_hyperparameters(objective="reg:squarederror", **HOUSES)
    estimator.fit(inputs)

    rounds = capsys.readouterr().out.count("#011validation-rmse:")
    assert 10 < rounds < 200
    held_out = xgb.DMatrix(validation[:, 1:], validation[:, 0])
    parameters = {"max_depth": 3, "eta": 0.1, "eval_metric": "rmse"}
    stop = xgb.callback.EarlyStopping(rounds=10, save_best=True)
    direct = xgb.train(
        parameters,
        xgb.DMatrix(train[:, 1:], train[:, 0]),
        200,
        evals=[(held_out, "validation")],
        callbacks=[stop],
        verbose_eval=False,
    )
    expected = direct.predict(xgb.DMatrix(unseen[:, 1:]))
    metrics = estimator.training_job_analytics.dataframe()
    best = metrics[metrics["metric_name"] == "validation:rmse"]["value"]
    assert len(best)

    predictor = estimator.deploy(1, "ml.m5.large", serializer=CSVSerializer(), deserializer=CSVDeserializer())
    rows = predictor.predict(unseen[:, 1:])
    assert np.array_equal(np.array(rows, np.float32).ravel(), expected)
    assert np.sqrt(np.mean((expected - unseen[:, 0]) ** 2)) < 0.8 * unseen[:, 0].std()
    predictor.serializer = LibSVMSerializer()
    assert predictor.predict("0:5850 1:3 2:1 3:2 4:1 5:0 6:1 7:0 8:0 9:1 10:0")
    predictor.delete_model()
    predictor.delete_endpoint()


def test_hosts_train_on_their_shards_and_keep_checkpoints(cloud):
    features, labels = load_breast_cancer(return_X_y=True)
    for number in range(3):
        part = slice(number, None, 3)
        cloud.s3.put_object(Bucket="bucket", Key=f"cancer/{number}", Body=csv_of(labels[part], features[part]).encode())
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/cancer/", "S3DataDistributionType": "ShardedByS3Key"}
    job = cloud.run(
        "cancer",
        AlgorithmSpecification={"TrainingImage": IMAGE},
        InputDataConfig=[channel(DataSource={"S3DataSource": source})],
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1},
        HyperParameters={"num_round": "20", "objective": '"binary:logistic"', "eval_metric": "auc,accuracy"},
        CheckpointConfig={"S3Uri": "s3://bucket/checkpoints/"},
    )
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    log = cloud.log("cancer")
    assert sum("Train matrix has" in line for line in log) == 2
    assert sum(line.startswith("[19]#011train-auc:") for line in log) == 1
    final = {item["MetricName"]: item["Value"] for item in job["FinalMetricDataList"]}
    model = booster_in(cloud.s3.get_object(Bucket="bucket", Key="out/cancer/output/model.tar.gz")["Body"].read())
    found = model.predict(xgb.DMatrix(features)) > 0.5
    assert final["train:accuracy"] == pytest.approx((found == labels).mean(), abs=1e-5)
    assert final["train:accuracy"] > 0.98
    stored = cloud.s3.list_objects_v2(Bucket="bucket", Prefix="checkpoints/")["Contents"]
    assert [item["Key"] for item in stored] == [f"checkpoints/xgboost-checkpoint.{n}" for n in range(15, 20)]


def test_the_legacy_image_over_boto3(cloud):
    features, labels = load_wine(return_X_y=True)
    cloud.s3.put_object(Bucket="bucket", Key="wine/rows.csv", Body=csv_of(labels, features).encode())
    legacy = sagemaker.image_uris.retrieve("xgboost", "us-east-1", version="1")
    job = cloud.run(
        "wine",
        AlgorithmSpecification={"TrainingImage": legacy},
        InputDataConfig=[channel("s3://bucket/wine/")],
        HyperParameters={"num_round": "5", "objective": "multi:softprob", "num_class": "3"},
    )
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    container = {
        "Image": legacy,
        "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        "Environment": {"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv"},
    }
    variant = {"VariantName": "v", "ModelName": "w", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_model(ModelName="w", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="w", ProductionVariants=[variant])
    cloud.sagemaker.create_endpoint(EndpointName="w", EndpointConfigName="w")
    assert cloud.end_of_creation("w")["EndpointStatus"] == "InService"

    body = csv_of(features[:2]).encode()
    assert len(cloud.invoke("w", body).decode().split(",")) == 6  # all values on one line
    scores = [row["score"] for row in json.loads(cloud.invoke("w", body, Accept="application/json"))["predictions"]]
    assert np.array(scores).argmax(axis=1).tolist() == labels[:2].tolist()
    with pytest.raises(cloud.client("sagemaker-runtime").exceptions.ModelError, match="Unable to evaluate payload"):
        cloud.invoke("w", b"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15")


def test_a_job_that_fails_says_why_in_the_container_s_words(cloud):
    specification = {"TrainingImage": IMAGE}
    job = cloud.run("fails", AlgorithmSpecification=specification, HyperParameters={"num_round": "5", "max_dept": "3"})
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Extraneous hyperparameter found: max_dept")
