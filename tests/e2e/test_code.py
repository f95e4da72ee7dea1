"""Code and data of this machine on their way through the embedded engine to a job, and back to a model."""

from __future__ import annotations

import io
import tarfile

import pytest

import sagewright as sagemaker
from sagewright.estimator import Estimator
from sagewright.model import Model
from tests.e2e.conftest import ROLE

PROGRAM = """
from pathlib import Path
data = Path("/opt/ml/input/data/train")
print("rows:", sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()))
Path("/opt/ml/model/answer.txt").write_text("42")
"""


@pytest.fixture
def session(home):
    return sagemaker.Session()


def names_in(session, uri):
    content = session.s3_client.get_object(**dict(zip(("Bucket", "Key"), sagemaker.s3.parse_s3_url(uri), strict=True)))
    with tarfile.open(fileobj=io.BytesIO(content["Body"].read())) as archive:
        return sorted(member.name for member in archive if member.isfile())


def test_a_script_and_a_folder_of_data_reach_the_job(session, tmp_path, capsys):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text(PROGRAM)
    (tmp_path / "src" / ".env").write_text("KEY=secret")
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "rows.csv").write_text("1,2")
    (tmp_path / "data" / "deep" / "more.csv").write_text("3,4")
    estimator = Estimator(
        "python:3",
        ROLE,
        1,
        "ml.m5.large",
        sagemaker_session=session,
        entry_point="train.py",
        source_dir=str(tmp_path / "src"),
        container_entry_point=["python", "/opt/ml/input/data/code/train.py"],
    )
    for _ in range(2):
        estimator.fit({"train": tmp_path / "data", "code": str(tmp_path / "src" / "train.py")})
        assert "rows: ['deep/more.csv', 'rows.csv']" in capsys.readouterr().out
    assert estimator.uploaded_code is not None
    assert names_in(session, estimator.uploaded_code.s3_prefix) == ["train.py"]
    below = session.list_s3_files(session.default_bucket(), "python/input/train/")
    assert len(below) == 2, "the same data are there once"

    model = Model(
        *("python:3", estimator.model_data, ROLE),
        name="model",
        entry_point="train.py",
        source_dir=str(tmp_path / "src"),
        sagemaker_session=session,
    )
    container = model.prepare_container_def()
    assert container["ModelDataUrl"] == estimator.model_data, "on the engine a model's code goes beside its archive"
    assert names_in(session, container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"]) == ["train.py"]
