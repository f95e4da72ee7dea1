from __future__ import annotations

import logging
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sagewright import config
from sagewright.cli import main
from sagewright.config import ConfigError, load_sagemaker_config, validate_sagemaker_config
from sagewright.config.values import filled, filled_each, resolved, with_attribute, with_nested, with_tags
from sagewright.local import LocalSession
from sagewright.session import Session
from tests.parity.recording import Recorder

ADMIN = """
SchemaVersion: '1.0'
SageMaker:
  Endpoint:
    Tags: [{Key: owner, Value: admin}]
  TrainingJob:
    RoleArn: arn:aws:iam::123456789012:role/Admin
    VpcConfig: {Subnets: [subnet-1], SecurityGroupIds: [sg-1]}
"""
USER = """
SchemaVersion: '1.0'
SageMaker:
  Endpoint:
    Tags: [{Key: team, Value: prices}]
  TrainingJob:
    RoleArn: arn:aws:iam::123456789012:role/User
  PythonSDK: {Modules: {Session: {DefaultS3Bucket: own-bucket, DefaultS3ObjectKeyPrefix: team/a}}}
"""


@pytest.fixture(autouse=True)
def no_files_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "site"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAGEMAKER_ADMIN_CONFIG_OVERRIDE", raising=False)
    monkeypatch.delenv("SAGEMAKER_USER_CONFIG_OVERRIDE", raising=False)


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def session_of(sagemaker: dict[str, Any]) -> Any:
    return SimpleNamespace(sagemaker_config={"SchemaVersion": "1.0", "SageMaker": sagemaker})


def test_the_users_file_prevails_over_the_administrators_and_lists_are_replaced(tmp_path: Path) -> None:
    written(tmp_path / "site/sagemaker/config.yaml", ADMIN)
    written(tmp_path / "home/sagemaker/config.yaml", USER)
    found = load_sagemaker_config()["SageMaker"]
    assert found["TrainingJob"]["RoleArn"].endswith("role/User")
    assert found["TrainingJob"]["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert found["Endpoint"]["Tags"] == [{"Key": "team", "Value": "prices"}]


def test_variables_and_arguments_name_files_or_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written(tmp_path / "a/config.yaml", ADMIN)
    monkeypatch.setenv("SAGEMAKER_ADMIN_CONFIG_OVERRIDE", str(tmp_path / "a"))
    more = written(tmp_path / "b.yaml", USER)
    assert load_sagemaker_config([str(more)])["SageMaker"]["TrainingJob"]["RoleArn"].endswith("role/User")


def test_no_file_is_no_defaults_and_a_named_one_must_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_sagemaker_config() == {}
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(tmp_path / "none.yaml"))
    with pytest.raises(ValueError, match=r"none\.yaml\nhint: "):
        load_sagemaker_config()


def test_files_may_lie_in_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Recorder()
    aws.answers["ListObjectsV2"] = aws.answers["ListObjects"] = {
        "Contents": [{"Key": "teams/a/config.yaml"}, {"Key": "teams/a/readme"}]
    }
    from tests.parity.recording import body

    aws.answers["GetObject"] = {"Body": body(USER.encode())}
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", "s3://bucket/teams/a")
    session = Session(boto_session=aws.boto_session())
    assert aws.asked("GetObject") == [{"Bucket": "bucket", "Key": "teams/a/config.yaml"}]
    assert session.default_bucket_prefix == "team/a"


