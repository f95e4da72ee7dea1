"""Where a model of MLflow's lies, by the names that it goes by there."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.session import Session

TRACKING_ARN = "MLFLOW_TRACKING_ARN"

_RUN = re.compile(r"^runs:/[a-zA-Z0-9]+(/[a-zA-Z0-9\-_.]*)+$")
_REGISTRY = re.compile(r"^models:/[a-zA-Z0-9\-_.]+[@/]?[a-zA-Z0-9\-_.][/a-zA-Z0-9\-_.]*$")
_PACKAGE = re.compile(r"^arn:aws:sagemaker:[a-z0-9\-]+:[0-9]{12}:model-package/(.*?)(?:/(\d+))?$")


def track(arn: str) -> dict[str, str]:
    """Let MLflow ask a tracking server of SageMaker's; return what a builder's metadata say of it.

    Raises:
        ImportError: MLflow, or its plugin for SageMaker, is not installed.
    """
    _client_of(arn)
    return {TRACKING_ARN: arn}


def place_of(path: str, tracking_arn: str | None, session: Session) -> str:
    """Return the folder or S3 URI of a model: of a run, of MLflow's registry, of a model package, or the path itself.

    Raises:
        ValueError: A run or a registered model is named without the server that knows it.
        ImportError: MLflow, or its plugin for SageMaker, is not installed.
    """
    if _RUN.match(path) or _REGISTRY.match(path):
        if not tracking_arn:
            raise ValueError(
                f"{TRACKING_ARN} is not provided in ModelMetadata or through set_tracking_arn "
                "but MLflow model path was provided."
            )
        mlflow = _client_of(tracking_arn)
        return _of_run(mlflow, path) if _RUN.match(path) else _registered(mlflow, path)
    if _PACKAGE.match(path):
        described = session.sagemaker_client.describe_model_package(ModelPackageName=path)
        source: str = described["SourceUri"]
        return source
    return path


def _client_of(arn: str) -> Any:
    if not importlib.util.find_spec("sagemaker_mlflow"):
        raise ImportError(
            "Unable to import sagemaker_mlflow, check if sagemaker_mlflow is installed\n"
            "hint: pip install mlflow sagemaker-mlflow; or name the model's folder, or its S3 URI."
        )
    import mlflow

    mlflow.set_tracking_uri(arn)
    return mlflow


def _of_run(mlflow: Any, path: str) -> str:
    _, run, rest = path.split("/", 2)
    return _below(mlflow.get_run(run).info.artifact_uri, rest)


def _registered(mlflow: Any, path: str) -> str:
    """Return where a registered model lies: `models:/NAME/VERSION[/REST]` or `models:/NAME@ALIAS[/REST]`."""
    parts = path.split("/", 3)
    if "@" in parts[1]:
        name, _, alias = parts[1].partition("@")
        found = mlflow.MlflowClient().get_model_version_by_alias(name, alias)
        return _below(found.source, "/".join(parts[2:]))
    found = mlflow.MlflowClient().get_model_version(parts[1], parts[2])
    return _below(found.source, "/".join(parts[3:]))


def _below(place: str, rest: str) -> str:
    return f"{place.rstrip('/')}/{rest}"
