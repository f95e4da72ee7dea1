from __future__ import annotations

import copy
import io
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

import sagewright as sagemaker
from sagewright.session import Session
from tests.parity.recording import ACCOUNT, REGION, Recorder, Refusal, body

USER = {"Account": ACCOUNT, "UserId": "u", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ada"}
MISSING = Refusal("404", "Not Found", 404)


@pytest.fixture
def aws() -> Recorder:
    return Recorder(answers={"ListBuckets": {"Buckets": []}})


def session_on(aws: Recorder, region: str = REGION, **changes: Any) -> Session:
    return Session(boto_session=aws.boto_session(region), **changes)


def test_region_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="Must setup local AWS configuration with a region supported by SageMaker"):
        Session(boto_session=boto3.Session())


def test_clients_are_made_when_first_used_and_kept(aws: Recorder) -> None:
    session = session_on(aws)
    assert "sagemaker_client" not in vars(session)
    assert session.sagemaker_client is session.sagemaker_client
    assert session.sagemaker_runtime_client.meta.config.read_timeout == 80
    given = object()
    assert session_on(aws, sagemaker_client=given).sagemaker_client is given


def test_what_a_session_does_not_have_is_said() -> None:
    with pytest.raises(AttributeError, match="no attribute `sagemaker_cleint`"):
        _ = Session().sagemaker_cleint


def test_default_bucket_is_made_once(aws: Recorder) -> None:
    aws.answers["HeadBucket"] = MISSING
    session = session_on(aws)
    assert session.default_bucket() == session.default_bucket() == f"sagemaker-{REGION}-{ACCOUNT}"
    assert aws.asked("CreateBucket") == [{"Bucket": f"sagemaker-{REGION}-{ACCOUNT}"}]


def test_default_bucket_of_another_region_names_the_region(aws: Recorder) -> None:
    aws.answers["HeadBucket"] = MISSING
    session_on(aws, "eu-west-1").default_bucket()
    assert aws.asked("CreateBucket") == [
        {
            "Bucket": f"sagemaker-eu-west-1-{ACCOUNT}",
            "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"},
        }
    ]


def test_default_bucket_of_someone_else_is_not_used(aws: Recorder) -> None:
    aws.answers["HeadBucket"] = Refusal("403", "Forbidden", 403)
    with pytest.raises(Exception, match="403"):
        session_on(aws).default_bucket()
    assert not aws.asked("CreateBucket")


def test_file_and_folder_go_up(aws: Recorder, tmp_path: Path) -> None:
    session = session_on(aws, default_bucket="bucket", default_bucket_prefix="team")
    (tmp_path / "rows" / "deep").mkdir(parents=True)
    for name in ("a.csv", "deep/b.csv"):
        (tmp_path / "rows" / name).write_text("1,2")
    assert session.upload_data(str(tmp_path / "rows" / "a.csv")) == "s3://bucket/team/data/a.csv"
    assert session.upload_data(str(tmp_path / "rows"), bucket="other", key_prefix="p") == "s3://other/p"
    assert {(put["Bucket"], put["Key"]) for put in aws.asked("PutObject")} == {
        ("bucket", "team/data/a.csv"),
        ("other", "p/a.csv"),
        ("other", "p/deep/b.csv"),
    }


