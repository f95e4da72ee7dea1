"""Models of frameworks, their code, and what an estimator makes of itself to serve."""

from __future__ import annotations

import io
import tarfile
from typing import Any

from tests.parity.recording import body
from tests.parity.world import FRAMEWORK_IMAGE, World


def sklearn(world: World) -> Any:
    return _container(world, "sklearn.SKLearnModel")


def sklearn_workers_and_variables(world: World) -> Any:
    return _container(world, "sklearn.SKLearnModel", model_server_workers=3, env={"A": "1"}, container_log_level=10)


def sklearn_isolated(world: World) -> Any:
    return _container(world, "sklearn.SKLearnModel", enable_network_isolation=True)


def sklearn_with_code_in_s3(world: World) -> Any:
    return _container(world, "sklearn.SKLearnModel", source_dir="s3://bucket/code/sourcedir.tar.gz")


def sklearn_with_an_accelerator(world: World) -> None:
    _model(world, "sklearn.SKLearnModel").prepare_container_def("ml.m5.large", accelerator_type="ml.eia1.medium")


def sklearn_deployed(world: World) -> Any:
    predictor = _model(world, "sklearn.SKLearnModel", name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint")
    return [type(predictor).__name__, predictor.content_type, list(predictor.accept)]


def xgboost(world: World) -> Any:
    return _container(world, "xgboost.XGBoostModel", framework_version="1.7-1")


def xgboost_predictor(world: World) -> Any:
    predictor = world["xgboost.XGBoostPredictor"]("endpoint", world.session())
    return [predictor.content_type, list(predictor.accept)]


def pytorch_is_repacked(world: World) -> Any:
    return _container(world, "pytorch.PyTorchModel", dependencies=["lib"])


def pytorch_is_repacked_with_its_folder(world: World) -> Any:
    world.files(src__train_py="print(2)", src__more_py="MORE = 1")
    return _container(world, "pytorch.PyTorchModel", source_dir="src", code_location="s3://code/place")


def pytorch_of_an_early_version(world: World) -> Any:
    return _container(world, "pytorch.PyTorchModel", framework_version="1.1", py_version="py3")


def pytorch_without_image_or_instances(world: World) -> None:
    model = _model(world, "pytorch.PyTorchModel", image_uri=None, framework_version="2.3.0", py_version="py311")
    model.prepare_container_def()


def tensorflow(world: World) -> Any:
    return _container(world, "tensorflow.TensorFlowModel", entry_point=None, container_log_level=10)


def tensorflow_with_a_script(world: World) -> Any:
    return _container(world, "tensorflow.TensorFlowModel")


def tensorflow_predictor(world: World) -> Any:
    predictor = world["tensorflow.TensorFlowPredictor"]("endpoint", world.session(), model_name="m", model_version="2")
    answers = [predictor.predict({"instances": [1]}), predictor.classify({"examples": []}), predictor.regress({})]
    return [answers, predictor.content_type, list(predictor.accept)]


def tensorflow_without_a_version(world: World) -> None:
    _model(world, "tensorflow.TensorFlowModel", image_uri=None)


def huggingface_from_the_hub(world: World) -> Any:
    changes = {"entry_point": None, "model_data": None, "env": {"HF_MODEL_ID": "bert"}}
    return _container(world, "huggingface.HuggingFaceModel", **changes)


def huggingface_with_a_script(world: World) -> Any:
    return _container(world, "huggingface.HuggingFaceModel")


def plain_model_with_a_script(world: World) -> Any:
    return _container(world, "model.Model")


def plain_model_with_a_folder(world: World) -> Any:
    world.files(src__train_py="print(2)")
    return _container(world, "model.Model", source_dir="src")


def sklearn_estimator_deployed(world: World) -> None:
    _fitted(world, "sklearn.SKLearn", base_job_name="trees").deploy(1, "ml.m5.large")


def sklearn_estimator_deployed_with_another_script(world: World) -> None:
    world.files(serve_py="print(2)")
    estimator = _fitted(world, "sklearn.SKLearn", base_job_name="trees")
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint", entry_point="serve.py", source_dir=".")


def xgboost_estimator_deployed(world: World) -> None:
    estimator = _fitted(world, "xgboost.XGBoost", framework_version="1.7-1", base_job_name="trees")
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def tensorflow_estimator_deployed(world: World) -> None:
    _fitted(world, "tensorflow.TensorFlow", base_job_name="net").deploy(1, "ml.m5.large", endpoint_name="endpoint")


def huggingface_estimator_deployed(world: World) -> None:
    estimator = _fitted(world, "huggingface.HuggingFace", py_version="py310", base_job_name="net")
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint")


def model_of_an_estimator(world: World) -> Any:
    model = _fitted(world, "sklearn.SKLearn", enable_network_isolation=True).create_model(name="model")
    return [model.entry_point, model.source_dir, model.image_uri, model.enable_network_isolation(), model.vpc_config]


def _model(world: World, path: str, **changes: Any) -> Any:
    world.files(train_py="print(1)", lib__a_py="A = 1")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        for name, text in (("model.joblib", b"model"), ("code/old.py", b"OLD = 1")):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text))
    content = archive.getvalue()
    world.aws.answers["HeadObject"] = {"ContentLength": len(content), "ETag": '"e"'}
    world.aws.answers["GetObject"] = {"ContentLength": len(content), "ETag": '"e"', "Body": body(content)}
    arguments = {
        "model_data": "s3://bucket/out/model.tar.gz",
        "role": "arn:aws:iam::123456789012:role/r",
        "image_uri": FRAMEWORK_IMAGE,
        "entry_point": "train.py",
        "sagemaker_session": world.session(),
        **changes,
    }
    if path.startswith("pytorch"):
        arguments.setdefault("py_version", "py3")
    return world[path](**arguments)


def _container(world: World, path: str, **changes: Any) -> Any:
    model = _model(world, path, **{"name": "model", **changes})
    container = model.prepare_container_def("ml.m5.large")
    return [container, {key: world.aws.archive(key) for key in sorted(world.aws.stored)}]


def _fitted(world: World, path: str, **changes: Any) -> Any:
    estimator = world.framework(path, **changes)
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    return estimator
