"""The session in which jobs become steps: nothing is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sagewright.deferring import StepContext, building
from sagewright.estimator import Estimator
from sagewright.model import Model
from sagewright.pytorch import PyTorch
from sagewright.session import Session
from sagewright.transformer import Transformer
from sagewright.workflow.parameters import ParameterInteger, ParameterString
from sagewright.workflow.pipeline_context import LocalPipelineSession, PipelineSession
from tests.parity.recording import Recorder

pytestmark = pytest.mark.filterwarnings("ignore:Running within a PipelineSession")
ROLE = "arn:aws:iam::123456789012:role/Role"


def made(session: PipelineSession, arguments: Any, step: StepContext | None = None) -> Any:
    """Return the request that a step's arguments become."""
    with building(step or StepContext("Prices", "Step")):
        arguments.func(*arguments.func_args, **arguments.func_kwargs)
    return session.context.args


def test_fit_starts_nothing_and_takes_variables_anywhere(session: PipelineSession, aws: Recorder) -> None:
    count: Any = ParameterInteger("Count")
    rows = ParameterString("Rows")
    estimator = Estimator("a/b:1", ROLE, count, "ml.m5.large", sagemaker_session=session, hyperparameters={"n": count})
    with pytest.warns(UserWarning, match="there will be No Wait, No Logs, and No Job being started"):
        arguments = estimator.fit({"train": rows, "more": "s3://bucket/more"}, logs="All")
    request = made(session, arguments)
    assert aws.writes() == []
    assert request["ResourceConfig"]["InstanceCount"] is count
    assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] is rows
    assert request["HyperParameters"]["n"] == count.to_string()


def test_what_a_call_would_refuse_is_refused_at_once(session: PipelineSession) -> None:
    estimator = Estimator("a/b:1", ROLE, 1, "ml.m5.large", sagemaker_session=session)
    with pytest.raises(TypeError, match="did you mean `inputs`"):
        estimator.fit(input="s3://bucket/rows")  # type: ignore[call-arg]  # that is the point


def test_code_lies_where_its_content_says(session: PipelineSession, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)")
    estimator = PyTorch(
        "train.py",
        source_dir=str(tmp_path),
        image_uri="a/b:1",
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        sagemaker_session=session,
    )
    request = made(session, estimator.fit(), StepContext("Prices", "Train", code_hash="abc"))
    assert request["HyperParameters"]["sagemaker_submit_directory"] == '"s3://bucket/Prices/code/abc/sourcedir.tar.gz"'


def test_a_transform_stores_below_each_run(session: PipelineSession) -> None:
    transformer = Transformer(ParameterString("Model"), 1, "ml.m5.large", sagemaker_session=session)  # type: ignore[arg-type]
    request = made(session, transformer.transform(ParameterString("Rows")))  # type: ignore[arg-type]
    values = request["TransformOutput"]["S3OutputPath"].expr["Std:Join"]["Values"]
    assert values == ["s3:/", "bucket", "Prices", {"Get": "Execution.PipelineExecutionId"}, "Step"]


def test_a_model_is_kept_and_never_deployed(session: PipelineSession, aws: Recorder) -> None:
    model = Model("a/b:1", "s3://bucket/model.tar.gz", ROLE, sagemaker_session=session)
    kept = model.create("ml.m5.large")
    assert kept.create_model_request["PrimaryContainer"]["ModelDataUrl"] == "s3://bucket/model.tar.gz"  # type: ignore[attr-defined]
    assert session.context is None
    with pytest.raises(ValueError, match="hint: give `model.create\\(\\)` to a ModelStep"):
        model.deploy(1, "ml.m5.large")
    assert aws.writes() == []


def test_the_same_calls_of_a_plain_session_start_jobs(aws: Recorder) -> None:
    session = Session(boto_session=aws.boto_session(), default_bucket="bucket")
    Estimator("a/b:1", ROLE, 1, "ml.m5.large", sagemaker_session=session).fit("s3://bucket/rows", wait=False)
    assert [call["operation"] for call in aws.writes()] == ["CreateTrainingJob"]


def test_v2s_local_pipelines_are_refused_with_the_reason() -> None:
    with pytest.raises(NotImplementedError, match="hint: `PipelineSession` builds the same pipelines"):
        LocalPipelineSession()
