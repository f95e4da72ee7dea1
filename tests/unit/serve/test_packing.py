"""A packed model: what lies in its folder, and that it serves where this package is not."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sagewright.serve import CustomPayloadTranslator, InferenceSpec, ModelBuilder, SchemaBuilder
from sagewright.serve.detection import is_amazons, nearest_versions
from sagewright.serve.packed.serving_runtime import Packed
from sagewright.serve.packing.requirements import write_requirements
from tests.parity.recording import ROLE, Recorder
from tests.parity.world import World

IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.3.0-cpu-py311"

# Serves one request as a container's server would: nothing of this package can be imported.
SERVING = """
import sys
sys.modules["sagewright"] = sys.modules["sagemaker"] = None
sys.path.insert(0, sys.argv[1] + "/code")
import inference
ask = inference.model_fn(sys.argv[1])
body = inference.input_fn(sys.stdin.buffer.read(), sys.argv[2])
sys.stdout.buffer.write(inference.output_fn(inference.predict_fn(body, ask), sys.argv[3]))
"""


class Scaling(InferenceSpec):
    """Multiplies by a number that lies in the model's folder."""

    def prepare(self, *args: Any, **kwargs: Any) -> None:
        (Path(args[0]) / "factor.txt").write_text("3")

    def load(self, model_dir: str) -> Any:
        return float((Path(model_dir) / "factor.txt").read_text())

    def invoke(self, input_object: Any, model: Any) -> Any:
        return input_object * model

    def postprocess(self, predictions: Any) -> Any:
        return predictions + HALF


HALF = 0.5  # of this module, which no container has


class Words(CustomPayloadTranslator):
    def serialize_payload_to_bytes(self, payload: Any) -> bytes:
        return " ".join(payload).encode()

    def deserialize_payload_from_stream(self, stream: Any) -> Any:
        return stream.read().decode().split()


class Reversing(InferenceSpec):
    def load(self, model_dir: str) -> Any:
        return reversed

    def invoke(self, input_object: Any, model: Any) -> Any:
        return list(model(input_object))


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Path]:
    def built(schema: SchemaBuilder, **arguments: Any) -> Path:
        arguments = {"image_uri": IMAGE, "role_arn": ROLE, "model_path": str(tmp_path / "model"), **arguments}
        world = World("sagewright", Recorder())
        ModelBuilder(schema_builder=schema, sagemaker_session=world.session(), **arguments).build()
        return tmp_path / "model"

    return built


