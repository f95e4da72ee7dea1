"""Where the code of a served model goes: beside the archive on the engine, into it on AWS."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import boto3
import pytest

from sagewright import targets
from sagewright.pytorch import PyTorchModel
from sagewright.session import Session
from sagewright.tensorflow import TensorFlowModel
from tests.parity.world import World

INSIDE = "/opt/ml/model/code"


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "inference.py").write_text("print(1)")
    return str(tmp_path / "inference.py")


@pytest.fixture
def session(home: Path) -> Session:
    return Session(default_bucket="bucket")


def _container(session: Any, script: str | None, kind: Any = PyTorchModel, **changes: Any) -> dict[str, Any]:
    arguments = {"image_uri": "image", "name": "model", "sagemaker_session": session, **changes}
    model = kind("s3://bucket/nowhere/model.tar.gz", "role", script, framework_version="2.3.0", **arguments)
    container: dict[str, Any] = model.prepare_container_def("ml.m5.large")
    return container


@pytest.mark.parametrize("kind", [PyTorchModel, TensorFlowModel])
@pytest.mark.parametrize("isolated", [False, True])
def test_the_engine_takes_the_archive_as_it_is(session: Session, script: str, kind: Any, isolated: bool) -> None:
    more = {"py_version": "py311"} if kind is PyTorchModel else {}
    container = _container(session, script, kind, enable_network_isolation=isolated, **more)
    assert container["ModelDataUrl"] == "s3://bucket/nowhere/model.tar.gz"
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "inference.py"
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] == "s3://bucket/model/sourcedir.tar.gz"
    body = session.s3_client.get_object(Bucket="bucket", Key="model/sourcedir.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getnames() == ["inference.py"]


def test_a_script_in_the_archive_is_left_there(session: Session) -> None:
    container = _container(session, "serve.py", py_version="py311")
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "serve.py"
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] == INSIDE


def test_sessions_of_ours_ask_the_engine_and_others_do_not(home: Path) -> None:
    assert Session()._asks_engine()
    assert Session(targets.boto_session())._asks_engine()
    assert not Session(boto3.Session(region_name="us-east-1"))._asks_engine()


def test_aws_gets_the_code_inside(home: Path, script: str) -> None:
    world = World("sagewright")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("model.bin"))
    world.aws.answers["HeadObject"] = {"ContentLength": len(packed.getvalue()), "ETag": '"e"'}
    world.aws.answers["GetObject"] = {"Body": lambda: io.BytesIO(packed.getvalue())}
    container = _container(world.session(), script, py_version="py311")
    assert container["ModelDataUrl"] == "s3://bucket/model/model.tar.gz"
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] == INSIDE
    assert set(world.aws.archive("model/model.tar.gz")) == {"code/inference.py", "model.bin"}
