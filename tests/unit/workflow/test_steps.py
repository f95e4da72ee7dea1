"""Steps and pipelines beyond their definitions: what is refused, what comes along, what stays as it was."""

from __future__ import annotations

import copy
import importlib
import json
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sagewright.distribution import Job, distribution_hyperparameters
from sagewright.estimator import Estimator
from sagewright.pytorch import PyTorchModel
from sagewright.workflow import _repack_model
from sagewright.workflow.condition_step import ConditionStep
from sagewright.workflow.conditions import ConditionEquals
from sagewright.workflow.fail_step import FailStep
from sagewright.workflow.functions import Join, JsonGet
from sagewright.workflow.model_step import ModelStep
from sagewright.workflow.parameters import ParameterString
from sagewright.workflow.pipeline import Pipeline, PipelineGraph
from sagewright.workflow.pipeline_context import PipelineSession
from sagewright.workflow.retry import StepExceptionTypeEnum, StepRetryPolicy
from sagewright.workflow.steps import CacheConfig, TrainingStep
from tests.parity.recording import Recorder

pytestmark = pytest.mark.filterwarnings("ignore:Running within a PipelineSession")
ROLE = "arn:aws:iam::123456789012:role/Role"


def training(session: Any, **more: Any) -> Estimator:
    return Estimator("a/b:1", ROLE, 1, "ml.m5.large", sagemaker_session=session, **more)


def test_a_pipeline_pickles_and_copies_with_its_steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(tmp_path))
    session = PipelineSession(default_bucket="bucket", target="local")
    step = TrainingStep("Train", _kept(session))
    pipeline = Pipeline("prices", [ParameterString("A")], steps=[step], sagemaker_session=session)
    for other in (pickle.loads(pickle.dumps(pipeline)), copy.deepcopy(pipeline)):
        assert json.loads(other.definition()) == json.loads(pipeline.definition())
        assert repr(other) == "Pipeline(name='prices', steps=['Train'])"


def _kept(session: PipelineSession) -> Any:
    return training(session).fit("s3://bucket/rows")


def test_outdated_steps_leave_their_estimator_as_it_was(aws: Recorder) -> None:
    from sagewright.session import Session

    estimator = training(Session(boto_session=aws.boto_session(), default_bucket="bucket"))
    with pytest.warns(DeprecationWarning, match="We are deprecating the instantiation of TrainingStep"):
        step = TrainingStep("Train", estimator=estimator, inputs="s3://bucket/rows")
    assert step.to_request()["Arguments"]["RoleArn"] == ROLE
    assert estimator.latest_training_job is None
    assert estimator.jobs == []
    assert aws.writes() == []
    estimator.fit("s3://bucket/rows", wait=False)
    assert [call["operation"] for call in aws.writes()] == ["CreateTrainingJob"]


def test_a_property_file_that_nobody_leaves_is_refused(session: PipelineSession) -> None:
    train = TrainingStep("Train", _kept(session))
    read = JsonGet("Train", "report", "rmse")
    choose = ConditionStep("Choose", conditions=[ConditionEquals(read, 1)], if_steps=[FailStep("Fail")])
    with pytest.raises(ValueError, match="can only be evaluated on processing step outputs"):
        PipelineGraph([train, choose])
    unknown = ConditionStep("Choose", conditions=[ConditionEquals(JsonGet("Nobody", "report", "rmse"), 1)])
    with pytest.raises(ValueError, match="Step Nobody is undefined"):
        PipelineGraph([unknown])


def test_what_a_definition_cannot_hold_is_named(session: PipelineSession) -> None:
    fail = FailStep("Fail", error_message=object())  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="Not able to interpolate Pipeline definition: `<object"):
        Pipeline("prices", steps=[fail], sagemaker_session=session).definition()


def test_a_number_of_attempts_and_a_time_contradict_each_other() -> None:
    policy = StepRetryPolicy([StepExceptionTypeEnum.THROTTLING], max_attempts=2, expire_after_mins=3)
    with pytest.raises(ValueError, match="Only one of"):
        policy.to_request()
    with pytest.raises(ValueError, match="is not of StepExceptionTypeEnum"):
        StepRetryPolicy(["THROTTLING"])  # type: ignore[list-item]  # that is the point


def test_a_duration_is_text() -> None:
    with pytest.raises(TypeError, match="hint: a duration like `P30D`"):
        CacheConfig(True, 30)  # type: ignore[arg-type]  # that is the point


