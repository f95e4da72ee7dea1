"""Which content types a model of JumpStart has (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggesting

CONTENT_TYPE_JSON = "application/json"
CONTENT_TYPE_CSV = "text/csv"
CONTENT_TYPE_OCTET_STREAM = "application/octet-stream"
CONTENT_TYPE_NPY = "application/x-npy"


@suggesting
def retrieve_options(
    region: str | None = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sagemaker_session: Any = None,
) -> list[str]:
    """Say that the models of JumpStart are not to be had.

    Raises:
        ValueError: No model is named.
        NotImplementedError: One is.
    """
    raise _refused(model_id, model_version)


@suggesting
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
) -> str:
    """Say that the models of JumpStart are not to be had.

    Raises:
        ValueError: No model is named.
        NotImplementedError: One is.
    """
    raise _refused(model_id, model_version)


def _refused(model_id: str | None, model_version: str | None) -> Exception:
    if model_id is None or model_version is None:
        return ValueError("Must specify JumpStart `model_id` and `model_version` when retrieving content types.")
    return NotImplementedError(
        f"JumpStart is not built into Sagewright: the content types of its model `{model_id}` are not known.\n"
        "hint: give the predictor a `serializer`, whose `CONTENT_TYPE` says it."
    )
