"""The hyperparameters of JumpStart's models (v2's own path): not built, see `jumpstart.absent`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from sagewright.jumpstart.absent import lookup, refuse_model


@lookup
def retrieve_default(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    instance_type: str | None = None,
    include_container_hyperparameters: bool = False,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
    config_name: str | None = None,
    model_type: Any = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("hyperparameters.retrieve_default", "retrieving hyperparameters", model_id, model_version)


@lookup
def validate(
    region: str | None = None,
    model_id: str | None = None,
    hub_arn: str | None = None,
    model_version: str | None = None,
    hyperparameters: Mapping[str, Any] | None = None,
    validation_mode: Any = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    if model_id is not None and model_version is not None and hyperparameters is None:
        raise ValueError("Must specify hyperparameters.")
    refuse_model("hyperparameters.validate", "validating hyperparameters", model_id, model_version)