@pytest.mark.parametrize(
    ("keys", "uri"), [([], "s3://bucket/nothing"), (["x/1", "x/2"], "s3://bucket/x")], ids=["nothing", "no config.yaml"]
)
def test_an_s3_uri_must_mean_a_file(keys: list[str], uri: str) -> None:
    aws = Recorder()
    aws.answers["ListObjects"] = {"Contents": [{"Key": key} for key in keys]}
    with pytest.raises(ValueError, match="valid S3 path|directory that has a config.yaml"):
        load_sagemaker_config([uri], aws.boto_session().resource("s3"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SageMaker: {}", r"the top: `SchemaVersion` is missing\nhint: .*SchemaVersion: '1\.0'"),
        ("SchemaVersion: 1.0", r"line 1: `SchemaVersion`: `1\.0` stands where a text belongs\nhint: .*quotes"),
        (
            "SchemaVersion: '1.0'\nSageMaker:\n  TraningJob: {}\n",
            r"line 3: `SageMaker\.TraningJob`: there is no such key here\nhint: did you mean `TrainingJob`",
        ),
        (
            "SchemaVersion: '1.0'\nSageMaker:\n  Model:\n    Containers:\n    - Environment: {A: b}\n    - Image: x\n",
            r"line 6: `SageMaker\.Model\.Containers\[1\]\.Image`",
        ),
        (
            "SchemaVersion: '1.0'\nSageMaker:\n  Pipeline:\n    RoleArn: roles/of-our-team/Role\n",
            r"line 4: `SageMaker\.Pipeline\.RoleArn`: `roles/of-our-team/Role` does not have(.|\n)*hint: give the role",
        ),
        ("SchemaVersion: '1.0'\nSageMaker: [\n", r"(?s)line 3.*hint: this is no YAML"),
        ("SchemaVersion: '1.0'\nSageMaker: {Model: {EnableNetworkIsolation: 'no'}}", "where true or false belongs"),
        ("SchemaVersion: '1.0'\nSageMaker: {Model: {VpcConfig: {Subnets: []}}}", "0 items; at least 1"),
    ],
)
def test_a_fault_is_named_with_its_file_its_line_and_a_hint(tmp_path: Path, text: str, says: str) -> None:
    file = written(tmp_path / "config.yaml", text)
    with pytest.raises(ConfigError, match=says) as caught:
        load_sagemaker_config([str(file)])
    assert str(file) in str(caught.value) or "line 3" in says
    assert isinstance(caught.value, ValueError)


def test_programs_that_catch_the_error_of_jsonschema_still_do() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    with pytest.raises(jsonschema.ValidationError, match="SchemaVersion"):
        validate_sagemaker_config({})


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    file = written(tmp_path / "config.yaml", "SchemaVersion: !!python/object/apply:os.getcwd []")
    with pytest.raises(Exception, match="could not determine a constructor"):
        load_sagemaker_config([str(file)])


def test_a_session_takes_its_bucket_and_prefix_from_the_defaults() -> None:
    given = {
        "SchemaVersion": "1.0",
        "SageMaker": {"PythonSDK": {"Modules": {"Session": {"DefaultS3Bucket": "own-bucket"}}}},
    }
    session = Session(boto_session=Recorder().boto_session(), sagemaker_config=given)
    assert session.default_bucket() == "own-bucket"
    assert session.default_bucket_prefix is None
    assert pickle.loads(pickle.dumps(session)).sagemaker_config == given
    other = Session(boto_session=Recorder().boto_session(), sagemaker_config=given, default_bucket="mine")
    assert other.default_bucket() == "mine"


def test_a_session_refuses_defaults_that_hold_what_they_may_not() -> None:
    with pytest.raises(ConfigError, match="hint: did you mean `Model`"):
        Session(
            boto_session=Recorder().boto_session(),
            sagemaker_config={"SchemaVersion": "1.0", "SageMaker": {"Modell": {}}},
        )


def test_what_is_given_prevails_and_what_is_taken_is_told(caplog: pytest.LogCaptureFixture) -> None:
    session = session_of({"Pipeline": {"RoleArn": "from the file"}})
    caplog.set_level(logging.INFO, "sagemaker.config")
    assert resolved("given", session, config.PIPELINE_ROLE_ARN_PATH) == "given"
    assert caplog.text == ""
    assert resolved(None, session, ("SageMaker", "Pipeline", "RoleArn")) == "from the file"
    assert "Applied value from config key = SageMaker.Pipeline.RoleArn" in caplog.text
    assert resolved(None, session, "SageMaker.Model.EnableNetworkIsolation", default=False) is False


def test_false_in_the_defaults_is_a_value() -> None:
    session = session_of({"Model": {"EnableNetworkIsolation": False}})
    assert resolved(None, session, "SageMaker.Model.EnableNetworkIsolation", default=True) is False


def test_documents_are_filled_from_beneath() -> None:
    session = session_of({"TrainingJob": {"OutputDataConfig": {"KmsKeyId": "key"}}})
    path = "SageMaker.TrainingJob.OutputDataConfig"
    assert filled({"S3OutputPath": "s3://b"}, session, path) == {"S3OutputPath": "s3://b", "KmsKeyId": "key"}
    assert filled({"KmsKeyId": "mine"}, session, path) == {"KmsKeyId": "mine"}
    assert filled(None, session, path) == {"KmsKeyId": "key"}
    assert filled(None, session_of({}), path) is None


