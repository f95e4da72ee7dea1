"""v2's local mode on the embedded engine: training, folders for the output, endpoints."""

from __future__ import annotations

import tarfile

import pytest

from sagewright.estimator import Estimator
from sagewright.exceptions import UnexpectedStatusException
from sagewright.local import LocalSession, file_input
from sagewright.model import Model
from sagewright.predictor import Predictor
from sagewright.serializers import CSVSerializer
from tests.e2e.conftest import LINEAR_LEARNER, ROLE, ROWS

LOOK = """
import json
print(json.load(open("/opt/ml/input/config/resourceconfig.json"))["current_instance_type"])
open("/opt/ml/model/weights", "w").write("1")
open("/opt/ml/output/data/plot", "w").write("2")
"""


@pytest.fixture(autouse=True)
def on_aws(monkeypatch):
    """Local mode is on this machine even where everything else goes to Amazon."""
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")


def program(folder, text, **arguments):
    (folder / "train.py").write_text(text)
    command = ["python", "/opt/ml/input/data/code/train.py"]
    estimator = Estimator("python:3", ROLE, 1, "local", container_entry_point=command, **arguments)
    return estimator, {"code": file_input((folder / "train.py").as_uri())}


def test_what_a_job_leaves_comes_into_a_folder(tmp_path, capsys):
    estimator, inputs = program(tmp_path, LOOK, output_path=(tmp_path / "out put").as_uri())
    estimator.fit(inputs, wait=False)

    assert "\nlocal\n" in capsys.readouterr().out
    assert estimator.model_data == (tmp_path / "out put").as_uri() + "/model.tar.gz"
    for name, member in (("model", "weights"), ("output", "plot")):
        with tarfile.open(tmp_path / "out put" / f"{name}.tar.gz") as archive:
            assert member in archive.getnames()
    assert estimator.latest_training_job.describe()["ResourceConfig"]["InstanceType"] == "local"


def test_a_failure_is_raised_as_v2_s_local_mode_does_and_with_the_user_s_lines(tmp_path):
    estimator, inputs = program(tmp_path, "raise KeyError('label')")
    with pytest.raises(RuntimeError, match="KeyError: 'label'") as caught:
        estimator.fit(inputs)
    assert isinstance(caught.value, UnexpectedStatusException)


def test_training_and_serving_a_built_in(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    estimator = Estimator(LINEAR_LEARNER, ROLE, 1, "local", output_path=(tmp_path / "out").as_uri())
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=50)
    estimator.fit({"train": file_input((tmp_path / "rows.csv").as_uri(), "text/csv")})
    model = Model(LINEAR_LEARNER, estimator.model_data, ROLE, predictor_cls=Predictor)
    predictor = model.deploy(1, "local", serializer=CSVSerializer())

    assert isinstance(model.sagemaker_session, LocalSession)
    assert b"score" in predictor.predict([10, 2])
    predictor.delete_endpoint()
