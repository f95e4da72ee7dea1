"""Arguments that nobody takes: typos are caught where they are made."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sagewright.deprecations import renamed_warning
from sagewright.showing import html_of, text_of

logger = logging.getLogger("sagemaker")

# v1's names, which v2 still takes with a warning (`contract.md` 9.1).
RENAMED: Mapping[str, str] = {
    "train_instance_count": "instance_count",
    "train_instance_type": "instance_type",
    "train_max_run": "max_run",
    "train_use_spot_instances": "use_spot_instances",
    "train_max_wait": "max_wait",
    "train_volume_size": "volume_size",
    "train_volume_kms_key": "volume_kms_key",
    "image_name": "image_uri",
    "image": "image_uri",
}

# v1's arguments that mean nothing any more. v2 takes them, as it takes any, and says nothing.
OUTLIVED = ("script_mode", "training_steps", "evaluation_steps", "checkpoint_path", "requirements_file")

# Arguments that v2 passes over without a word, or v1 had, with what does their work.
GONE = {
    "distributions": "the argument is `distribution` now",
    "env": "an estimator's argument is `environment`",
    "image": "the argument is `image_uri` now",
    "job_name": "`fit(job_name=...)` names a job; `base_job_name` is what the names begin with",
    "update_endpoint": "`predictor.update_endpoint(...)` changes an endpoint that is there",
}


def renamed(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return, under their names of today, the arguments that go by a name of v1, and take them out of `arguments`."""
    found = {}
    for old, new in RENAMED.items():
        if old in arguments:
            renamed_warning(old)
            found[new] = arguments.pop(old)
    return found


def no_surplus(what: str, surplus: Mapping[str, Any], *functions: Callable[..., Any]) -> None:
    """Refuse arguments that none of the functions names, but for those that once were.

    Raises:
        TypeError: There are some; the message names the nearest that exists.
    """
    for name in surplus:
        if name in OUTLIVED:
            logger.warning("%s has no argument `%s` any more; it changes nothing.", what, name)
            continue
        import difflib  # only those who mistype need them
        import inspect

        named = [known for function in functions for known in inspect.signature(function).parameters]
        known = [known for known in named if known not in ("self", "args", "kwargs")]
        near = difflib.get_close_matches(name, known, 1)
        meant = f"\nhint: did you mean `{near[0]}`?" if near else ""
        meant = f"\nhint: {GONE[name]}" if name in GONE else meant
        raise TypeError(f"{what} got an unexpected keyword argument `{name}`{meant}")


def ignored(arguments: dict[str, Any], **instead: str) -> None:
    """Take arguments out that something else decides, and say so.

    Args:
        instead: What stands in their place.
    """
    for name, value in instead.items():
        if name in arguments:
            del arguments[name]
            logger.warning("%s supplied in kwargs will be ignored and further overridden with %s.", name, value)


Class = TypeVar("Class", bound=type)
Function = TypeVar("Function", bound=Callable[..., Any])


def suggests(owner: Class) -> Class:
    """Let a class's constructor and public methods name the nearest argument when they are given one that there is not.

    Those that take `**kwargs` look after that themselves (`no_surplus`). The class also shows itself (`showing.py`).
    """
    shows(owner)
    for name, function in list(vars(owner).items()):
        is_public = name == "__init__" or not name.startswith("_")
        if is_public and hasattr(function, "__code__") and not function.__code__.co_flags & _TAKES_ANY:
            setattr(owner, name, suggesting(function))
    return owner


def shows(owner: Class) -> Class:
    """Let a class without a repr of its own show what its objects were made with, in notebooks as a table."""
    if not any("__repr__" in vars(base) for base in owner.__mro__[:-1]):
        for name, method in (("__repr__", text_of), ("_repr_html_", html_of)):
            setattr(owner, name, method)
    return owner


_TAKES_ANY = 8  # `inspect.CO_VARKEYWORDS`, whose module costs


def suggesting(function: Function) -> Function:
    """Let a function name the nearest argument when it is given one that there is not."""
    from functools import wraps

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        known = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
        if any(name not in known for name in kwargs):
            no_surplus(f"{function.__qualname__}", {n: v for n, v in kwargs.items() if n not in known}, function)
        return function(*args, **kwargs)

    return called  # type: ignore[return-value]


def renamed_class(owner: Class, name: str) -> Class:
    """Return a class under its name of v1, which says so when it is used."""

    class Renamed(owner):  # type: ignore[valid-type, misc]  # a class like any other
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            renamed_warning(f"The class {name}")
            super().__init__(*args, **kwargs)

    Renamed.__name__ = Renamed.__qualname__ = name.rpartition(".")[2]
    Renamed.__module__ = sys._getframe(1).f_globals["__name__"]  # where it is found by this name, as pickles do
    return Renamed  # type: ignore[return-value]


def nearest_of(module: str, names: list[str], unbuilt: Mapping[str, str] | None = None) -> Callable[[str], Any]:
    """Return a module's `__getattr__` that names what was probably meant.

    Args:
        unbuilt: v2's names that are not built yet, with what they would need.

    It raises `ImportError` for a slip, since `from module import name` loses what an `AttributeError` says.
    """

    def missing(name: str) -> Any:
        from sagewright.vocabulary.suggestions import slip_of

        if name in (unbuilt or {}):
            why = (unbuilt or {})[name]
            raise ImportError(f"`{module}.{name}` is not built into Sagewright yet: it needs {why}.", name=module)
        near = slip_of(name, names)
        if near:
            raise ImportError(f"cannot import name `{name}` from `{module}`\nhint: did you mean `{near}`?", name=module)
        raise AttributeError(f"module `{module}` has no attribute `{name}`")

    return missing


def check_instances(count: Any, instance_type: Any) -> None:
    """Check that instances are a number of a type, and not the other way round.

    Raises:
        TypeError: The number is text, or the type is a number.
    """
    for name, value, wrong, example in (
        ("instance_count", count, (str, bytes, float, bool), "1"),
        ("instance_type", instance_type, (int, float, bytes), "'ml.m5.large'"),
    ):
        if isinstance(value, wrong):
            raise TypeError(f"`{name}` cannot be `{value!r}`\nhint: it is given as `{name}={example}`.")


def not_built(what: str, given: Mapping[str, Any]) -> None:
    """Refuse arguments whose effect is not built yet.

    Raises:
        NotImplementedError: One of them is given.
    """
    for name, value in given.items():
        if value:
            raise NotImplementedError(f"`{name}` of {what} is not built into Sagewright yet.\nhint: leave it out.")


def refused(what: str, why: str) -> Callable[..., Any]:
    """Return a method that is not built and says why."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"`{what}` is not built into Sagewright: {why}.")

    refuse.__doc__ = f"Not built: {why}."
    refuse.refusal = why  # type: ignore[attr-defined]  # for the compatibility table
    return refuse
