"""Transformers on the embedded engine: what users write, and what they see when a record is at fault."""

from __future__ import annotations

import tarfile

import pytest

from sagewright.estimator import Estimator
from sagewright.exceptions import UnexpectedStatusException
from sagewright.session import Session
from sagewright.sklearn import SKLearnModel
from sagewright.transformer import Transformer
from tests.e2e.conftest import LINEAR_LEARNER, ROLE, ROWS


def trained(folder, instance_type, **changes):
    (folder / "rows.csv").write_text(ROWS)
    estimator = Estimator(LINEAR_LEARNER, ROLE, 1, instance_type, **changes)
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=50)
    estimator.fit({"train": (folder / "rows.csv").as_uri()})
    return estimator


def test_local_mode_reads_and_writes_folders(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")  # local mode is on this machine even then
    estimator = trained(tmp_path, "local", output_path=(tmp_path / "model").as_uri())
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.csv").write_text("1,10,3\n2,20,1\n")
    (tmp_path / "in" / "deep" / "b.csv").write_text("3,30,0")
    transformer = estimator.transformer(
        1, "local", assemble_with="Line", accept="text/csv", output_path=(tmp_path / "out").as_uri()
    )
    transformer.transform(
        (tmp_path / "in").as_uri(),
        content_type="text/csv",
        split_type="Line",
        input_filter="$[1:]",
        join_source="Input",
    )

    assert "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD" in capsys.readouterr().out
    rows = [line.split(",") for line in (tmp_path / "out" / "a.csv.out").read_text().splitlines()]
    assert [row[:3] for row in rows] == [["1", "10", "3"], ["2", "20", "1"]]
    assert [float(row[3]) for row in rows] == pytest.approx([31.0, 61.0], abs=0.5)
    assert float((tmp_path / "out" / "deep" / "b.csv.out").read_text().split(",")[3]) == pytest.approx(91.0, abs=0.5)


def test_a_record_at_fault_is_named_to_the_user_and_the_job_can_be_attached_to(tmp_path):
    session = Session()
    estimator = trained(tmp_path, "ml.m5.large", sagemaker_session=session, base_job_name="lines")
    data = session.upload_string_as_file_body("1,2\n3,4\n5,six\n", session.default_bucket(), "in/rows.csv")
    transformer = estimator.transformer(1, "ml.m5.large", accept="text/csv", assemble_with="Line")
    with pytest.raises(UnexpectedStatusException) as caught:
        transformer.transform(data, content_type="text/csv", split_type="Line", logs=False)

    said = str(caught.value)
    assert "Error for Transform job lines-" in said
    assert f"the first is {data}: record 3: Bad HTTP status received from algorithm: 4" in said
    assert transformer.latest_transform_job is not None
    again = Transformer.attach(transformer.latest_transform_job.name, session)
    assert (again.accept, again.output_path) == ("text/csv", transformer.output_path)
    session.upload_string_as_file_body("1,2\n", session.default_bucket(), "in/rows.csv")
    again.transform(data, content_type="text/csv", split_type="Line", logs=False)
    again.delete_model()
    place = str(again.output_path).removeprefix(f"s3://{session.default_bucket()}/")
    assert session.list_s3_files(session.default_bucket(), place) == [f"{place}/rows.csv.out"]


SERVE = """
import json, os

def model_fn(folder):
    with open(os.path.join(folder, "number")) as file:
        return float(file.read())

def input_fn(data, content_type):
    return [json.loads(line) for line in data.splitlines()]

def predict_fn(rows, number):
    return [number * row["x"] + float(os.environ["OFFSET"]) for row in rows]

def output_fn(answers, accept):
    return "\\n".join(map(json.dumps, answers)), accept
"""


def test_a_script_s_model_transforms_lines_of_json(tmp_path):
    (tmp_path / "number").write_text("2")
    (tmp_path / "serve.py").write_text(SERVE)
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "number", "number")
    (tmp_path / "rows.jsonl").write_text('{"id": "a", "x": 1}\n{"id": "b", "x": 2}\n')
    session = Session()
    model = SKLearnModel(
        session.upload_data(str(tmp_path / "model.tar.gz"), key_prefix="model"),
        ROLE,
        str(tmp_path / "serve.py"),
        framework_version="1.2-1",
        sagemaker_session=session,
    )
    lines = "application/jsonlines"
    transformer = model.transformer(1, "ml.m5.large", accept=lines, assemble_with="Line", env={"OFFSET": "0.5"})
    transformer.transform(
        str(tmp_path / "rows.jsonl"),
        content_type=lines,
        split_type="Line",
        join_source="Input",
        output_filter="$['id','SageMakerOutput']",
        logs=False,
    )

    place = str(transformer.output_path).removeprefix(f"s3://{session.default_bucket()}/")
    assert session.read_s3_file(session.default_bucket(), f"{place}/rows.jsonl.out") == (
        '{"id":"a","SageMakerOutput":2.5}\n{"id":"b","SageMakerOutput":4.5}\n'
    )
