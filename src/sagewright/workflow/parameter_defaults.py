"""What has to know a value before a pipeline runs: it takes the default of a parameter, and says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sagewright.vocabulary.variables import is_variable

logger = logging.getLogger("sagemaker")

Function = TypeVar("Function", bound=Callable[..., Any])


def override_pipeline_parameter_var(func: Function) -> Function:
    """Let a function take the default value where it is given a pipeline's parameter.

    Raises:
        ValueError: It is given another value that only the run decides.
    """

    @wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        if not any(is_variable(value) for value in (*args, *kwargs.values())):
            return func(*args, **kwargs)
        import inspect  # costs

        names = inspect.unwrap(func).__code__.co_varnames
        known = [_known(func, name, value) for name, value in zip(names, args, strict=False)]
        return func(*known, **{name: _known(func, name, value) for name, value in kwargs.items()})

    return called  # type: ignore[return-value]


def _known(func: Callable[..., Any], name: str, value: Any) -> Any:
    if not is_variable(value):
        return value
    if not hasattr(value, "default_value"):
        raise ValueError(
            f"When retrieving the image_uri, the argument {name} should not be a pipeline variable ({type(value)}) "
            "since pipeline variables are only interpreted in the pipeline execution time."
        )
    logger.warning(
        "The input argument %s of function (%s) is a pipeline variable (%s), which is interpreted in pipeline "
        "execution time only. As the function needs to evaluate the argument value in SDK compile time, the "
        "default_value of this Parameter object will be used to override it. Please make sure the default_value is "
        "valid.",
        name,
        f"{func.__module__}.{func.__name__}",
        type(value),
    )
    return value.default_value
