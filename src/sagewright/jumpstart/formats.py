"""The serializers, deserializers and predictors of JumpStart's models: not built, see `absent`."""

from __future__ import annotations

from typing import Any, NoReturn

from sagewright.jumpstart.absent import lookup, refuse, refuse_model


@lookup
def serializer_options(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
    config_name: str | None = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("serializers.retrieve_options", "retrieving serializers", model_id, model_version)


@lookup
def default_serializer(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    model_type: Any = None,
    sagemaker_session: Any = None,
    config_name: str | None = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("serializers.retrieve_default", "retrieving serializers", model_id, model_version)


@lookup
def deserializer_options(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("deserializers.retrieve_options", "retrieving deserializers", model_id, model_version)


@lookup
def default_deserializer(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
    model_type: Any = None,
    config_name: str | None = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("deserializers.retrieve_default", "retrieving deserializers", model_id, model_version)


@lookup
def default_predictor(
    endpoint_name: str,
    inference_component_name: str | None = None,
    sagemaker_session: Any = None,
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    model_type: Any = None,
    config_name: str | None = None,
) -> NoReturn:
    """Raise: JumpStart is not built."""
    refuse("predictor.retrieve_default", model_id)
