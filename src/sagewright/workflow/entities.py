"""What pipelines are made of (v2's own path)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import EnumMeta
from typing import Any, Union

from sagewright.vocabulary.variables import Expression, PipelineVariable

__all__ = ["DefaultEnumMeta", "Entity", "Expression", "PipelineVariable", "PrimitiveType", "RequestType"]

PrimitiveType = Union[str, int, bool, float, None]  # noqa: UP007 - read by Python 3.10 at import
RequestType = Union[dict[str, Any], list[dict[str, Any]]]  # noqa: UP007


class Entity(ABC):
    """A part of a pipeline's definition."""

    @abstractmethod
    def to_request(self) -> Any:
        """Return what stands for it in the definition."""


class Valued:
    """What is equal when all that it was made of is, and shows it."""

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if other.__class__ is self.__class__ else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # what it is made of may change

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class DefaultEnumMeta(EnumMeta):
    """Makes an enumeration that answers with its first member when it is called with nothing."""

    default = object()

    def __call__(cls, *args: Any, value: Any = default, **kwargs: Any) -> Any:
        if args:
            value, *args = args  # type: ignore[assignment]  # the rest of them
        if value is DefaultEnumMeta.default:
            return next(iter(cls))
        return super().__call__(value, *args, **kwargs)

    factory = __call__