def test_nothing_to_upload_is_an_error(aws: Recorder, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such"):
        session_on(aws).upload_data(str(tmp_path / "no-such"), bucket="bucket")


def test_text_goes_up_and_objects_come_back(aws: Recorder) -> None:
    aws.answers["GetObject"] = {"Body": body(b"1,2")}
    aws.answers["ListObjectsV2"] = {"Contents": [{"Key": "p/a", "Size": 3}, {"Key": "p/b", "Size": 3}]}
    session = session_on(aws)
    assert session.upload_string_as_file_body("1,2", "bucket", "k.csv", kms_key="key") == "s3://bucket/k.csv"
    [put] = aws.asked("PutObject")
    assert (put["SSEKMSKeyId"], put["ServerSideEncryption"]) == ("key", "aws:kms")
    assert session.read_s3_file("bucket", "k.csv") == "1,2"
    assert session.list_s3_files("bucket", "p/") == ["p/a", "p/b"]


def test_role_behind_an_assumed_role_has_its_path(aws: Recorder) -> None:
    assert sagemaker.get_execution_role(session_on(aws)) == f"arn:aws:iam::{ACCOUNT}:role/service-role/Role"


def test_role_is_guessed_where_iam_does_not_answer(aws: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    aws.answers["GetRole"] = Refusal("AccessDenied", "no", 403)
    assert sagemaker.get_execution_role(session_on(aws)) == f"arn:aws:iam::{ACCOUNT}:role/Role"
    assert "Couldn't call 'get_role' to get Role ARN from role name Role to get Role path." in caplog.text


def test_user_is_no_role(aws: Recorder) -> None:
    aws.answers["GetCallerIdentity"] = USER
    with pytest.raises(ValueError, match="The current AWS identity is not a role: .*user/ada"):
        sagemaker.get_execution_role(session_on(aws))


def test_user_may_have_the_default_role(aws: Recorder) -> None:
    aws.answers["GetCallerIdentity"] = USER
    aws.answers["CreateRole"] = Refusal("EntityAlreadyExists", "exists", 409)
    assert sagemaker.get_execution_role(session_on(aws), use_default=True).endswith("role/service-role/Role")


def test_roles_are_expanded_by_name_only(aws: Recorder) -> None:
    session = session_on(aws)
    assert session.expand_role("Role") == f"arn:aws:iam::{ACCOUNT}:role/service-role/Role"
    assert session.expand_role("arn:aws:iam::1:role/x") == "arn:aws:iam::1:role/x"
    assert len(aws.asked("GetRole")) == 1


def test_job_that_has_ended_may_be_stopped(aws: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    aws.answers["StopTrainingJob"] = Refusal("ValidationException", "not in a state")
    with caplog.at_level("INFO"):
        session_on(aws).stop_training_job("job")
    assert "Training job: job is already stopped or not running." in caplog.text


def test_tags_of_aws_itself_are_left_out(aws: Recorder) -> None:
    aws.answers["ListTags"] = {"Tags": [{"Key": "aws:stack", "Value": "1"}, {"Key": "team", "Value": "a"}]}
    assert session_on(aws).list_tags("arn:aws:sagemaker:us-east-1:1:model/m") == [{"Key": "team", "Value": "a"}]


def test_session_travels(aws: Recorder) -> None:
    session = session_on(aws, "eu-west-1", default_bucket="bucket", default_bucket_prefix="team")
    _ = session.sagemaker_client
    arrived = pickle.loads(pickle.dumps(session))
    assert (arrived.boto_region_name, arrived.default_bucket_prefix) == ("eu-west-1", "team")
    assert arrived.sagemaker_client.meta.region_name == "eu-west-1"


def test_copy_of_a_session_keeps_what_it_was_given(aws: Recorder) -> None:
    session = session_on(aws)
    assert copy.deepcopy(session).boto_session is session.boto_session
    assert copy.deepcopy(session).account_id() == ACCOUNT


def test_streams_go_up() -> None:
    aws = Recorder()
    uploader = sagemaker.s3.S3Uploader
    assert (
        uploader.upload_bytes(io.BytesIO(b"x"), "s3://bucket/k", sagemaker_session=session_on(aws)) == "s3://bucket/k"
    )
    assert aws.asked("PutObject")[0]["Key"] == "k"


def test_notebooks_take_the_region_by_its_private_name(home):
    session = Session()
    assert session._region_name == session.boto_region_name


def test_the_default_role_is_made_where_it_is_missing() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/AmazonSageMaker-DefaultRole"
    role = {"Role": {"Arn": arn, "RoleName": "AmazonSageMaker-DefaultRole"}}
    aws = Recorder(
        answers={
            "GetCallerIdentity": {"Account": ACCOUNT, "UserId": "u", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann"},
            "GetRole": [Refusal("NoSuchEntity", "no", 404), role],
            "CreateRole": role,
        }
    )
    assert sagemaker.get_execution_role(session_on(aws), use_default=True) == arn
    assert [call["operation"] for call in aws.writes()] == ["CreateRole", "AttachRolePolicy"]


def test_a_bucket_that_is_named_is_neither_made_nor_are_buckets_listed_where_there_is_one() -> None:
    aws = Recorder()
    session = session_on(aws, default_bucket="prices")
    session.upload_string_as_file_body("text", session.default_bucket(), "key")
    assert [operation for operation, _ in aws.calls] == ["HeadBucket", "PutObject"]


def test_loggers_are_left_alone_until_there_is_a_session() -> None:
    program = """
import logging, sys
import sagewright.session, sagewright.config, sagewright.local
logger = logging.getLogger("sagemaker")
assert not logger.handlers and logger.level == 0
session = sagewright.session.Session()
session = sagewright.session.Session()
logger.info("heard")
logging.getLogger("sagemaker.config").info("heard too")
assert not logging.getLogger().handlers
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "INFO:sagemaker:heard\nINFO:sagemaker.config:heard too\n"
    settled = "import logging; logging.basicConfig(level='ERROR', format='%(message)s')"
    program = f"{settled}\nimport sagewright as s; s.Session(); logging.getLogger('sagemaker').error('once')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "once\n"
