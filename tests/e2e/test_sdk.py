"""The SDK on the embedded engine: from `fit` to `predict`, and what users see when things go wrong."""

from __future__ import annotations

import re

import pytest

import sagewright as sagemaker
from sagewright.deserializers import JSONDeserializer
from sagewright.estimator import Estimator
from sagewright.exceptions import UnexpectedStatusException
from sagewright.inputs import TrainingInput
from sagewright.serializers import CSVSerializer
from tests.e2e.conftest import LINEAR_LEARNER, ROLE, ROWS


@pytest.fixture
def session(home):
    return sagemaker.Session()


@pytest.fixture
def rows(session):
    return TrainingInput(
        session.upload_string_as_file_body(ROWS, session.default_bucket(), "rows.csv"), content_type="text/csv"
    )


def learner(session, **changes):
    arguments = {"instance_count": 1, "instance_type": "ml.m5.large", "sagemaker_session": session, **changes}
    estimator = Estimator(LINEAR_LEARNER, ROLE, **arguments)
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=50)
    return estimator


def program(session, code):
    """An estimator that runs a Python program."""
    uri = session.upload_string_as_file_body(code, session.default_bucket(), "code/program.py")
    estimator = Estimator(
        "python:3",
        ROLE,
        1,
        "ml.m5.large",
        sagemaker_session=session,
        container_entry_point=["python", "/opt/ml/input/data/code/program.py"],
    )
    return estimator, {"code": uri}


def test_train_deploy_predict(session, rows, capsys):
    estimator = learner(session, base_job_name="lines")
    estimator.fit({"train": rows})

    shown = capsys.readouterr().out
    assert "Starting - Starting the training job" in shown
    assert "#quality_metric: host=algo-1, train mse_objective <loss>=" in shown
    assert re.search(r"Billable seconds: \d+\n$", shown)
    assert estimator.model_data.endswith(f"{estimator.latest_training_job.name}/output/model.tar.gz")

    predictor = estimator.deploy(1, "ml.m5.large", serializer=CSVSerializer(), deserializer=JSONDeserializer())
    assert capsys.readouterr().out.rstrip().endswith("!")
    (prediction,) = predictor.predict([10, 3])["predictions"]
    assert prediction["score"] == pytest.approx(31.0, abs=0.5)
    predictor.delete_model()
    predictor.delete_endpoint()


def test_an_estimator_is_attached_to_a_job_of_before(session, rows):
    first = learner(session, base_job_name="lines", tags={"team": "a"})
    first.fit({"train": rows}, logs=False)

    second = Estimator.attach(first.latest_training_job.name, session)
    assert second.hyperparameters() == {"predictor_type": "regressor", "mini_batch_size": "50"}
    assert second.tags == [{"Key": "team", "Value": "a"}]
    assert second.base_job_name == "lines"
    assert second.model_data == first.model_data


def test_the_metrics_of_a_job_are_a_table(session, rows, capsys):
    estimator = learner(session)
    estimator.fit({"train": rows}, logs=None)

    table = estimator.training_job_analytics.dataframe()
    assert list(table.columns) == ["timestamp", "metric_name", "value"]
    assert "train:objective_loss" in set(table["metric_name"])


def test_fit_raises_the_user_s_own_error(session):
    estimator, inputs = program(session, "def load():\n    raise KeyError('no such column: age')\n\nload()\n")
    with pytest.raises(UnexpectedStatusException) as caught:
        estimator.fit(inputs)

    message = str(caught.value)
    name = estimator.latest_training_job.name
    assert message.startswith(f"Error for Training job {name}: Failed. Reason: AlgorithmError: , exit code: 1. Check")
    assert "KeyError: 'no such column: age'" in message
    assert "line 2, in load" in message
    assert (caught.value.actual_status, caught.value.allowed_statuses) == ("Failed", ["Completed", "Stopped"])


def test_fit_raises_the_algorithm_s_reason_with_its_hint(session, rows):
    estimator = learner(session)
    estimator.set_hyperparameters(mini_batch_size=5000)
    with pytest.raises(UnexpectedStatusException, match="the training data have only 200 rows") as caught:
        estimator.fit({"train": rows}, logs=False)
    assert "hint: set mini_batch_size to 200 or less." in str(caught.value)


def test_a_stopped_job_is_only_warned_of(session, caplog):
    estimator, inputs = program(session, "import time; time.sleep(60)")
    estimator.fit(inputs, wait=False)
    estimator.latest_training_job.stop()
    estimator.latest_training_job.wait(logs="None")

    assert "Job ended with status 'Stopped' rather than 'Completed'." in caplog.text


def test_data_go_up_and_come_down(session, tmp_path):
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.csv").write_text("1")
    (folder / "sub/b.csv").write_text("2")

    uri = session.upload_data(str(folder), key_prefix="p")
    bucket = session.default_bucket()
    assert uri == f"s3://{bucket}/p"
    assert session.upload_data(str(folder / "a.csv"), key_prefix="q") == f"s3://{bucket}/q/a.csv"
    assert session.list_s3_files(bucket, "p/") == ["p/a.csv", "p/sub/b.csv"]
    assert session.read_s3_file(bucket, "p/a.csv") == "1"
    files = session.download_data(str(tmp_path / "down"), bucket, "p/")
    assert sorted(file.removeprefix(str(tmp_path / "down")) for file in files) == ["/a.csv", "/sub/b.csv"]
    with pytest.raises(FileNotFoundError, match="no-such-file"):
        session.upload_data("no-such-file")
