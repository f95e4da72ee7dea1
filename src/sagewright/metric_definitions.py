"""The metrics of JumpStart's models (v2's own path): not built, see `jumpstart.absent`."""

from __future__ import annotations

from typing import Any, NoReturn

from sagewright.jumpstart.absent import lookup, refuse_model


@lookup
def retrieve_default(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    instance_type: str | None = None,
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
    refuse_model(
        "metric_definitions.retrieve_default", "retrieving default training metric definitions", model_id, model_version
    )
