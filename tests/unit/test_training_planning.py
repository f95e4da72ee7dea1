"""From the request of a training job to the document of its host."""

import json

import pytest

from sagewright.engine.planning.document import Fetch, HostDocument, Upload
from sagewright.engine.planning.outputs import output_uri
from sagewright.engine.planning.training import plan_attempt

LINEAR_LEARNER = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"


def request(**changes):
    return {
        "TrainingJobName": "job-1",
        "AlgorithmSpecification": {"TrainingImage": LINEAR_LEARNER, "TrainingInputMode": "File"},
        "HyperParameters": {"predictor_type": "regressor"},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data/train"}},
                "ContentType": "text/csv",
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **changes,
    }


def plan(environment=None, **changes):
    body = {"request": request(**changes), "execution_id": "tr-1", "python": "/venv/bin/python", "attempt": 1}
    return plan_attempt(body, environment or {}, 1_700_000_000)


def host(environment=None, **changes):
    return plan(environment, **changes).hosts[0]


def test_a_built_in_runs_its_module():
    assert list(host().command) == ["{python}", "-m", "sagewright.engine.algorithms.linear_learner", "train"]


def test_an_entry_point_replaces_the_image_s():
    specification = {
        "TrainingImage": "python:3.11",
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python", "train.py"],
        "ContainerArguments": ["--epochs", "3"],
    }
    assert host(AlgorithmSpecification=specification).command == ["python", "train.py", "--epochs", "3"]


def test_arguments_alone_replace_the_word_train():
    specification = {"TrainingImage": LINEAR_LEARNER, "TrainingInputMode": "File", "ContainerArguments": ["help"]}
    assert list(host(AlgorithmSpecification=specification).command)[-1] == "help"


def test_the_configuration_files_are_those_of_the_contract():
    files = {name: json.loads(text) for name, text in host().files.items()}
    assert files["input/config/hyperparameters.json"] == {"predictor_type": "regressor"}
    assert files["input/config/inputdataconfig.json"] == {
        "train": {
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
            "ContentType": "text/csv",
        }
    }
    resources = files["input/config/resourceconfig.json"]
    assert (resources["current_host"], resources["hosts"]) == ("algo-1", ["algo-1"])
    assert resources["instance_groups"][0]["instance_group_name"] == "homogeneousCluster"


def test_data_and_artifacts_lie_where_the_contract_says():
    document = host()
    assert document.fetches == [Fetch("train", "bucket", "data/train", "input/data/train")]
    assert document.uploads == [
        Upload("model", "bucket", "out/job-1/output/model.tar.gz", required=True),
        Upload("output/data", "bucket", "out/job-1/output/output.tar.gz"),
    ]
    assert document.log_stream == "job-1/algo-1-1700000000"


@pytest.mark.parametrize("path", ["s3://bucket", "s3://bucket/"])
def test_an_output_path_may_be_a_bare_bucket(path):
    uri = output_uri(request(OutputDataConfig={"S3OutputPath": path}), "model.tar.gz")
    assert uri == "s3://bucket/job-1/output/model.tar.gz"


def test_the_request_s_environment_weighs_most():
    document = host({"A": "inherited", "B": "inherited"}, Environment={"A": "asked"})
    assert document.environment["A"] == "asked"
    assert document.environment["B"] == "inherited"
    assert document.environment["TRAINING_JOB_NAME"] == "job-1"


def test_a_host_document_survives_json():
    document = host()
    assert HostDocument.from_json(json.loads(json.dumps(document.to_json()))) == HostDocument.from_json(
        document.to_json()
    )


def test_metric_definitions_of_the_request_win_over_the_built_in_s():
    specification = {
        "TrainingImage": LINEAR_LEARNER,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "train:progress", "Regex": "mine (.*)"}],
    }
    definitions = {
        item["Name"]: item["Regex"] for item in host(AlgorithmSpecification=specification).metrics.definitions
    }
    assert definitions["train:progress"] == "mine (.*)"
    assert "validation:objective_loss" in definitions


def test_a_host_has_the_memory_of_its_instance_type_or_of_the_setting():
    assert host().memory_bytes == 8 << 30
    assert host({"SAGEWRIGHT_MEMORY_MIB": "200"}).memory_bytes == 200 << 20
    assert host(ResourceConfig={"InstanceType": "local", "InstanceCount": 1}).memory_bytes is None
