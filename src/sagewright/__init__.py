"""Sagewright: the Estimator interface for machine learning, with an engine of its own.

The names here, and the modules below, are those of the SageMaker Python SDK v2; all are loaded when first used.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from sagewright.unbuilt import UNBUILT as UNBUILT  # for whoever tells what is not there
from sagewright.unbuilt import UNBUILT_NAMES, why_unbuilt

if TYPE_CHECKING:
    from sagewright import (
        accept_types,
        algorithm,
        amazon,
        analytics,
        async_inference,
        automl,
        base_deserializers,
        base_predictor,
        base_serializers,
        chainer,
        clarify,
        collection,
        compute_resource_requirements,
        config,
        container_base_model,
        content_types,
        dataset_definition,
        debugger,
        deprecations,
        deserializers,
        djl_inference,
        drift_check_baselines,
        enums,
        environment_variables,
        estimator,
        exceptions,
        experiments,
        explainer,
        feature_store,
        fw_utils,
        git_utils,
        huggingface,
        hyperparameters,
        image_uris,
        inputs,
        instance_group,
        instance_types,
        instance_types_gpu_info,
        interactive_apps,
        iterators,
        job,
        jumpstart,
        lambda_helper,
        lineage,
        local,
        metadata_properties,
        metric_definitions,
        model,
        model_card,
        model_life_cycle,
        model_metrics,
        model_monitor,
        model_uris,
        multidatamodel,
        mxnet,
        network,
        parameter,
        payloads,
        pipeline,
        predictor,
        predictor_async,
        processing,
        pytorch,
        resource_requirements,
        rl,
        s3,
        s3_utils,
        script_uris,
        serializer_utils,
        serializers,
        serve,
        serverless,
        session,
        session_settings,
        sklearn,
        spark,
        sparkml,
        stabilityai,
        tensorflow,
        training_compiler,
        transformer,
        tuner,
        user_agent,
        utilities,
        utils,
        vpc_utils,
        workflow,
        wrangler,
        xgboost,
    )
    from sagewright.algorithm import AlgorithmEstimator
    from sagewright.amazon.factorization_machines import (
        FactorizationMachines,
        FactorizationMachinesModel,
        FactorizationMachinesPredictor,
    )
    from sagewright.amazon.ipinsights import IPInsights, IPInsightsModel, IPInsightsPredictor
    from sagewright.amazon.kmeans import KMeans, KMeansModel, KMeansPredictor
    from sagewright.amazon.knn import KNN, KNNModel, KNNPredictor
    from sagewright.amazon.lda import LDA, LDAModel, LDAPredictor
    from sagewright.amazon.linear_learner import LinearLearner, LinearLearnerModel, LinearLearnerPredictor
    from sagewright.amazon.ntm import NTM, NTMModel, NTMPredictor
    from sagewright.amazon.object2vec import Object2Vec, Object2VecModel
    from sagewright.amazon.pca import PCA, PCAModel, PCAPredictor
    from sagewright.amazon.randomcutforest import RandomCutForest, RandomCutForestModel, RandomCutForestPredictor
    from sagewright.analytics import HyperparameterTuningJobAnalytics, TrainingJobAnalytics
    from sagewright.automl.automl import AutoML, AutoMLInput, AutoMLJob
    from sagewright.automl.automlv2 import (
        AutoMLDataChannel,
        AutoMLImageClassificationConfig,
        AutoMLJobV2,
        AutoMLTabularConfig,
        AutoMLTextClassificationConfig,
        AutoMLTextGenerationConfig,
        AutoMLTimeSeriesForecastingConfig,
        AutoMLV2,
        LocalAutoMLDataChannel,
    )
    from sagewright.automl.candidate_estimator import CandidateEstimator, CandidateStep
    from sagewright.container_base_model import ContainerBaseModel
    from sagewright.debugger import Profiler, ProfilerConfig
    from sagewright.deprecations import warn_v2_deprecation
    from sagewright.execution_role import get_execution_role
    from sagewright.inputs import TrainingInput
    from sagewright.local import LocalSession
    from sagewright.model import Model
    from sagewright.model_metrics import FileSource, MetricsSource, ModelMetrics
    from sagewright.model_package import ModelPackage
    from sagewright.pipeline import PipelineModel
    from sagewright.predictor import Predictor
    from sagewright.processing import Processor, ScriptProcessor
    from sagewright.registering import get_model_package_args
    from sagewright.session import Session, container_def, pipeline_container_def, production_variant

__version__ = "0.1.0"

__all__ = [
    "KNN",
    "LDA",
    "NTM",
    "PCA",
    "AlgorithmEstimator",
    "AutoML",
    "AutoMLDataChannel",
    "AutoMLImageClassificationConfig",
    "AutoMLInput",
    "AutoMLJob",
    "AutoMLJobV2",
    "AutoMLTabularConfig",
    "AutoMLTextClassificationConfig",
    "AutoMLTextGenerationConfig",
    "AutoMLTimeSeriesForecastingConfig",
    "AutoMLV2",
    "CandidateEstimator",
    "CandidateStep",
    "ContainerBaseModel",
    "FactorizationMachines",
    "FactorizationMachinesModel",
    "FactorizationMachinesPredictor",
    "FileSource",
    "HyperparameterTuningJobAnalytics",
    "IPInsights",
    "IPInsightsModel",
    "IPInsightsPredictor",
    "KMeans",
    "KMeansModel",
    "KMeansPredictor",
    "KNNModel",
    "KNNPredictor",
    "LDAModel",
    "LDAPredictor",
    "LinearLearner",
    "LinearLearnerModel",
    "LinearLearnerPredictor",
    "LocalAutoMLDataChannel",
    "LocalSession",
    "MetricsSource",
    "Model",
    "ModelMetrics",
    "ModelPackage",
    "NTMModel",
    "NTMPredictor",
    "Object2Vec",
    "Object2VecModel",
    "PCAModel",
    "PCAPredictor",
    "PipelineModel",
    "Predictor",
    "Processor",
    "Profiler",
    "ProfilerConfig",
    "RandomCutForest",
    "RandomCutForestModel",
    "RandomCutForestPredictor",
    "ScriptProcessor",
    "Session",
    "TrainingInput",
    "TrainingJobAnalytics",
    "accept_types",
    "algorithm",
    "amazon",
    "analytics",
    "async_inference",
    "automl",
    "base_deserializers",
    "base_predictor",
    "base_serializers",
    "chainer",
    "clarify",
    "collection",
    "compute_resource_requirements",
    "config",
    "container_base_model",
    "container_def",
    "content_types",
    "dataset_definition",
    "debugger",
    "deprecations",
    "deserializers",
    "djl_inference",
    "drift_check_baselines",
    "enums",
    "environment_variables",
    "estimator",
    "exceptions",
    "experiments",
    "explainer",
    "feature_store",
    "fw_utils",
    "get_execution_role",
    "get_model_package_args",
    "git_utils",
    "huggingface",
    "hyperparameters",
    "image_uris",
    "inputs",
    "instance_group",
    "instance_types",
    "instance_types_gpu_info",
    "interactive_apps",
    "iterators",
    "job",
    "jumpstart",
    "lambda_helper",
    "lineage",
    "local",
    "metadata_properties",
    "metric_definitions",
    "model",
    "model_card",
    "model_life_cycle",
    "model_metrics",
    "model_monitor",
    "model_uris",
    "multidatamodel",
    "mxnet",
    "network",
    "parameter",
    "payloads",
    "pipeline",
    "pipeline_container_def",
    "predictor",
    "predictor_async",
    "processing",
    "production_variant",
    "pytorch",
    "resource_requirements",
    "rl",
    "s3",
    "s3_utils",
    "script_uris",
    "serializer_utils",
    "serializers",
    "serve",
    "serverless",
    "session",
    "session_settings",
    "sklearn",
    "spark",
    "sparkml",
    "stabilityai",
    "tensorflow",
    "training_compiler",
    "transformer",
    "tuner",
    "user_agent",
    "utilities",
    "utils",
    "vpc_utils",
    "warn_v2_deprecation",
    "workflow",
    "wrangler",
    "xgboost",
]

_NAMES = {
    "AlgorithmEstimator": "algorithm",
    "AutoML": "automl.automl",
    "AutoMLDataChannel": "automl.automlv2",
    "AutoMLImageClassificationConfig": "automl.automlv2",
    "AutoMLInput": "automl.automl",
    "AutoMLJob": "automl.automl",
    "AutoMLJobV2": "automl.automlv2",
    "AutoMLTabularConfig": "automl.automlv2",
    "AutoMLTextClassificationConfig": "automl.automlv2",
    "AutoMLTextGenerationConfig": "automl.automlv2",
    "AutoMLTimeSeriesForecastingConfig": "automl.automlv2",
    "AutoMLV2": "automl.automlv2",
    "CandidateEstimator": "automl.candidate_estimator",
    "CandidateStep": "automl.candidate_estimator",
    "ContainerBaseModel": "container_base_model",
    "FactorizationMachines": "amazon.factorization_machines",
    "FactorizationMachinesModel": "amazon.factorization_machines",
    "FactorizationMachinesPredictor": "amazon.factorization_machines",
    "FileSource": "model_metrics",
    "HyperparameterTuningJobAnalytics": "analytics",
    "IPInsights": "amazon.ipinsights",
    "IPInsightsModel": "amazon.ipinsights",
    "IPInsightsPredictor": "amazon.ipinsights",
    "KMeans": "amazon.kmeans",
    "KMeansModel": "amazon.kmeans",
    "KMeansPredictor": "amazon.kmeans",
    "KNN": "amazon.knn",
    "KNNModel": "amazon.knn",
    "KNNPredictor": "amazon.knn",
    "LDA": "amazon.lda",
    "LDAModel": "amazon.lda",
    "LDAPredictor": "amazon.lda",
    "LinearLearner": "amazon.linear_learner",
    "LinearLearnerModel": "amazon.linear_learner",
    "LinearLearnerPredictor": "amazon.linear_learner",
    "LocalAutoMLDataChannel": "automl.automlv2",
    "LocalSession": "local",
    "MetricsSource": "model_metrics",
    "Model": "model",
    "ModelMetrics": "model_metrics",
    "ModelPackage": "model_package",
    "NTM": "amazon.ntm",
    "NTMModel": "amazon.ntm",
    "NTMPredictor": "amazon.ntm",
    "Object2Vec": "amazon.object2vec",
    "Object2VecModel": "amazon.object2vec",
    "PCA": "amazon.pca",
    "PCAModel": "amazon.pca",
    "PCAPredictor": "amazon.pca",
    "PipelineModel": "pipeline",
    "Predictor": "predictor",
    "Processor": "processing",
    "Profiler": "debugger",
    "ProfilerConfig": "debugger",
    "RandomCutForest": "amazon.randomcutforest",
    "RandomCutForestModel": "amazon.randomcutforest",
    "RandomCutForestPredictor": "amazon.randomcutforest",
    "ScriptProcessor": "processing",
    "Session": "session",
    "TrainingInput": "inputs",
    "TrainingJobAnalytics": "analytics",
    "container_def": "session",
    "get_execution_role": "execution_role",
    "get_model_package_args": "registering",
    "pipeline_container_def": "session",
    "production_variant": "session",
    "warn_v2_deprecation": "deprecations",
}


# What v1 had here, under the name that v2 has for it.
MOVED = {
    "RealTimePredictor": "sagemaker.predictor.Predictor",
    "fw_registry": "sagemaker.image_uris",
    "get_image_uri": "sagemaker.image_uris.retrieve",
    "s3_input": "sagemaker.inputs.TrainingInput",
}


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
    elif name in __all__:
        # Under the name that a script gives the package: what v2's modules hand on comes with it.
        package = "sagemaker" if sys.modules.get("sagemaker") is sys.modules[__name__] else __name__
        value = importlib.import_module(f"{package}.{name}")
    elif name in UNBUILT or name in UNBUILT_NAMES:
        # An `AttributeError` would lose what it says in `from sagewright import name`.
        why = UNBUILT[UNBUILT_NAMES.get(name, name)]
        raise ImportError(f"`{__name__}.{name}` is not built into Sagewright: {why}.", name=__name__)
    else:
        why = f"v2 has `{MOVED[name]}` for it" if name in MOVED else "it is not a name of v2, or not built yet"
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`: {why}")
    globals()[name] = value
    return value


class _Nearest:
    """The last that is asked for a module: names the one that was probably meant."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        package, _, module = name.rpartition(".")
        why = why_unbuilt(name.removeprefix(f"{__name__}.")) if name.startswith(f"{__name__}.") else None
        if why:
            raise ModuleNotFoundError(f"`{name}` is not built into Sagewright: {why}.", name=name)
        if package == __name__ and module in MOVED:
            # Under its own name `from sagewright import NAME` would pass the error over, and what it says with it.
            meant = f"sagemaker.{module}"
            raise ModuleNotFoundError(f"There is no `{meant}`: v2 has `{MOVED[module]}` for it.", name=meant)
        if package == __name__:
            from sagewright.vocabulary.suggestions import slip_of

            near = slip_of(module, __all__)
            if near:
                meant = f"hint: did you mean `{package}.{near}`?"
                raise ModuleNotFoundError(f"No module named `{name}`\n{meant}", name=name)


if not any(getattr(finder, "__qualname__", "") == _Nearest.__qualname__ for finder in sys.meta_path):
    sys.meta_path.append(_Nearest)


def load_ipython_extension(ipython: Any) -> None:
    """Do in a notebook, by `%load_ext sagewright`, what `sagewright run` does for a script."""
    from sagewright.notebook import load

    load(ipython)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
