from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from sagewright.cli import main
from sagewright.cli.iam_policy import dry_requests
from sagewright.dry_run.shapes import made_up
from sagewright.engine.authorisation.needed import asked_of, caller_policy
from sagewright.engine.authorisation.needed_by_roles import role_policies
from sagewright.engine.policies.decisions import Policies, decide
from sagewright.engine.policies.documents import Question

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/DryRun"
SCRIPT = """
import boto3
import sagemaker
from sagemaker.estimator import Estimator

session = sagemaker.Session()
role = sagemaker.get_execution_role()
rows = session.upload_string_as_file_body("1,2", session.default_bucket(), "rows/rows.csv")
image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
estimator = Estimator(image, role, 1, "ml.m5.large", output_path="s3://models/out", sagemaker_session=session,
                      volume_kms_key="arn:aws:kms:us-east-1:123456789012:key/volumes", checkpoint_s3_uri="s3://models/c")
estimator.fit({"train": "s3://data/rows"})
predictor = estimator.deploy(1, "ml.m5.large", endpoint_name="prices")
print("predicted", predictor.predict("1"))
status = boto3.client("sagemaker").describe_endpoint(EndpointName="prices")["EndpointStatus"]
boto3.client("dynamodb").put_item(TableName="prices", Item={"id": {"S": status}})
boto3.client("s3").download_file(session.default_bucket(), "rows/rows.csv", "copy.csv")
print("model", estimator.model_data.replace(estimator.latest_training_job.name, "JOB"), open("copy.csv").read())
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dry") / "train.py"
    path.write_text(SCRIPT)
    return path


@pytest.fixture(scope="module")
def requests(script: Path) -> list[dict[str, Any]]:
    before = os.getcwd()
    os.chdir(script.parent)
    try:
        code, found = dry_requests([str(script)])
    finally:
        os.chdir(before)
    assert code == 0
    return found


def test_a_dry_run_prints_what_would_be_sent_and_the_script_goes_on(script: Path) -> None:
    command = [sys.executable, "-m", "sagewright.cli", "run", "--dry-run", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=script.parent, check=False)
    assert done.returncode == 0, done.stderr
    assert "model s3://models/out/JOB/output/model.tar.gz 1,2" in done.stdout
    assert "predicted b'0'" in done.stdout
    document = done.stdout.split("sagemaker CreateTrainingJob ")[1]
    sent, _ = json.JSONDecoder().raw_decode(document)
    assert sent["RoleArn"] == ROLE
    assert sent["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://data/rows"
    assert "none was sent" in done.stderr


def test_a_machine_that_came_into_question_is_recommended(tmp_path: Path) -> None:
    script = tmp_path / "measure.py"
    script.write_text(
        "from sagemaker.model import Model\n"
        f"model = Model('123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1', 's3://b/m.tar.gz', '{ROLE}')\n"
        "model.right_size('s3://b/samples.tar.gz', ['text/csv'], ['ml.c5.xlarge'], framework='XGBOOST')\n"
        "model.deploy(wait=False)\n"
    )
    code, found = dry_requests([str(script)])
    assert code == 0
    config = next(one["params"] for one in found if one["operation"] == "CreateEndpointConfig")
    assert config["ProductionVariants"][0]["InstanceType"] == "ml.c5.xlarge"


def test_a_file_named_in_the_environment_gets_the_requests_wherever_the_script_goes(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "moving.py"
    script.write_text("import os, boto3\nos.chdir('elsewhere')\nboto3.client('s3').create_bucket(Bucket='a')\n")
    command = [sys.executable, "-m", "sagewright.cli", "run", "moving.py"]
    environment = {**os.environ, "SAGEWRIGHT_DRY_RUN": "asked.jsonl"}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    lines = (tmp_path / "asked.jsonl").read_text().splitlines()
    assert [json.loads(line)["operation"] for line in lines] == ["CreateBucket"]


def test_all_services_are_written_down_in_order(requests: list[dict[str, Any]]) -> None:
    asked = [f"{one['service']}:{one['operation']}" for one in requests]
    made = [one for one in asked if "Create" in one or "Put" in one or "Invoke" in one]
    assert made == [
        "s3:PutObject",
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateModel",
        "sagemaker:CreateEndpointConfig",
        "sagemaker:CreateEndpoint",
        "sagemaker-runtime:InvokeEndpoint",
        "dynamodb:PutItem",
    ]
    assert "logs:GetLogEvents" in asked
    assert next(one for one in requests if one["operation"] == "PutItem")["params"]["Item"]["id"] == {"S": "InService"}


def denied(requests: list[dict[str, Any]], policy: dict[str, Any]) -> list[str]:
    """Return the actions of requests that a policy of their sender does not allow."""
    found = []
    for request in requests:
        for asked in asked_of(request, ACCOUNT):
            question = Question(asked.action, asked.resource, ROLE, ROLE, ACCOUNT, asked.context)
            if asked.action != "sts:GetCallerIdentity" and not decide(question, Policies(identity=[policy])).allowed:
                found.append(asked.action)
    return found


def test_the_callers_policy_allows_all_that_was_asked_and_no_statement_is_idle(requests: list[dict[str, Any]]) -> None:
    policy = caller_policy(requests, ACCOUNT)
    assert denied(requests, policy) == []
    keys = ["kms:CreateGrant", "kms:DescribeKey"]  # SageMaker asks for them in the caller's name
    for statement in policy["Statement"]:
        less = {**policy, "Statement": [one for one in policy["Statement"] if one != statement]}
        assert statement["Action"] == keys or denied(requests, less), statement


def test_the_policy_names_what_is_asked_on_and_not_more(requests: list[dict[str, Any]]) -> None:
    policy = caller_policy(requests, ACCOUNT)
    assert not any("*" in action for statement in policy["Statement"] for action in statement["Action"])
    other = copy.deepcopy(requests)
    for request in other:
        if request["operation"] == "CreateEndpoint":
            request["params"]["EndpointName"] = "of-somebody-else"
    assert denied(other, policy) == ["sagemaker:CreateEndpoint"]


def test_another_run_has_other_names_and_is_allowed_too(requests: list[dict[str, Any]]) -> None:
    later = json.loads(json.dumps(requests).replace("linear-learner-20", "linear-learner-30"))
    assert later != requests
    assert denied(later, caller_policy(requests, ACCOUNT)) == []


@pytest.mark.parametrize(
    ("action", "resource", "context", "allowed"),
    [
        ("s3:GetObject", "arn:aws:s3:::data/rows/1.csv", {}, True),
        ("s3:GetObject", "arn:aws:s3:::data/other", {}, False),
        ("s3:ListBucket", "arn:aws:s3:::data", {"s3:prefix": ("rows",)}, True),
        ("s3:ListBucket", "arn:aws:s3:::data", {"s3:prefix": ("",)}, False),
        ("s3:PutObject", "arn:aws:s3:::models/out/job/output/model.tar.gz", {}, True),
        ("s3:PutObject", "arn:aws:s3:::data/rows/1.csv", {}, False),
        ("s3:PutObject", "arn:aws:s3:::models/c/1", {}, True),
        ("s3:GetObject", "arn:aws:s3:::models/c/1", {}, True),
        ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:683313688378:repository/linear-learner", {}, True),
        ("logs:PutLogEvents", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:x", {}, True),
        ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": ("/aws/sagemaker/Endpoints",)}, True),
        ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": ("mine",)}, False),
        ("sagemaker:CreateTrainingJob", "*", {}, False),
    ],
)
def test_a_roles_policy_is_of_its_data_image_and_logs(
    requests: list[dict[str, Any]], action: str, resource: str, context: dict[str, Any], allowed: bool
) -> None:
    policies = role_policies(requests, ACCOUNT)
    assert list(policies) == [ROLE]
    question = Question(action, resource, ROLE, ROLE, ACCOUNT, context)
    assert decide(question, Policies(identity=[policies[ROLE]])).allowed is allowed


def test_the_command_prints_a_policy(script: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    small = tmp_path / "small.py"
    small.write_text("import boto3\nboto3.client('s3').put_object(Bucket='b', Key='k', Body=b'')\nprint('on')\n")
    assert main(["iam-policy", str(small)]) == 0
    printed = capfd.readouterr()
    statement = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::b/k"]}
    assert json.loads(printed.out) == {"Version": "2012-10-17", "Statement": [statement]}
    assert printed.err == "on\n"
    assert main(["iam-policy", "--role", str(small)]) == 2
    assert "choose one role of those that the script hands over: none\nhint: --role ROLE" in capfd.readouterr().err


def test_a_script_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["iam-policy"]) == 2
    assert main(["iam-policy", "there-is-none.py"]) == 2
    assert "hint: sagewright iam-policy" in capsys.readouterr().err


def test_statuses_say_that_all_has_gone_well_in_capitals_too() -> None:
    sagemaker = botocore.session.get_session().get_service_model("sagemaker")
    for operation, member, good in (
        ("DescribeCompilationJob", "CompilationJobStatus", "COMPLETED"),
        ("DescribeTrainingJob", "TrainingJobStatus", "Completed"),
        ("DescribeEndpoint", "EndpointStatus", "InService"),
    ):
        assert made_up(sagemaker.operation_model(operation).output_shape, {}, None)[member] == good
