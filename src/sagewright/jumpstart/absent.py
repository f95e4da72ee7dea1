"""Why JumpStart is not built, and what stands for its classes and functions: they can be imported, and refuse.

So a notebook gets as far as the line that needs the catalogue, and that line says what to do instead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

REASON = (
    "JumpStart's catalogue (its models' data, scripts, images, hyperparameters and prices) lies in Amazon's buckets, "
    "and this package has none of it, on no target"
)
HINT = (
    "hint: give the model's own data and image to `Model`, its name on the Hugging Face hub to `HuggingFaceModel` or "
    "`DJLModel`, your script to a framework's estimator; or run the program with the genuine SDK: "
    "`sagewright run --genuine`."
)


def refuse(what: str, model_id: Any = None) -> NoReturn:
    """Raise what says that JumpStart is not built.

    Args:
        what: What was asked for.
        model_id: The model that it was asked for of, if one is named.
    """
    of = f" of the model `{model_id}`" if model_id else ""
    raise NotImplementedError(f"`{what}`{of} is not built into Sagewright: {REASON}.\n{HINT}")


def refuse_model(what: str, subject: str, model_id: Any, model_version: Any) -> NoReturn:
    """Refuse to look something up in the catalogue.

    Args:
        subject: What v2 says was to be looked up.

    Raises:
        ValueError: No model is named, or no version: v2 looks nothing else up.
        NotImplementedError: Both are.
    """
    if model_id is None or model_version is None:
        subject = subject if model_id is None and model_version is None else "getting specs for JumpStart models"
        raise ValueError(f"Must specify JumpStart `model_id` and `model_version` when {subject}.")
    refuse(what, model_id)


def lookup(function: Function) -> Function:
    """Mark a function that looks something up in the catalogue as one that refuses, for the compatibility table."""
    function.refusal = REASON  # type: ignore[attr-defined]
    return function


def refusing(
    module: str, classes: Sequence[str] = (), functions: Sequence[str] = ()
) -> tuple[list[str], Callable[[str], Any]]:
    """Return a module's `__all__` and `__getattr__`: its classes and functions are there, and refuse."""
    made: dict[str, Callable[[str, str], Any]] = {
        **dict.fromkeys(classes, _refusing_class),
        **dict.fromkeys(functions, _refusing_function),
    }

    def missing(name: str) -> Any:
        if name not in made:
            raise AttributeError(f"module `{module}` has no attribute `{name}`")
        found = made[name](module, name)
        setattr(sys.modules[module], name, found)
        return found

    return sorted(made), missing


class _Refusing(type):
    """The class of classes that refuse to be made, and whose methods refuse to be called."""

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        is_model = cls.__name__ in ("JumpStartModel", "JumpStartEstimator")
        named = args[0] if args and is_model else kwargs.get("model_id")
        refuse(_path(cls.__module__, cls.__name__), named)

    def __getattr__(cls, name: str) -> Any:
        what = f"{_path(cls.__module__, cls.__name__)}.{name}"
        if name.startswith("_"):
            raise AttributeError(name)
        if name.isupper():  # a member of an enumeration
            raise AttributeError(f"`{what}` is not built into Sagewright: {REASON}.\n{HINT}")
        return _refusing_function(cls.__module__, f"{cls.__name__}.{name}")


def _refusing_class(module: str, name: str) -> type:
    return _Refusing(name, (), {"__module__": module, "__doc__": f"Not built: {REASON}."})


def _refusing_function(module: str, name: str) -> Callable[..., Any]:
    def refused(*args: Any, **kwargs: Any) -> NoReturn:
        refuse(_path(module, name), kwargs.get("model_id"))

    refused.__module__, refused.__qualname__, refused.__name__ = module, name, name.rpartition(".")[2]
    refused.__doc__ = f"Not built: {REASON}."
    return lookup(refused)


def _path(module: str, name: str) -> str:
    return f"{module.partition('.')[2]}.{name}"