def test_lists_are_filled_item_by_item_where_that_makes_a_whole() -> None:
    session = session_of({"EndpointConfig": {"ProductionVariants": [{"CoreDumpConfig": {"KmsKeyId": "key"}}]}})
    path = "SageMaker.EndpointConfig.ProductionVariants"
    variants: list[dict[str, Any]] = [{"VariantName": "a", "CoreDumpConfig": {"DestinationS3Uri": "s3://b"}}, {}]
    need = ["CoreDumpConfig.DestinationS3Uri"]
    assert filled_each(variants, session, path, need) == [
        {"VariantName": "a", "CoreDumpConfig": {"DestinationS3Uri": "s3://b", "KmsKeyId": "key"}},
        {},
    ]
    assert filled_each([{"VariantName": "a"}], session, path, need) == [{"VariantName": "a"}]
    two = [{"ServerlessConfig": {"MemorySizeInMB": 1}, "CoreDumpConfig": {"DestinationS3Uri": "s3://b"}}]
    assert filled_each(two, session, path, need, [["CoreDumpConfig", "ServerlessConfig"]]) == two


def test_members_attributes_and_tags_are_filled() -> None:
    session = session_of(
        {"TransformJob": {"TransformOutput": {"KmsKeyId": "key"}}, "Endpoint": {"Tags": [{"Key": "a", "Value": "1"}]}}
    )
    key = "SageMaker.TransformJob.TransformOutput.KmsKeyId"
    assert with_nested({"S3OutputPath": "x"}, ["KmsKeyId"], session, key) == {"S3OutputPath": "x", "KmsKeyId": "key"}
    assert with_nested({"Out": {"KmsKeyId": "mine"}}, ["Out", "KmsKeyId"], session, key) == {
        "Out": {"KmsKeyId": "mine"}
    }
    assert with_attribute(None, SimpleNamespace, "none", session, "SageMaker.Model") is None
    made = with_attribute(None, lambda: SimpleNamespace(kms=None), "kms", session, key)
    assert made.kms == "key"
    assert with_attribute(SimpleNamespace(kms="mine"), None, "kms", session, key).kms == "mine"
    tags = "SageMaker.Endpoint.Tags"
    assert with_tags([{"Key": "a", "Value": "2"}], session, tags) == [{"Key": "a", "Value": "2"}]
    assert with_tags([{"Key": "b", "Value": "2"}], session, tags) == [
        {"Key": "b", "Value": "2"},
        {"Key": "a", "Value": "1"},
    ]
    assert with_tags(None, session, tags) == [{"Key": "a", "Value": "1"}]
    assert with_tags(None, session_of({}), tags) is None


def test_the_values_in_force_are_shown_with_their_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = written(tmp_path / "site/sagemaker/config.yaml", ADMIN)
    home = written(tmp_path / "home/sagemaker/config.yaml", USER)
    monkeypatch.setenv("SAGEWRIGHT_CODE_MIB", "7")
    monkeypatch.setenv("SAGEWRIGHT_METRICS_TOKEN", "secret")
    assert main(["config", "show", "--origin"]) == 0
    printed = capsys.readouterr().out
    assert f'SageMaker.TrainingJob.RoleArn = "arn:aws:iam::123456789012:role/User"    # {home}' in printed
    assert f'SageMaker.TrainingJob.VpcConfig.Subnets = ["subnet-1"]    # {site}' in printed
    assert "SAGEWRIGHT_CODE_MIB = 7    # environment variable SAGEWRIGHT_CODE_MIB" in printed
    assert "secret" not in printed
    assert main(["config", "show"]) == 0
    assert "#" not in capsys.readouterr().out


def test_a_fault_in_a_file_is_shown_by_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(written(tmp_path / "c.yaml", "SchemaVersion: '3'")))
    assert main(["config", "show"]) == 2
    assert "c.yaml, line 1: `SchemaVersion`: `3` is none of `1.0`" in capsys.readouterr().err


def test_the_file_of_local_mode_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert LocalSession().config is None
    written(tmp_path / ".sagemaker/config.yaml", "local: {local_code: true, serving_port: 8080, container_root: /x}")
    assert LocalSession().config == {"local": {"local_code": True, "container_root": "/x"}}
    assert "`local.serving_port` has no effect" in caplog.text
    assert "`local.container_root` has no effect" in caplog.text
