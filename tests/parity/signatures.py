"""The signatures of the public classes and functions: names, order, kinds and defaults of their parameters."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

_BOTH_WAYS = ("CSV", "JSON", "JSONLines", "Numpy", "Record", "String")
CLASSES = {
    "estimator": ["EstimatorBase", "Estimator", "Framework"],
    "sklearn": ["SKLearn", "SKLearnModel", "SKLearnPredictor"],
    "xgboost": ["XGBoost", "XGBoostModel", "XGBoostPredictor"],
    "pytorch": ["PyTorch", "PyTorchModel", "PyTorchPredictor"],
    "tensorflow": ["TensorFlow", "TensorFlowModel", "TensorFlowPredictor"],
    "huggingface": ["HuggingFace", "HuggingFaceModel", "HuggingFacePredictor"],
    "debugger": ["CollectionConfig", "DebuggerHookConfig", "ProfilerConfig", "Profiler", "TensorBoardOutputConfig"],
    "instance_group": ["InstanceGroup"],
    "session_settings": ["SessionSettings"],
    "session": ["Session"],
    "model": ["Model", "FrameworkModel", "ModelPackage"],
    "pipeline": ["PipelineModel"],
    "multidatamodel": ["MultiDataModel"],
    "predictor_async": ["AsyncPredictor"],
    "async_inference": ["AsyncInferenceConfig", "AsyncInferenceResponse", "WaiterConfig"],
    "serverless": ["ServerlessInferenceConfig"],
    "model_monitor": ["DataCaptureConfig", "DatasetFormat"],
    "explainer": [
        "ExplainerConfig",
        *(f"Clarify{kind}Config" for kind in ("Explainer", "Inference", "ShapBaseline", "Shap", "Text")),
    ],
    "compute_resource_requirements": ["ResourceRequirements"],
    "iterators": ["ByteIterator", "LineIterator"],
    "predictor": ["Predictor"],
    "transformer": ["Transformer"],
    "inputs": ["TrainingInput", "FileSystemInput", "ShuffleConfig", "TransformInput", "BatchDataCaptureConfig"],
    "serializers": [
        f"{kind}Serializer" for kind in (*_BOTH_WAYS, "Data", "Identity", "LibSVM", "SparseMatrix", "TorchTensor")
    ],
    "deserializers": [f"{kind}Deserializer" for kind in (*_BOTH_WAYS, "Bytes", "Pandas", "Stream", "TorchTensor")],
    "analytics": ["TrainingJobAnalytics"],
    "s3": ["S3Uploader", "S3Downloader"],
}
FUNCTIONS = {
    "session": ["get_execution_role", "container_def", "pipeline_container_def", "production_variant"],
    "iterators": ["handle_stream_errors"],
    "amazon.common": [
        "read_records",
        "read_recordio",
        "write_numpy_to_dense_tensor",
        "write_spmatrix_to_sparse_tensor",
    ],
    "image_uris": ["retrieve"],
    "s3": ["parse_s3_url", "s3_path_join"],
    "fw_utils": ["framework_name_from_image", "framework_version_from_tag", "validate_version_or_image_args"],
    "git_utils": ["git_clone_repo"],
    "utils": ["name_from_base", "unique_name_from_base", "base_name_from_image", "base_from_name"],
}
# Of these only what they declare themselves: the rest is their base's.
FRAMEWORKS = ("sklearn", "xgboost", "pytorch", "tensorflow", "huggingface")
Parameters = list[str]


def signatures(package: str) -> dict[str, Parameters]:
    """Return the parameters of every public callable by its path: `estimator.Estimator.fit`."""
    found: dict[str, Parameters] = {}
    for module, names in FUNCTIONS.items():
        for name in names:
            found[f"{module}.{name}"] = parameters(_named(package, module, name))
    for module, names in CLASSES.items():
        for name in names:
            owner = _named(package, module, name)
            methods = _methods(owner)
            if module in FRAMEWORKS or name.startswith("Framework") or name in ("ModelPackage", "MultiDataModel"):
                methods = {method: taken for method, taken in methods.items() if method in vars(owner)}
            found.update({f"{module}.{name}.{method}": taken for method, taken in methods.items()})
    return found


def parameters(function: Any) -> Parameters:
    """Return the parameters of a function as they are written, without types: `["inputs=None", "*", "**kwargs"]`."""
    found = inspect.signature(function).parameters.values()
    return [_written(parameter) for parameter in found if parameter.name not in ("self", "cls")]


def _methods(owner: type) -> dict[str, Parameters]:
    members = inspect.getmembers(owner, lambda member: inspect.isfunction(member) or inspect.ismethod(member))
    return {name: parameters(member) for name, member in members if name == "__init__" or not name.startswith("_")}


def _written(parameter: inspect.Parameter) -> str:
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}.get(parameter.kind.name, "")
    default = parameter.default
    if default is inspect.Parameter.empty:
        return stars + parameter.name
    is_plain = default is None or isinstance(default, (bool, int, float, str, tuple))
    return f"{parameter.name}={default!r}" if is_plain else f"{parameter.name}=<{type(default).__name__}>"


def _named(package: str, module: str, name: str) -> Any:
    found: Any = getattr(importlib.import_module(f"{package}.{module}"), name)
    return found
