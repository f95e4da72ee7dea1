"""Example requests of JumpStart's models (v2's own path): not built, see `jumpstart.absent`."""

from __future__ import annotations

from typing import Any, NoReturn

from sagewright.jumpstart.absent import lookup, refuse_model


@lookup
def retrieve_all_examples(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    model_type: Any = None,
    serialize: bool = False,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("payloads.retrieve_all_examples", "retrieving payloads", model_id, model_version)


@lookup
def retrieve_example(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    model_type: Any = None,
    serialize: bool = False,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
) -> NoReturn:
    """Raise: JumpStart is not built.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("payloads.retrieve_example", "retrieving payloads", model_id, model_version)
