"""v2's local mode: its names, and what it is asked for."""

from __future__ import annotations

import pickle
import subprocess
import sys

import boto3
import pytest

import sagewright as sagemaker
from sagewright import settings
from sagewright.estimator import Estimator
from sagewright.exceptions import LocalJobFailed, UnexpectedStatusException
from sagewright.job import channels_of
from sagewright.local import LocalSagemakerClient, LocalSagemakerRuntimeClient, LocalSession, file_input
from sagewright.local.choice import session_for
from sagewright.model import Model


def estimator(**arguments):
    return Estimator("python:3", "role", 1, **{"instance_type": "local", **arguments})


def test_the_instance_type_local_brings_its_own_session():
    assert isinstance(estimator().sagemaker_session, LocalSession)
    assert isinstance(session_for("local_gpu", 1, None), LocalSession)
    assert not isinstance(session_for("ml.m5.large", 1, None), LocalSession)


def test_another_session_is_refused_as_in_v2():
    with pytest.raises(RuntimeError, match="instance_type local or local_gpu is only supported with an"):
        estimator(sagemaker_session=sagemaker.Session())


def test_gpus_are_those_of_one_host():
    with pytest.raises(RuntimeError, match="Distributed Training in Local GPU is not supported. Set instance_count"):
        Estimator("python:3", "role", 2, "local_gpu")


def test_it_goes_to_this_machine_on_every_target(monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")
    session = LocalSession()

    assert session.boto_region_name == "us-east-1"
    assert session.account_id() == "123456789012"
    assert pickle.loads(pickle.dumps(session)).account_id() == "123456789012"


def test_a_boto_session_names_the_region():
    assert LocalSession(boto3.Session(region_name="eu-west-1")).sagemaker_client.meta.region_name == "eu-west-1"
    with pytest.raises(ValueError, match="Must setup local AWS configuration"):
        LocalSession(boto3.Session())


def test_the_clients_of_v2_are_clients():
    assert LocalSagemakerClient().list_training_jobs()["TrainingJobSummaries"] == []
    assert LocalSagemakerRuntimeClient({"local": {"local_code": True}}).meta.service_model.service_name == (
        "sagemaker-runtime"
    )


def test_v2_s_configuration_is_taken(caplog):
    session = LocalSession()
    assert session.config is None
    session.config = {"local": {"local_code": True, "container_root": "/tmp/x"}}

    assert session.config == {"local": {"local_code": True, "container_root": "/tmp/x"}}
    assert "`local.container_root` has no effect" in caplog.text
    with pytest.raises(NotImplementedError, match=r"`local.serving_port` is not built"):
        session.config = {"local": {"serving_port": 9000}}
    with pytest.raises(NotImplementedError, match="`s3_endpoint_url` is not built"):
        LocalSession(s3_endpoint_url="http://localhost:9000")


def test_a_folder_for_the_output_is_local_mode_s_alone(tmp_path):
    assert estimator(output_path=tmp_path.as_uri())._s3_output_path() == "s3://sagemaker-us-east-1-123456789012/"
    with pytest.raises(RuntimeError, match="The 'file://' output paths are only supported when using Local Mode"):
        estimator(instance_type="ml.m5.large", output_path=tmp_path.as_uri())


def test_local_mode_s_channels(tmp_path):
    (channel,) = channels_of(file_input(tmp_path.as_uri(), "text/csv"))
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == tmp_path.as_uri()
    assert (channel["ChannelName"], channel["ContentType"]) == ("training", "text/csv")
    with pytest.raises(ValueError, match="there is no file or folder"):
        channels_of({"train": file_input("file:///nowhere/at/all")})


def test_the_model_of_a_file_that_is_not_there():
    with pytest.raises(ValueError, match="There is no file `file:///nowhere/model.tar.gz`"):
        Model("python:3", "file:///nowhere/model.tar.gz", "role").deploy(1, "local")


def test_a_failure_is_a_runtime_error_as_well():
    error = LocalJobFailed("why", ["Completed"], "Failed")
    assert isinstance(error, UnexpectedStatusException)
    assert isinstance(error, RuntimeError)
    assert pickle.loads(pickle.dumps(error)).actual_status == "Failed"


def test_debugging_needs_this_machine_and_one_host(monkeypatch):
    with pytest.raises(ValueError, match="has room for one host"):
        Estimator("python:3", "role", 2, "ml.m5.large", debug=True).fit()
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")
    session = sagemaker.Session(boto3.Session(region_name="us-east-1"))
    far_away = estimator(instance_type="ml.m5.large", sagemaker_session=session, debug=True)
    with pytest.raises(ValueError, match="the target is aws"):
        far_away.fit()


def test_a_setting_is_lent_for_a_while():
    with settings.EXECUTOR.lent("inline"):
        assert settings.EXECUTOR.read() == "inline"
        assert settings.EXECUTOR.source() == "the program"
        assert settings.EXECUTOR.read({}) == "process"
    assert settings.EXECUTOR.read() == "process"


def test_the_names_cost_no_session():
    code = "import sagewright.job, sys; assert 'sagewright.session' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
