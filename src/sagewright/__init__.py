"""Sagewright: the Estimator interface for machine learning, with an engine of its own.

The names here, and the modules below, are those of the SageMaker Python SDK v2; all are loaded when first used.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright import (
        amazon,
        analytics,
        async_inference,
        base_deserializers,
        base_predictor,
        base_serializers,
        chainer,
        clarify,
        compute_resource_requirements,
        config,
        container_base_model,
        dataset_definition,
        debugger,
        deprecations,
        deserializers,
        djl_inference,
        drift_check_baselines,
        enums,
        estimator,
        exceptions,
        explainer,
        fw_utils,
        git_utils,
        huggingface,
        image_uris,
        inputs,
        instance_group,
        iterators,
        job,
        local,
        metadata_properties,
        model,
        model_life_cycle,
        model_metrics,
        model_monitor,
        multidatamodel,
        mxnet,
        network,
        parameter,
        pipeline,
        predictor,
        predictor_async,
        processing,
        pytorch,
        rl,
        s3,
        serializers,
        serverless,
        session,
        session_settings,
        sklearn,
        spark,
        tensorflow,
        training_compiler,
        transformer,
        tuner,
        utils,
        vpc_utils,
        wrangler,
        xgboost,
    )
    from sagewright.analytics import TrainingJobAnalytics
    from sagewright.debugger import Profiler, ProfilerConfig
    from sagewright.execution_role import get_execution_role
    from sagewright.inputs import TrainingInput
    from sagewright.local import LocalSession
    from sagewright.model import Model
    from sagewright.model_package import ModelPackage
    from sagewright.pipeline import PipelineModel
    from sagewright.predictor import Predictor
    from sagewright.registering import get_model_package_args
    from sagewright.session import Session, container_def, pipeline_container_def, production_variant

__version__ = "0.1.0"

__all__ = [
    "LocalSession",
    "Model",
    "ModelPackage",
    "PipelineModel",
    "Predictor",
    "Profiler",
    "ProfilerConfig",
    "Session",
    "TrainingInput",
    "TrainingJobAnalytics",
    "amazon",
    "analytics",
    "async_inference",
    "base_deserializers",
    "base_predictor",
    "base_serializers",
    "chainer",
    "clarify",
    "compute_resource_requirements",
    "config",
    "container_base_model",
    "container_def",
    "dataset_definition",
    "debugger",
    "deprecations",
    "deserializers",
    "djl_inference",
    "drift_check_baselines",
    "enums",
    "estimator",
    "exceptions",
    "explainer",
    "fw_utils",
    "get_execution_role",
    "get_model_package_args",
    "git_utils",
    "huggingface",
    "image_uris",
    "inputs",
    "instance_group",
    "iterators",
    "job",
    "local",
    "metadata_properties",
    "model",
    "model_life_cycle",
    "model_metrics",
    "model_monitor",
    "multidatamodel",
    "mxnet",
    "network",
    "parameter",
    "pipeline",
    "pipeline_container_def",
    "predictor",
    "predictor_async",
    "processing",
    "production_variant",
    "pytorch",
    "rl",
    "s3",
    "serializers",
    "serverless",
    "session",
    "session_settings",
    "sklearn",
    "spark",
    "tensorflow",
    "training_compiler",
    "transformer",
    "tuner",
    "utils",
    "vpc_utils",
    "wrangler",
    "xgboost",
]

_NAMES = {
    "LocalSession": "local",
    "Model": "model",
    "ModelPackage": "model_package",
    "PipelineModel": "pipeline",
    "Predictor": "predictor",
    "Profiler": "debugger",
    "ProfilerConfig": "debugger",
    "Session": "session",
    "TrainingInput": "inputs",
    "TrainingJobAnalytics": "analytics",
    "container_def": "session",
    "get_execution_role": "execution_role",
    "get_model_package_args": "registering",
    "pipeline_container_def": "session",
    "production_variant": "session",
}


# Rooms of v2 that there will not be, or not yet, with the reason.
UNBUILT = {
    "inference_recommender": "it measures Amazon's machines",
    "jumpstart": "its models are Amazon's catalogue; give the model's data and image to `Model`",
    "serve": "`ModelBuilder` is not built yet; use `Model` or a framework's model",
}


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
    elif name in __all__:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`: it is not a name of v2, or not built yet")
    globals()[name] = value
    return value


class _Nearest:
    """The last that is asked for a module: names the one that was probably meant."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        package, _, module = name.rpartition(".")
        if package == __name__ and module in UNBUILT:
            raise ModuleNotFoundError(f"`{name}` is not built into Sagewright: {UNBUILT[module]}.", name=name)
        if package == __name__:
            from sagewright.vocabulary.suggestions import slip_of

            near = slip_of(module, __all__)
            if near:
                meant = f"hint: did you mean `{package}.{near}`?"
                raise ModuleNotFoundError(f"No module named `{name}`\n{meant}", name=name)


if not any(getattr(finder, "__qualname__", "") == _Nearest.__qualname__ for finder in sys.meta_path):
    sys.meta_path.append(_Nearest)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
