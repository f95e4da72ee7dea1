"""The instances of JumpStart's models (v2's own path): not built, see `jumpstart.absent`."""

from __future__ import annotations

from typing import Any, NoReturn

from sagewright.jumpstart.absent import lookup, refuse_model


@lookup
def retrieve_default(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    scope: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
    training_instance_type: str | None = None,
    model_type: Any = None,
    config_name: str | None = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version, or no scope.
        NotImplementedError: Both are.
    """
    if model_id is not None and model_version is not None and scope is None:
        raise ValueError("Must specify scope for instance types.")
    refuse_model("instance_types.retrieve_default", "retrieving instance types", model_id, model_version)


@lookup
def retrieve(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    scope: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
    training_instance_type: str | None = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version, or no scope.
        NotImplementedError: Both are.
    """
    if model_id is not None and model_version is not None and scope is None:
        raise ValueError("Must specify scope for instance types.")
    refuse_model("instance_types.retrieve", "retrieving instance types", model_id, model_version)
