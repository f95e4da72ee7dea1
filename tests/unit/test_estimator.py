from __future__ import annotations

import copy
import pickle
from datetime import timedelta
from typing import Any

import pytest

from sagewright.estimator import Estimator
from sagewright.inputs import FileSystemInput, ShuffleConfig, TrainingInput
from sagewright.model import Model
from tests.parity.recording import BUCKET, ROLE, THE_TIME, Recorder, Refusal, training_description
from tests.parity.world import World


@pytest.fixture
def world() -> World:
    return World("sagewright")


# Wrong arguments: ours, beside the refusals of v2 that tests/parity records ------------------------------------------


def test_typo_names_the_nearest(world: World) -> None:
    with pytest.raises(TypeError, match=r"argument `instance_typ`\nhint: did you mean `instance_type`"):
        world.estimator(instance_typ="ml.m5.large")


@pytest.mark.parametrize("missing", ["instance_count", "instance_type"])
def test_instances_must_be_named(world: World, missing: str) -> None:
    with pytest.raises(ValueError, match="instance_count and instance_type must be set"):
        world.train(**{missing: None})
    assert not world.aws.writes()


@pytest.mark.parametrize("half", [{"subnets": ["subnet-1"]}, {"security_group_ids": ["sg-1"]}])
def test_half_a_network_is_refused(world: World, half: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="both subnets and security_group_ids must be set"):
        world.train(**half)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("data/rows.csv", "URI input data/rows.csv must be a valid S3 or FILE URI"),
        ("file:///data/rows.csv", "hint: there is no file or folder `/data/rows.csv` here"),
        ({"train": 7}, "Cannot format input 7"),
        (7, "Cannot format input 7"),
        (["s3://bucket/train"], "hint: give a dict of channel name to S3 URI"),
    ],
)
def test_wrong_inputs_start_nothing(world: World, inputs: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        world.train(inputs)
    assert not world.aws.writes()


def test_wrong_logs_start_nothing(world: World) -> None:
    with pytest.raises(ValueError, match="`logs` takes All, None, Training, Rules, True or False, not `Everything`"):
        world.estimator().fit("s3://bucket/train", logs="Everything")
    assert not world.aws.writes()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "Must specify instance type and instance count"),
        ({"initial_instance_count": 1}, ValueError, "Must specify instance type and instance count"),
        ({"instance_typ": "ml.m5.large"}, TypeError, "instance_typ"),
        ({"serverless_inference_config": {"MemorySizeInMB": 1024}}, ValueError, "be a ServerlessInferenceConfig"),
        (
            {"initial_instance_count": 1, "instance_type": "ml.m5.large", "async_inference_config": {}},
            ValueError,
            "a As",
        ),
        (
            {"initial_instance_count": 1, "instance_type": "ml.m5.large", "explainer_config": {}},
            ValueError,
            "a Explain",
        ),
        ({"inference_recommendation_id": "m/1"}, ValueError, "inference_recommendation_id is not valid"),
        ({"use_compiled_model": True, "instance_type": "ml.m5.large"}, ValueError, "No compiled model for ml_m5"),
    ],
)
def test_wrong_deployment_makes_nothing(
    world: World, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    estimator = world.train()
    with pytest.raises(error, match=message):
        estimator.deploy(**arguments)
    assert [call["operation"] for call in world.aws.writes()] == ["CreateTrainingJob"]


def test_nothing_can_be_deployed_or_measured_before_training(world: World) -> None:
    estimator = world.estimator()
    for ask in (lambda: estimator.deploy(1, "ml.m5.large"), lambda: estimator.training_job_analytics, estimator.logs):
        with pytest.raises(ValueError, match="Estimator is not associated with a"):
            ask()


# What comes of right ones --------------------------------------------------------------------------------------------


def test_names_of_v1_are_taken_with_a_warning(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.warns(DeprecationWarning, match="has been renamed in sagemaker>=2.") as warned:
        estimator = world.estimator(instance_count=None, train_instance_count=2, train_max_run=60)
    assert [str(warning.message).split()[0] for warning in warned] == ["train_instance_count", "train_max_run"]
    assert (estimator.instance_count, estimator.max_run) == (2, 60)
    assert "train_instance_count has been renamed in sagemaker>=2." in caplog.text


@pytest.mark.parametrize(
    ("surplus", "hint"),
    [("env", "`environment`"), ("job_name", r"`fit\(job_name=...\)`"), ("distributions", "`distribution`")],
)
def test_arguments_that_v2_passes_over_are_refused_with_what_does_their_work(surplus: str, hint: str) -> None:
    with pytest.raises(TypeError, match=f"unexpected keyword argument `{surplus}`\nhint: .*{hint}"):
        Estimator("image", ROLE, **{surplus: {}})  # type: ignore[arg-type]


def test_jobs_are_kept_in_order(world: World) -> None:
    estimator = world.estimator()
    for name in ("one", "two"):
        estimator.fit("s3://bucket/train", wait=False, job_name=name)
    assert [job.name for job in estimator.jobs] == ["one", "two"]
    assert estimator.latest_training_job is estimator.jobs[-1]
    assert estimator.latest_training_job.describe()["TrainingJobStatus"] == "Completed"


def test_job_that_was_refused_is_none_of_the_estimators(world: World) -> None:
    world.aws.answers["CreateTrainingJob"] = Refusal("ResourceInUse", "Training job names must be unique")
    estimator = world.estimator()
    with pytest.raises(Exception, match="must be unique"):
        estimator.fit(wait=False)
    assert (estimator.latest_training_job, estimator.jobs) == (None, [])


def test_model_before_training_is_a_guess_with_a_warning(world: World, caplog: pytest.LogCaptureFixture) -> None:
    guess = world.estimator(output_path="s3://bucket/out/").model_data
    assert isinstance(guess, str)
    assert guess.startswith("s3://bucket/out/")
    assert guess.endswith("output/model.tar.gz")
    assert "No finished training job found associated with this estimator" in caplog.text


def test_attached_estimator_trains_again_as_the_job_did(world: World) -> None:
    description = training_description(
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        CheckpointConfig={"S3Uri": "s3://bucket/c", "LocalPath": "/opt/ml/checkpoints"},
        Environment={"A": "1"},
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 10, "MaxWaitTimeInSeconds": 20},
    )
    world.aws.answers["DescribeTrainingJob"] = description
    estimator = Estimator.attach("job", world.session())
    estimator.fit(wait=False, job_name="again")
    [request] = world.aws.asked("CreateTrainingJob")
    same = ("VpcConfig", "CheckpointConfig", "Environment", "StoppingCondition", "HyperParameters", "RoleArn")
    assert {name: request[name] for name in same} == {name: description[name] for name in same}
    assert request["Tags"] == [{"Key": "team", "Value": "prices"}]


def test_metrics_come_as_a_table(world: World) -> None:
    names = [{"Name": "loss", "Regex": "x"}, {"Name": "mse", "Regex": "y"}]
    world.aws.answers["DescribeTrainingJob"] = training_description(
        AlgorithmSpecification={"TrainingImage": "i", "TrainingInputMode": "File", "MetricDefinitions": names}
    )
    points = [{"Timestamp": THE_TIME + timedelta(seconds=60 * n), "Average": 1.0 / (n + 1)} for n in (1, 0)]
    answers = [{"Datapoints": points}, {"Datapoints": []}]
    world.aws.answers["GetMetricStatistics"] = [*answers, {"Datapoints": points[1:]}, {"Datapoints": []}]
    analytics = world.train().training_job_analytics
    frame = analytics.dataframe()
    assert analytics.dataframe() is frame  # what was fetched once
    assert list(analytics.dataframe(force_refresh=True)["value"]) == [1.0]
    assert frame.to_dict(orient="list") == {
        "timestamp": [0.0, 60.0],
        "metric_name": ["loss", "loss"],
        "value": [1.0, 0.5],
    }


# Objects travel ------------------------------------------------------------------------------------------------------


def test_estimator_travels_with_its_job(home: Any) -> None:
    world = World("sagewright", Recorder())
    estimator = world.train(environment={"A": "1"}, tags={"team": "prices"})
    estimator.set_hyperparameters(feature_dim=10)
    for arrived in (pickle.loads(pickle.dumps(estimator)), copy.deepcopy(estimator)):
        assert arrived.latest_training_job.name == "job"
        assert arrived.hyperparameters() == {"feature_dim": 10}
        assert arrived.sagemaker_session is arrived.latest_training_job.sagemaker_session
        arrived.set_hyperparameters(feature_dim=11)
    assert estimator.hyperparameters() == {"feature_dim": 10}


def test_copied_estimator_goes_on_with_the_same_clients(world: World) -> None:
    copied = copy.deepcopy(world.estimator())
    copied.fit("s3://bucket/train", wait=False, job_name="copy")
    assert world.aws.asked("CreateTrainingJob")[0]["TrainingJobName"] == "copy"


@pytest.mark.parametrize(
    "value",
    [
        TrainingInput("s3://bucket/a", content_type="text/csv", shuffle_config=ShuffleConfig(3)),
        FileSystemInput("fs-1", "EFS", "/a"),
    ],
    ids=["s3", "file-system"],
)
def test_inputs_travel(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)).config == copy.deepcopy(value).config == value.config


def test_model_travels(world: World) -> None:
    model = world.model(name="model", env={"A": "1"})
    assert isinstance(model, Model)
    for arrived in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert (arrived.name, arrived.role, arrived.env) == ("model", ROLE, {"A": "1"})
        assert arrived.prepare_container_def() == model.prepare_container_def()


def test_default_output_path_is_the_default_bucket(world: World) -> None:
    assert world.train().output_path == f"s3://{BUCKET}/"
