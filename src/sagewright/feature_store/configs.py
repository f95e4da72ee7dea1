"""The base of the feature store's documents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

Document = dict[str, Any]


class Config(ABC):
    """A document of a request, as an object."""

    @abstractmethod
    def to_dict(self) -> Document:
        """Return the document of a request."""

    @classmethod
    def construct_dict(cls, **kwargs: Any) -> Document:
        """Return members as a document; those that are None are left out."""
        return {
            name: value.to_dict() if isinstance(value, Config) else value
            for name, value in kwargs.items()
            if value is not None
        }

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed, as v2's

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def word_of(value: Any) -> Any:
    """Return the word that an enum's member stands for; what is none is the word itself."""
    return getattr(value, "value", value)
