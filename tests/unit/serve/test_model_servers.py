"""Models of the hub, of MLflow and of jobs: which server, which image, which files."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sagewright.estimator import Estimator
from sagewright.serve import InferenceSpec, Mode, ModelBuilder, ModelServer, SchemaBuilder
from sagewright.serve.builder.hub_builder import shards_on
from sagewright.serve.builder.named_models import schema_of_task
from sagewright.serve.model_format.mlflow.paths import place_of
from sagewright.serve.packed.serving_runtime import Packed
from sagewright.serve.utils.exceptions import TaskNotFoundException
from sagewright.session import Session
from tests.parity.recording import ROLE, body
from tests.parity.world import IMAGE, World

SENTENCE = SchemaBuilder({"inputs": "a", "parameters": {}}, [{"generated_text": "b"}])
NUMBERS = SchemaBuilder(np.array([[1.0]]), np.array([1.0]))
DESCRIPTION = """
flavors:
  python_function: {{loader_module: mlflow.{flavor}, python_version: 3.8.18}}
  {flavor}: {{code: null}}
"""


class Reading(InferenceSpec):
    def load(self, model_dir: str) -> Any:
        return float((Path(model_dir) / "slope.txt").read_text())

    def invoke(self, input_object: Any, model: Any) -> Any:
        return model * input_object


@pytest.fixture
def world() -> World:
    return World("sagewright")


def _builder(world: World, tmp_path: Path, **arguments: Any) -> ModelBuilder:
    given = {"schema_builder": NUMBERS, "role_arn": ROLE, "name": "model", "model_path": str(tmp_path / "model")}
    return ModelBuilder(sagemaker_session=world.session(), **{**given, **arguments})


def _saved(folder: Path, flavor: str, requirement: str) -> Path:
    folder.mkdir()
    (folder / "MLmodel").write_text(DESCRIPTION.format(flavor=flavor))
    (folder / "requirements.txt").write_text(f"mlflow==2.13.2\n{requirement}\n")
    return folder


# MLflow ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flavor", "requirement", "image"),
    [
        ("sklearn", "scikit-learn==1.2.1", "sagemaker-scikit-learn:1.2-1-cpu-py3"),
        ("xgboost", "xgboost==1.7.6", "sagemaker-xgboost:1.7-1"),
    ],
)
def test_a_model_of_mlflow_gets_the_image_of_its_flavor(
    world: World, tmp_path: Path, flavor: str, requirement: str, image: str
) -> None:
    saved = _saved(tmp_path / "saved", flavor, requirement)
    model = _builder(world, tmp_path, model_metadata={"MLFLOW_MODEL_PATH": str(saved)}).build()
    assert model.image_uri.endswith(image)
    assert model.env["MLFLOW_MODEL_FLAVOR"] == flavor
    assert "mlflow==2.13.2" in (tmp_path / "model/code/requirements.txt").read_text().splitlines()
    assert (tmp_path / "model/MLmodel").exists()


def test_a_model_of_mlflow_is_loaded_by_its_flavor(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = _saved(tmp_path / "saved", "sklearn", "scikit-learn==1.2.1")
    _builder(world, tmp_path, model_metadata={"MLFLOW_MODEL_PATH": str(saved)}).build()
    loaded = SimpleNamespace(predict=lambda rows: rows[:, 0] * 2)
    library = SimpleNamespace(load_model=lambda folder: loaded if (Path(folder) / "MLmodel").exists() else None)
    monkeypatch.setitem(sys.modules, "mlflow", SimpleNamespace(sklearn=library))
    monkeypatch.setitem(sys.modules, "mlflow.sklearn", library)
    monkeypatch.setenv("MLFLOW_MODEL_FLAVOR", "sklearn")
    packed = Packed.read(tmp_path / "model" / "code")
    asked = packed.decode(NUMBERS.input_serializer.serialize(np.array([[3.0]])), "application/x-npy")
    assert packed.load(str(tmp_path / "model"))(asked).tolist() == [6.0]


def test_a_saved_model_of_tensorflow_goes_to_its_own_server(world: World, tmp_path: Path) -> None:
    saved = _saved(tmp_path / "saved", "tensorflow", "tensorflow==2.14.1")
    (saved / "data").mkdir()
    (saved / "data" / "saved_model.pb").write_bytes(b"graph")
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.14.1-cpu"
    model = _builder(world, tmp_path, model_metadata={"MLFLOW_MODEL_PATH": str(saved)}, image_uri=image).build()
    assert type(model).__name__ == "TensorFlowModel"
    assert (tmp_path / "model/1/saved_model.pb").exists()
    assert "input_handler" in (tmp_path / "model/code/inference.py").read_text()


@pytest.mark.parametrize(
    ("description", "requirement", "arguments", "words"),
    [
        ("flavors: {}", "x", {}, "'flavors' key is missing"),
        ("a: [", "x", {}, "Error parsing the file as YAML"),
        (DESCRIPTION.format(flavor="sklearn"), "x", {}, "Unable to auto detect framework version"),
        (DESCRIPTION.format(flavor="prophet"), "x", {"model_server": ModelServer.TENSORFLOW_SERVING}, "only supported"),
        (DESCRIPTION.format(flavor="sklearn"), "scikit-learn==1.2", {"model_server": ModelServer.TGI}, "not supported"),
    ],
)
def test_a_model_of_mlflow_that_cannot_be_served_is_refused(
    world: World, tmp_path: Path, description: str, requirement: str, arguments: dict[str, Any], words: str
) -> None:
    saved = _saved(tmp_path / "saved", "sklearn", requirement)
    (saved / "MLmodel").write_text(description)
    with pytest.raises(ValueError, match=words):
        _builder(world, tmp_path, model_metadata={"MLFLOW_MODEL_PATH": str(saved)}, **arguments).build()


def test_a_model_of_mlflow_in_s3_is_fetched(home: Path, tmp_path: Path) -> None:
    saved = _saved(tmp_path / "saved", "sklearn", "scikit-learn==1.2.1")
    (saved / "data").mkdir()
    (saved / "data" / "model.pkl").write_bytes(b"pickled")
    session = Session()
    place = session.upload_data(str(saved), key_prefix="runs/1/model")
    model = ModelBuilder(
        sagemaker_session=session,
        schema_builder=NUMBERS,
        role_arn=ROLE,
        model_path=str(tmp_path / "model"),
        model_metadata={"MLFLOW_MODEL_PATH": place},
    ).build()
    assert (tmp_path / "model/data/model.pkl").read_bytes() == b"pickled"
    bucket, _, key = str(model.model_data).removeprefix("s3://").partition("/")
    with tarfile.open(fileobj=io.BytesIO(session.s3_client.get_object(Bucket=bucket, Key=key)["Body"].read())) as tar:
        assert {"MLmodel", "data/model.pkl", "code/inference.py", "code/serve.pkl"} <= set(tar.getnames())


def test_runs_and_registered_models_need_their_server(world: World) -> None:
    with pytest.raises(ValueError, match="MLFLOW_TRACKING_ARN is not provided"):
        place_of("runs:/abc/model", None, world.session())
    with pytest.raises(ImportError, match="sagemaker_mlflow"):
        place_of("models:/name/1", "arn:aws:sagemaker:us-east-1:1:mlflow-tracking-server/x", world.session())
    with pytest.raises(ImportError, match="sagemaker_mlflow"):
        ModelBuilder().set_tracking_arn("arn")
    world.aws.answers["DescribeModelPackage"] = {"SourceUri": "s3://bucket/saved"}
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1"
    assert place_of(arn, None, world.session()) == "s3://bucket/saved"


# What a job has trained -----------------------------------------------------------------------------------------------


def test_what_an_estimator_has_trained_is_packed_with_the_code(world: World, tmp_path: Path) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo("slope.txt")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"2.5"))
    content = archive.getvalue()
    world.aws.answers["GetObject"] = {"Body": body(content), "ContentLength": len(content)}
    world.aws.answers["HeadObject"] = {"ContentLength": len(content), "ETag": '"x"'}
    estimator = Estimator(IMAGE, ROLE, 1, "ml.m5.large", sagemaker_session=world.session())
    estimator.fit("s3://bucket/rows", wait=False, job_name="job")
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    builder = _builder(world, tmp_path, model=estimator, inference_spec=Reading(), image_uri=image)
    builder.build()
    assert builder.model is None
    assert (Path(str(builder.model_path)) / "slope.txt").read_text() == "2.5"
    packed = Packed.read(Path(str(builder.model_path)) / "code")
    assert packed.load(str(builder.model_path))(np.array([2.0])).tolist() == [5.0]


# The hub --------------------------------------------------------------------------------------------------------------


def test_a_task_that_is_given_needs_no_hub(world: World, tmp_path: Path) -> None:
    builder = _builder(
        world,
        tmp_path,
        model="org/model",
        schema_builder=None,
        model_metadata={"HF_TASK": "text-classification"},
        image_uri="763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-inference:2.1.0-transformers4.37.0",
    )
    assert builder.build().env["HF_MODEL_ID"] == "org/model"
    assert builder.model_server is ModelServer.MMS
    with pytest.raises(TaskNotFoundException, match="could not be found"):
        schema_of_task("telepathy")


def test_language_models_are_spread_over_the_gpus_that_divide_their_heads(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = json.dumps({"n_head": 6}).encode()
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(config))
    builder = _builder(world, tmp_path, model="org/model", schema_builder=SENTENCE)
    assert shards_on(builder, "ml.g5.12xlarge") == 3
    with pytest.raises(ValueError, match="needs instances with GPUs"):
        shards_on(builder, "ml.m5.large")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"model": "org/m", "model_server": ModelServer.TGI}, ValueError, "For tgi, sample input must be"),
        ({"model": "org/m", "model_server": ModelServer.DJL_SERVING}, ValueError, "For djl-serving, sample"),
        ({"model": object(), "model_server": ModelServer.TEI}, ValueError, "owner/name"),
        ({"inference_spec": Reading(), "model_server": ModelServer.TRITON}, NotImplementedError, "conda"),
        ({"inference_spec": Reading(), "model_server": ModelServer.TENSORFLOW_SERVING}, ValueError, "mlflow models"),
    ],
)
def test_servers_refuse_what_they_cannot_serve(
    world: World, tmp_path: Path, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        _builder(world, tmp_path, **arguments).build()


def test_a_named_model_in_this_process_needs_transformers(world: World, tmp_path: Path) -> None:
    metadata = {"HF_TASK": "text-generation"}
    builder = _builder(
        world, tmp_path, model="org/m", schema_builder=SENTENCE, mode=Mode.IN_PROCESS, model_metadata=metadata
    )
    with pytest.raises(ModuleNotFoundError, match="pip install transformers"):
        builder.build().deploy()
