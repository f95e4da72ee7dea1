"""How v2 says that something has gone or has another name (v2's own path)."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

logger = logging.getLogger("sagemaker")

V2_URL = "https://sagemaker.readthedocs.io/en/stable/v2.html"
V3_MIGRATION_URL = "https://github.com/aws/sagemaker-python-sdk/blob/master/migration.md"
SUPPRESS_V2_WARNING_ENV_VAR = "SAGEMAKER_SUPPRESS_V2_WARNING"

Function = TypeVar("Function", bound=Callable[..., Any])


class SageMakerV2DeprecationWarning(FutureWarning):
    """What v2 warns with of its own end. Nothing here does: this package is not at its end."""


def warn_v2_deprecation(
    feature: str | None = None, v3_replacement: str | None = None, v3_import: str | None = None, stacklevel: int = 2
) -> None:
    """Say once for each feature that v2 comes to its end, unless `SAGEMAKER_SUPPRESS_V2_WARNING` is set."""
    if os.environ.get(SUPPRESS_V2_WARNING_ENV_VAR) or feature in _v2_deprecation_warned:
        return
    _v2_deprecation_warned.add(feature)
    text = (
        f"{_end_of(feature, v3_replacement, v3_import)}\nSee {V3_MIGRATION_URL} for the migration guide. "
        f"Set {SUPPRESS_V2_WARNING_ENV_VAR}=1 to silence this warning."
    )
    warnings.warn(text, SageMakerV2DeprecationWarning, stacklevel=stacklevel)
    logger.warning(text)


def removed_warning(phrase: str, sdk_version: str | None = None) -> None:
    """Say that something does nothing any more."""
    _warn(f"{phrase} is a no-op", sdk_version)


def renamed_warning(phrase: str) -> None:
    """Say that something has another name."""
    _warn(f"{phrase} has been renamed")


def deprecation_warn(name: str, date: str, msg: str | None = None) -> None:
    """Say that something will go on a day."""
    _warn(f"{name} will be deprecated on {date}.{msg}")


def deprecation_warn_base(msg: str) -> None:
    """Say what has changed, in words of one's own."""
    _warn(msg)


def deprecation_warning(date: str, msg: str | None = None) -> Callable[[Function], Function]:
    """Return a decorator of functions and classes that will go on a day; they say so when they are called."""
    return _warned(lambda name: deprecation_warn(name, date, msg))


def deprecated(sdk_version: str | None = None) -> Callable[[Function], Function]:
    """Return a decorator of functions and classes that do nothing any more; they say so when they are called."""
    return _warned(lambda name: removed_warning(name, sdk_version))


def renamed_kwargs(old_name: str, new_name: str, value: Any, kwargs: dict[str, Any]) -> Any:
    """Return what is given by an argument's old name, or else `value`; set the new name in `kwargs`."""
    if old_name in kwargs:
        value = kwargs[new_name] = kwargs.get(old_name, value)
        renamed_warning(old_name)
    return value


def removed_arg(name: str, arg: Any) -> None:
    """Say that an argument does nothing any more, where it is given."""
    if arg is not None:
        removed_warning(name)


def removed_kwargs(name: str, kwargs: dict[str, Any]) -> None:
    """Say that an argument does nothing any more, where it is among `kwargs`."""
    if name in kwargs:
        removed_warning(name)


def removed_function(name: str) -> Callable[..., None]:
    """Return what stands for a function that has gone: it says so."""

    def removed(*args: Any, **kwargs: Any) -> None:
        removed_warning(f"The function {name}")

    return removed


def deprecated_function(func: Function, name: str) -> Function:
    """Return a function under an old name: it says so, and does what it did."""

    @wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        renamed_warning(f"The {name}")
        return func(*args, **kwargs)

    return called  # type: ignore[return-value]


def deprecated_serialize(instance: Any, name: str) -> Any:
    """Return a serializer that says that it has another name."""
    instance.serialize = deprecated_function(instance.serialize, name)
    return instance


def deprecated_deserialize(instance: Any, name: str) -> Any:
    """Return a deserializer that says that it has another name."""
    instance.deserialize = deprecated_function(instance.deserialize, name)
    return instance


def deprecated_class(cls: type, name: str) -> type:
    """Return a class under an old name: it says so when it is used."""

    class DeprecatedClass(cls):  # type: ignore[misc]  # a class like any other
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            renamed_warning(f"The class {name}")
            super().__init__(*args, **kwargs)

    return DeprecatedClass


_v2_deprecation_warned: set[str | None] = set()


def _end_of(feature: str | None, replacement: str | None, where: str | None) -> str:
    if feature is None:
        return (
            "You are using the SageMaker Python SDK v2, which is on path of deprecation. v3 is the actively developed "
            "major version."
        )
    text = f"{feature} is part of the SageMaker Python SDK v2, which is on path of deprecation."
    if not replacement:
        return text
    named = replacement if " " in replacement else f"`{replacement}`"
    return f"{text} In v3, use {named}{f' (`{where}`)' if where else ''}."


def _warn(text: str, sdk_version: str | None = None) -> None:
    whole = f"{text} in sagemaker>={sdk_version or '2'}.\nSee: {V2_URL} for details."
    warnings.warn(whole, DeprecationWarning, stacklevel=3)
    logger.warning(whole)


def _warned(say: Callable[[str], None]) -> Callable[[Function], Function]:
    def decorate(decorated: Function) -> Function:
        @wraps(decorated, updated=())
        def called(*args: Any, **kwargs: Any) -> Any:
            say(decorated.__name__)
            return decorated(*args, **kwargs)

        return called  # type: ignore[return-value]

    return decorate