def test_a_folder_of_code_is_left_as_it_is(session: PipelineSession, aws: Recorder, tmp_path: Path) -> None:
    (tmp_path / "inference.py").write_text("print(1)")
    model = PyTorchModel(
        ParameterString("Model"),  # type: ignore[arg-type]  # a variable
        ROLE,
        "inference.py",
        image_uri="a/b:1",
        source_dir=str(tmp_path),
        sagemaker_session=session,
    )
    step = ModelStep("Keep", model.create("ml.m5.large"))
    request = step.request_dicts()[0]
    place = json.loads(request["Arguments"]["HyperParameters"]["sagemaker_submit_directory"])
    assert set(aws.archive(place.removeprefix("s3://bucket/"))) == {
        "inference.py",
        "_repack_model.py",
        "_repack_script_launcher.sh",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["inference.py"]


@pytest.mark.parametrize("folder", ["", "src"])
def test_the_run_packs_code_into_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    code, data, model = tmp_path / "code", tmp_path / "data", tmp_path / "model"
    for place in (code, data, model):
        place.mkdir()
    for name in ("inference.py", "help.py", *_repack_model.OWN):
        (code / name).write_text(name)
    (tmp_path / "weights").write_text("w")
    with tarfile.open(data / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "weights", "weights")
    for name, place in (("CODE", code), ("DATA", data), ("MODEL", model)):
        monkeypatch.setattr(_repack_model, name, str(place))
    _repack_model.repack("inference.py", "s3://bucket/job/model.tar.gz", "help.py", folder)
    found = {str(path.relative_to(model)) for path in model.rglob("*") if path.is_file()}
    beside = {"code/help.py"} if folder else set()
    assert found == {"weights", "code/inference.py", "code/lib/help.py", *beside}


def test_a_run_packs_nothing_from_outside_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evil").write_text("e")
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "evil", "../escaped")
    for name in ("CODE", "DATA"):
        monkeypatch.setattr(_repack_model, name, str(tmp_path))
    monkeypatch.setattr(_repack_model, "MODEL", str(tmp_path / "model"))
    with pytest.raises(tarfile.TarError):
        _repack_model.repack("evil", "model.tar.gz")
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize(("module", "name"), [("airflow", "training_config")])
def test_what_is_not_built_says_so(module: str, name: str) -> None:
    found = importlib.import_module(f"sagewright.workflow.{module}")
    with pytest.raises(ImportError, match="is not built into Sagewright yet: it needs"):
        getattr(found, name)


def test_importing_steps_loads_nothing_heavy() -> None:
    code = (
        "import sys; import sagewright.workflow.pipeline, sagewright.workflow.model_step; "
        "print([name for name in ('boto3', 'numpy', 'pandas', 'inspect', 'dataclasses') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_a_plain_value_among_the_parameters_is_left_out_and_said(
    session: PipelineSession, caplog: pytest.LogCaptureFixture
) -> None:
    steps = [FailStep("Stop", error_message="none")]
    pipeline = Pipeline("prices", ["ml.m5.large", ParameterString("A")], steps=steps, sagemaker_session=session)  # type: ignore[list-item]
    assert [parameter["Name"] for parameter in json.loads(pipeline.definition())["Parameters"]] == ["A"]
    assert "'ml.m5.large'" in caplog.text
    assert "hint:" in caplog.text


def test_what_is_no_parameter_is_left_out(session: PipelineSession, caplog: pytest.LogCaptureFixture) -> None:
    text = ParameterString("Rows")
    given: Any = [text, Join("/", [text]), "rows"]
    definition = json.loads(Pipeline("prices", given, steps=[], sagemaker_session=session).definition())
    assert [parameter["Name"] for parameter in definition["Parameters"]] == ["Rows"]
    assert "no parameter, which no run can give otherwise" in caplog.text


@pytest.mark.parametrize(
    ("kind", "image", "message"),
    [
        ("ml.p3.16xlarge", None, None),
        ("ml.p5.48xlarge", None, "do not support p5"),
        (None, "a:2.0.1-gpu-py310-cu121", "incompatible"),
    ],
)
def test_types_and_images_that_a_run_decides_are_judged_by_their_defaults(
    session: PipelineSession, kind: Any, image: Any, message: str | None
) -> None:
    decided: dict[str, Any] = {
        "image_uri": ParameterString("Image", image),
        "instance_type": ParameterString("Type", kind),
    }
    job = Job("pytorch", "1.13.1", "py39", **decided, entry_point="train.py")
    given = {"smdistributed": {"dataparallel": {"enabled": True}}}
    if message:
        with pytest.raises(ValueError, match=message):
            distribution_hyperparameters(given, job, [])
    else:
        assert distribution_hyperparameters(given, job, [])["sagemaker_instance_type"].name == "Type"
