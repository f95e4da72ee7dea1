"""Pipelines: their values, steps and definitions (v2's own paths; `contract.md` 4)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import nearest_of
from sagewright.vocabulary.variables import Expression

__all__ = ["is_pipeline_parameter_string", "is_pipeline_variable"]


def is_pipeline_variable(var: object) -> bool:
    """Tell whether only a pipeline's run decides a value.

    Example:
        >>> from sagewright.workflow import is_pipeline_variable
        >>> from sagewright.workflow.parameters import ParameterString
        >>> is_pipeline_variable(ParameterString("Rows")), is_pipeline_variable("s3://bucket/rows")
        (True, False)
    """
    return isinstance(var, Expression)


def is_pipeline_parameter_string(var: object) -> bool:
    """Tell whether a value is a pipeline's parameter that holds text."""
    from sagewright.workflow.parameters import ParameterString

    return isinstance(var, ParameterString)


def __getattr__(name: str) -> Any:
    """Hand out what v2 lets be imported from here, and is defined below."""
    if name == "ParameterString":
        from sagewright.workflow.parameters import ParameterString

        return ParameterString
    return _nearest(name)


_nearest = nearest_of(__name__, __all__)