def _served(folder: Path, body: bytes, content_type: str, accept: str = "*/*") -> bytes:
    command = [sys.executable, "-c", SERVING, str(folder), content_type, accept]
    done = subprocess.run(command, input=body, capture_output=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _numbers(schema: SchemaBuilder, folder: Path, values: Any) -> Any:
    answer = _served(folder, schema.input_serializer.serialize(np.array(values)), "application/x-npy")
    return schema.output_deserializer.deserialize(io.BytesIO(answer)).tolist()


def test_a_class_of_a_users_module_serves_without_this_package(build: Callable[..., Path]) -> None:
    schema = SchemaBuilder(np.array([1.0]), np.array([1.0]))
    folder = build(schema, inference_spec=Scaling())
    assert _numbers(schema, folder, [1.0, 2.0]) == [3.5, 6.5]
    told = json.loads((folder / "code" / "metadata.json").read_text())
    assert set(told) == {"sha256_hash", "version", "python_version", "serialization_module"}
    assert not (folder / "code" / "requirements.txt").exists()


def test_translators_serve_without_this_package(build: Callable[..., Path]) -> None:
    schema = SchemaBuilder(["a"], ["b"], Words(), Words())
    folder = build(schema, inference_spec=Reversing())
    assert _served(folder, b"one two", "application/custom") == b"two one"


@pytest.mark.parametrize(("sample", "body", "answer"), [({"a": 1}, b'["x", 1]', b'[1, "x"]')])
def test_json_serves_without_this_package(build: Callable[..., Path], sample: Any, body: bytes, answer: bytes) -> None:
    assert _served(build(SchemaBuilder(sample, sample), inference_spec=Reversing()), body, "application/json") == answer


def test_objects_of_xgboost_serve_without_this_package(
    build: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import xgboost

    rows = np.arange(20.0).reshape(-1, 1)
    schema = SchemaBuilder(rows[:2], np.array([1.0, 2.0]))
    for number, kind in enumerate((xgboost.XGBRegressor(n_estimators=3), None)):
        made = kind.fit(rows, rows[:, 0]) if kind else xgboost.train({}, xgboost.DMatrix(rows, rows[:, 0]), 3)
        place = tmp_path / f"boosted{number}"
        folder = build(schema, model=made, model_path=str(place)).parent / place.name
        asked = xgboost.DMatrix(np.array([[4.0]])) if kind is None else np.array([[4.0]])
        monkeypatch.setenv("MODEL_CLASS_NAME", f"{type(made).__module__}.{type(made).__name__}")
        assert _numbers(schema, folder, [[4.0]]) == pytest.approx(made.predict(asked).tolist())


def test_a_module_of_pytorch_serves_without_this_package(build: Callable[..., Path]) -> None:
    torch = pytest.importorskip("torch")
    schema = SchemaBuilder(torch.ones(1, 2), torch.ones(1, 1))
    model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Dropout(0.9))
    folder = build(schema, model=model)
    asked = torch.tensor([[1.0, 2.0]])
    answer = schema.output_deserializer.deserialize(
        io.BytesIO(_served(folder, schema.input_serializer.serialize(asked), "tensor/pt"))
    )
    assert torch.allclose(answer, model.eval()(asked))


def test_a_pickle_that_has_been_changed_is_not_loaded(build: Callable[..., Path]) -> None:
    folder = build(SchemaBuilder([1], [1]), inference_spec=Reversing()) / "code"
    pickled = (folder / "serve.pkl").read_bytes()
    (folder / "serve.pkl").write_bytes(pickled + b"x")
    with pytest.raises(ValueError, match="Integrity check"):
        Packed.read(folder)
    (folder / "metadata.json").unlink()
    with pytest.raises(ValueError, match="does not exist"):
        Packed.read(folder)


def test_what_the_server_installs(build: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("# words\nnumpy==1.0\nodd [line]\n")
    given = {
        "auto": True,
        "requirements": str(tmp_path / "mine.txt"),
        "custom": ["a@https://example.com/a.whl", "b>=1,<2"],
    }
    folder = build(SchemaBuilder(np.ones(1), [1]), inference_spec=Reversing(), dependencies=given)
    lines = (folder / "code" / "requirements.txt").read_text().splitlines()
    assert {"numpy==1.0", "odd [line]", "a@https://example.com/a.whl", "b>=1,<2"} <= set(lines)
    assert any(line.startswith("cloudpickle==") for line in lines)
    assert not any(line.startswith("boto3") for line in lines)
    with pytest.raises(FileNotFoundError, match="requirements.txt doesn't exist"):
        write_requirements(tmp_path, {"requirements": "nowhere.txt"})
    with pytest.raises(ValueError, match="no key `requirement`"):
        write_requirements(tmp_path, {"requirement": "x.txt"})


def test_shared_libraries_go_beside_the_code(build: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "lib.so").write_bytes(b"")
    folder = build(SchemaBuilder([1], [1]), inference_spec=Reversing(), shared_libs=[str(tmp_path / "lib.so")])
    assert (folder / "shared_libs" / "lib.so").exists()
    with pytest.raises(TypeError, match="list of paths"):
        build(SchemaBuilder([1], [1]), inference_spec=Reversing(), shared_libs="lib.so")


def test_images_are_those_of_the_nearest_version() -> None:
    assert nearest_versions("xgboost", "1.7.6")[:1] == ["1.7-1"]
    assert nearest_versions("pytorch", "2.0.1") == ["2.0.1", "2.0.0", "2.1.0"]
    assert nearest_versions("pytorch", "9.0") == []
    assert is_amazons(IMAGE)
    assert not is_amazons("123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1")
