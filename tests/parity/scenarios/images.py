"""Which images estimators and models of frameworks ask for, when no image is named."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World

TORCH = {"framework_version": "2.3.0", "py_version": "py311"}
FLOW = {"framework_version": "2.14.1", "py_version": "py310"}
TRANSFORMERS = {"transformers_version": "4.28.1", "pytorch_version": "2.0.0", "py_version": "py310"}


def sklearn(world: World) -> Any:
    return _trained(world, "sklearn.SKLearn", framework_version="1.2-1").training_image_uri()


def sklearn_deployed(world: World) -> None:
    _trained(world, "sklearn.SKLearn", framework_version="1.2-1").deploy(1, "ml.m5.large", endpoint_name="endpoint")


def sklearn_of_a_version_that_there_is_not(world: World) -> None:
    _estimator(world, "sklearn.SKLearn", framework_version="9.9-1")


def xgboost(world: World) -> Any:
    return _trained(world, "xgboost.XGBoost", framework_version="1.7-1").training_image_uri()


def pytorch(world: World) -> Any:
    estimator = _trained(world, "pytorch.PyTorch", **TORCH)
    return [estimator.training_image_uri(), estimator.training_image_uri("eu-west-1")]


def pytorch_on_gpus(world: World) -> Any:
    distribution = {"torch_distributed": {"enabled": True}}
    estimator = _trained(world, "pytorch.PyTorch", **TORCH, instance_type="ml.p4d.24xlarge", distribution=distribution)
    return estimator.training_image_uri()


def pytorch_on_groups(world: World) -> Any:
    group = world["instance_group.InstanceGroup"]
    groups = [group("a", "ml.c5.xlarge", 1), group("b", "ml.g5.xlarge", 1)]
    changes = {"instance_type": None, "instance_count": None, "instance_groups": groups}
    return _estimator(world, "pytorch.PyTorch", **TORCH, **changes).training_image_uri()


def pytorch_with_model_parallelism(world: World) -> Any:
    distribution = {
        "torch_distributed": {"enabled": True},
        "smdistributed": {"modelparallel": {"enabled": True, "parameters": {}}},
    }
    changes = {"instance_type": "ml.p4d.24xlarge", "distribution": distribution}
    estimator = _estimator(world, "pytorch.PyTorch", framework_version="2.4.1", py_version="py311", **changes)
    return [estimator.training_image_uri(), estimator.hyperparameters()]


def pytorch_served(world: World) -> Any:
    model = _trained(world, "pytorch.PyTorch", **TORCH).create_model(name="model")
    return [model.image_uri, model.serving_image_uri("us-east-1", "ml.m5.large")]


def tensorflow(world: World) -> Any:
    return _trained(world, "tensorflow.TensorFlow", **FLOW).training_image_uri()


def tensorflow_deployed(world: World) -> None:
    estimator = _trained(world, "tensorflow.TensorFlow", **FLOW, base_job_name="name")
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def huggingface_on_gpus(world: World) -> Any:
    return _trained(world, "huggingface.HuggingFace", **TRANSFORMERS, instance_type="ml.g5.xlarge").training_image_uri()


def huggingface_without(world: World) -> Any:
    return _estimator(world, "huggingface.HuggingFace", **TRANSFORMERS).training_image_uri()


def huggingface_on_tensorflow(world: World) -> Any:
    versions = {"transformers_version": "4.17.0", "tensorflow_version": "2.6.3", "py_version": "py38"}
    estimator = _estimator(world, "huggingface.HuggingFace", **versions, instance_type="ml.g5.xlarge")
    return estimator.training_image_uri()


def huggingface_served(world: World) -> Any:
    model = world["huggingface.HuggingFaceModel"](
        role=ROLE,
        transformers_version="4.37.0",
        pytorch_version="2.1.0",
        py_version="py310",
        env={"HF_MODEL_ID": "x"},
        sagemaker_session=world.session(),
        name="model",
    )
    return model.prepare_container_def("ml.g5.xlarge")


def _estimator(world: World, path: str, **changes: Any) -> Any:
    return world.framework(path, image_uri=None, **changes)


def _trained(world: World, path: str, **changes: Any) -> Any:
    estimator = _estimator(world, path, **changes)
    estimator.fit(wait=False, job_name="job")
    return estimator
