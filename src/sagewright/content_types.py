"""Which content types a model of JumpStart has (v2's own path)."""

from __future__ import annotations

from typing import Any, NoReturn

from sagewright.arguments import suggesting
from sagewright.jumpstart.absent import lookup, refuse_model

CONTENT_TYPE_JSON = "application/json"
CONTENT_TYPE_CSV = "text/csv"
CONTENT_TYPE_OCTET_STREAM = "application/octet-stream"
CONTENT_TYPE_NPY = "application/x-npy"


@suggesting
@lookup
def retrieve_options(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
) -> NoReturn:
    """Say that the models of JumpStart are not to be had.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("content_types.retrieve_options", "retrieving content types", model_id, model_version)


@suggesting
@lookup
def retrieve_default(
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
    """Say that the models of JumpStart are not to be had.

    Raises:
        ValueError: No model is named, or no version.
        NotImplementedError: Both are.
    """
    refuse_model("content_types.retrieve_default", "retrieving content types", model_id, model_version)
