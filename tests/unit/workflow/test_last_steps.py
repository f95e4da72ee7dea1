"""Notebooks, endpoints and lineage as steps, beyond their definitions: what is refused, what is pickled."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from sagewright.batch_inference.batch_transform_inference_config import BatchTransformInferenceConfig
from sagewright.lineage.action import Action
from sagewright.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagewright.workflow.endpoint_step import EndpointConfigStep
from sagewright.workflow.lineage_step import LineageStep
from sagewright.workflow.notebook_job_step import NotebookJobStep
from sagewright.workflow.parameters import ParameterString
from sagewright.workflow.pipeline import Pipeline
from sagewright.workflow.pipeline_context import PipelineSession
from tests.parity.recording import ROLE, Recorder

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/notebooks:1"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "prices.ipynb"
    path.write_text("{}")
    return path


def _step(notebook: Any, **more: Any) -> NotebookJobStep:
    arguments = {"image_uri": IMAGE, "kernel_name": "python3", "name": "Prices", "role": ROLE, **more}
    return NotebookJobStep(str(notebook), **arguments)


def _defined(session: PipelineSession, *steps: Any) -> Any:
    return json.loads(Pipeline("prices", steps=list(steps), sagemaker_session=session).definition())["Steps"]


@pytest.mark.parametrize(
    "name", ["input_notebook", "name", "notebook_job_name", "s3_root_uri", "initialization_script"]
)
def test_what_is_uploaded_is_no_variable(name: str) -> None:
    given: dict[str, Any] = {"input_notebook": "prices.ipynb", name: ParameterString("Text")}
    with pytest.raises(TypeError, match=f"`{name}` of a NotebookJobStep cannot be a pipeline's variable"):
        NotebookJobStep(image_uri=IMAGE, kernel_name="python3", **given)


def test_the_nearest_argument_is_named() -> None:
    with pytest.raises(TypeError, match="did you mean `kernel_name`"):
        NotebookJobStep("prices.ipynb", IMAGE, kernel_nam="python3")  # type: ignore[call-arg]


def test_arguments_without_a_pipeline_say_where_they_are_made(notebook: Path) -> None:
    with pytest.raises(ValueError, match=r"hint: `Pipeline"):
        _ = _step(notebook).arguments


def test_two_files_of_one_name_are_refused(notebook: Path, session: PipelineSession, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "prices.ipynb").write_text("[]")
    step = _step(notebook, additional_dependencies=[str(tmp_path / "other" / "prices.ipynb")])
    with pytest.raises(ValueError, match=r"Two files of a NotebookJobStep are called `prices.ipynb`"):
        _defined(session, step)


def test_an_image_and_a_role_may_be_variables(notebook: Path, session: PipelineSession) -> None:
    step = _step(notebook, image_uri=ParameterString("Image"), role=ParameterString("Role"))
    (made,) = _defined(session, step)
    assert made["Arguments"]["AlgorithmSpecification"]["TrainingImage"] == {"Get": "Parameters.Image"}
    assert made["Arguments"]["RoleArn"] == {"Get": "Parameters.Role"}


def test_a_step_that_names_itself_is_known_by_that_name(notebook: Path) -> None:
    step = _step(notebook, name=None)
    assert step.properties.ComputingJobName.expr == {"Get": f"Steps.{step.name}.TrainingJobName"}


def test_the_file_that_was_given_stays_where_it_is(notebook: Path, session: PipelineSession, aws: Recorder) -> None:
    _defined(session, _step(notebook))
    assert notebook.read_text() == "{}"
    (key,) = aws.stored
    assert key.startswith("prices/Prices/input-")
    assert key.endswith("/prices.ipynb")


def test_properties_with_names_of_their_own_pickle(notebook: Path) -> None:
    ask = CallbackStep("Ask", "https://sqs/queue", {}, [CallbackOutput("answer", CallbackOutputTypeEnum.String)])
    for other in (
        pickle.loads(pickle.dumps(ask.properties)),
        copy.deepcopy(ask.properties),
        pickle.loads(pickle.dumps(ask)).properties,
    ):
        assert other.Outputs["answer"].expr == {"Get": "Steps.Ask.OutputParameters['answer']"}
    step = pickle.loads(pickle.dumps(_step(notebook)))
    assert step.properties.InputNotebookName.expr == {"Get": "Steps.Prices.Environment['SM_INPUT_NOTEBOOK_NAME']"}
    with pytest.raises(AttributeError, match="did you mean `ComputingJobName`"):
        _ = step.properties.ComputingJobNam


def test_a_lineage_step_pickles(session: PipelineSession) -> None:
    step = LineageStep("Record", actions=Action.create("train", "s3://bucket/run", sagemaker_session=session))
    other = pickle.loads(pickle.dumps(step))
    assert other.arguments == step.arguments
    assert other.properties.ActionArns["train"].expr == {"Get": "Steps.Record.ActionArns['train']"}


def test_a_step_comes_along_with_the_arn_that_is_taken(session: PipelineSession) -> None:
    from sagewright.workflow.fail_step import FailStep

    record = LineageStep("Record", actions=Action.create("train", "s3://bucket/run", sagemaker_session=session))
    steps = _defined(session, FailStep("Stop", error_message=record.properties.ActionArns["train"]))
    assert [step["Name"] for step in steps] == ["Stop", "Record"]


def test_nothing_is_said_where_nothing_is_made(session: PipelineSession, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "sagemaker")
    config = session.create_endpoint_config("config", "model", 1, "ml.m5.large")
    EndpointConfigStep("Config", config)
    session.create_endpoint("endpoint", "config")
    assert "Creating" not in caplog.text


@pytest.mark.parametrize(
    "wrong", [{"instance_count": "many"}, {"instance_count": 1.5}, {"instance_type": 1}, {"output_path": None}]
)
def test_what_a_transform_runs_on_is_checked(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"instance_count": 1, "instance_type": "ml.m5.large", "output_path": "s3://b/o", **wrong}
    with pytest.raises(ValueError, match=f"`{next(iter(wrong))}`"):
        BatchTransformInferenceConfig(**given)
