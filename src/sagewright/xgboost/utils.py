"""Which versions of XGBoost and Python there are images of (v2's own path)."""

from __future__ import annotations

from sagewright.xgboost.defaults import XGBOOST_UNSUPPORTED_VERSIONS


def validate_py_version(py_version: str) -> None:
    """Raise for another Python than 3.

    Raises:
        ValueError: It is another.
    """
    if py_version != "py3":
        raise ValueError(f"Unsupported Python version: {py_version}.")


def validate_framework_version(framework_version: str | None) -> None:
    """Raise for versions of XGBoost that have no image.

    Raises:
        ValueError: There is no version, or no image of it.
    """
    if framework_version is None:
        raise ValueError("`framework_version` is needed, for example `1.7-1`.")
    why = XGBOOST_UNSUPPORTED_VERSIONS.get(framework_version.split("-")[0])
    if why:
        raise ValueError(why)
