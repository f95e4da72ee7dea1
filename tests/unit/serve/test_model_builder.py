"""What `ModelBuilder` makes of its arguments, and what it refuses."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sagewright.deserializers import JSONDeserializer
from sagewright.serve import InferenceSpec, Mode, ModelBuilder, ModelServer, SchemaBuilder
from sagewright.serve.builder.building import share_token
from sagewright.serve.builder.deploying import client_translators
from sagewright.serve.hardware import of_image, of_instance
from sagewright.serve.utils.exceptions import InProcessDeepPingException, TaskNotFoundException
from sagewright.serve.utils.predictors import retrieve_predictor
from sagewright.serve.utils.types import HardwareType
from tests.parity.recording import ROLE
from tests.parity.world import World

IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.3.0-cpu-py311"
NUMBERS = SchemaBuilder(np.array([1.0]), np.array([1.0]))


class Doubling(InferenceSpec):
    def load(self, model_dir: str) -> Any:
        return 2

    def invoke(self, input_object: Any, model: Any) -> Any:
        return input_object * model


class Failing(Doubling):
    def invoke(self, input_object: Any, model: Any) -> Any:
        raise OSError("broken model")


class Silent(Doubling):
    def load(self, model_dir: str) -> Any:
        return np.array([0])


def _builder(**arguments: Any) -> ModelBuilder:
    world = World("sagewright")
    given = {"schema_builder": NUMBERS, "inference_spec": Doubling(), "role_arn": ROLE, **arguments}
    return ModelBuilder(sagemaker_session=world.session(), **given)


def test_a_model_in_this_process_is_asked_through_its_schema() -> None:
    builder = _builder(mode=Mode.IN_PROCESS, role_arn=None)
    predictor = builder.build().deploy()
    assert predictor.predict(np.array([2.0])).tolist() == [4.0]
    predictor.delete_predictor()
    with pytest.raises(RuntimeError, match="deploy it again"):
        predictor.predict(np.array([2.0]))


def test_a_model_that_does_not_answer_its_sample_is_told() -> None:
    model = _builder(mode=Mode.IN_PROCESS, inference_spec=Failing()).build()
    with pytest.raises(InProcessDeepPingException, match="broken model"):
        model.deploy()


def test_an_object_of_a_framework_runs_in_this_process_as_it_is() -> None:
    from sklearn.linear_model import LinearRegression

    line = LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
    schema = SchemaBuilder(np.array([[1.0]]), np.array([1.0]))
    predictor = _builder(inference_spec=None, model=line, schema_builder=schema, mode=Mode.IN_PROCESS).build().deploy()
    assert predictor.predict(np.array([[3.0]])).tolist() == pytest.approx([6.0])


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"mode": "in_process"}, ValueError, "did you mean `IN_PROCESS`"),
        ({"model_server": "torchserv"}, ValueError, r"not supported yet(?s:.*)did you mean `TORCHSERVE`"),
        ({"env_vars": ["A=1"]}, TypeError, "`env_vars` is a dict"),
        ({"inference_spec": Doubling}, TypeError, r"inference_spec=Doubling\(\)"),
        ({"instance_typ": "ml.m5.large"}, TypeError, "did you mean `instance_type`"),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused_where_they_are_given(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ModelBuilder(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"model": object()}, ValueError, "Can only set one of the following: model, inference_spec."),
        ({"image_uri": "1.dkr.ecr.x.amazonaws.com/own:1"}, ValueError, "Model_server must be set"),
        ({"inference_spec": None}, ValueError, "Cannot detect required model"),
        ({"inference_spec": None, "model_server": ModelServer.TORCHSERVE}, ValueError, "Missing required parameter"),
        ({"inference_spec": None, "model": object()}, TypeError, "Unable to determine required container"),
        ({"instance_type": None}, ValueError, "Instance type is not specified"),
        ({"inference_spec": None, "model": "huggingface-llm-falcon-7b-bf16"}, NotImplementedError, "JumpStart"),
    ],
)
def test_arguments_that_do_not_fit_each_other_are_refused(
    arguments: dict[str, Any], error: type[Exception], words: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words):
        _builder(**arguments, model_path=str(tmp_path)).build()


def test_nothing_is_deployed_that_has_not_been_built() -> None:
    with pytest.raises(ValueError, match="needs to be built before deploying"):
        _builder().deploy()


def test_given_types_weigh_more_than_the_schema() -> None:
    serializer, deserializer = client_translators(_builder(content_type="tensor/pt", accept_type="application/json"))
    assert serializer.CONTENT_TYPE == "tensor/pt"
    assert isinstance(deserializer, JSONDeserializer)
    with pytest.raises(ValueError, match="Cannot serialize"):
        client_translators(_builder(schema_builder=None))


def test_what_serves_an_endpoint_that_is_there_is_asked_by_its_schema() -> None:
    session = World("sagewright").session()
    assert retrieve_predictor("endpoint", NUMBERS, session).content_type == "application/x-npy"
    triton = retrieve_predictor("endpoint", copy.deepcopy(NUMBERS), session, ModelServer.TRITON)
    assert '"datatype": "FP64"' in triton.serializer.serialize(np.array([1.0]))
    with pytest.raises(ValueError, match="TORCHSERVE or TRITON"):
        retrieve_predictor("endpoint", NUMBERS, session, ModelServer.TGI)


def test_a_built_model_and_its_builder_are_pickled_and_copied(tmp_path: Path) -> None:
    builder = _builder(image_uri=IMAGE, model_path=str(tmp_path / "model"), env_vars={"A": "1"})
    builder.build()
    for copied in (pickle.loads(pickle.dumps(builder)), copy.deepcopy(builder)):
        assert copied.built_model.env == builder.built_model.env
        assert copied.built_model.deploy.args[0] is copied
    assert pickle.loads(pickle.dumps(TaskNotFoundException("x"))).args == ("Error Message: x",)


def test_a_builder_leaves_what_it_was_given_as_it_was(tmp_path: Path) -> None:
    env, dependencies = {"A": "1"}, {"auto": False}
    _builder(image_uri=IMAGE, model_path=str(tmp_path / "m"), env_vars=env, dependencies=dependencies).build()
    assert (env, dependencies) == ({"A": "1"}, {"auto": False})
    assert _builder().model_path != _builder().model_path


def test_the_folder_that_a_builder_makes_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = _builder(image_uri=IMAGE), _builder(image_uri=IMAGE)
    assert not any(tmp_path.iterdir())
    first.build()
    second.build()
    made = {path for path in tmp_path.iterdir() if path.is_dir()}
    assert {str(path) for path in made} == {first.model_path, second.model_path}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o700}


def test_what_is_given_by_its_place_is_not_passed_over() -> None:
    model = _builder(mode=Mode.IN_PROCESS).build()
    with pytest.raises(TypeError, match="takes 4 arguments by their place, and 5 are given"):
        model.deploy(1, "ml.m5.large", None, None, "ml.eia1.medium")


def test_a_token_stands_under_both_names() -> None:
    env = {"HF_TOKEN": "secret"}
    share_token(env)
    assert env == {"HF_TOKEN": "secret", "HUGGING_FACE_HUB_TOKEN": "secret"}
    assert "secret" not in repr(_builder(env_vars=env))


def test_images_and_instances_name_their_processors() -> None:
    assert of_instance("ml.g5.xlarge") is HardwareType.GPU
    assert of_image(IMAGE) is HardwareType.CPU
    assert of_image("x/pytorch-inference-neuronx:1") is HardwareType.INFERENTIA_2


def test_what_is_not_built_says_so() -> None:
    for name in ("optimize", "save", "get_deployment_config"):
        with pytest.raises(NotImplementedError, match=f"ModelBuilder.{name}"):
            getattr(_builder(), name)()
