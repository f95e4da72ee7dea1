"""Objects that are a part of a request: their attributes are its members, in Python's spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

Document = dict[str, Any]

_WORD = re.compile("(.)([A-Z][a-z]+)")
_END_OF_WORD = re.compile("([a-z0-9])([A-Z])")


class ApiObject:
    """A part of a request.

    Attributes:
        parts: Those attributes that are such objects themselves, with their classes.
    """

    parts: ClassVar[Mapping[str, type[ApiObject]]] = {}

    @classmethod
    def from_boto(cls, boto_dict: Mapping[str, Any] | None, **kwargs: Any) -> Self | None:
        """Return the object of a member as the service has answered it; None for None."""
        if boto_dict is None:
            return None
        members = {snake_case(name): value for name, value in boto_dict.items() if name != "ResponseMetadata"}
        parts = {name: cls.parts[name].from_boto(value) for name, value in members.items() if name in cls.parts}
        return cls(**{**members, **parts, **kwargs})

    @classmethod
    def to_boto(cls, obj: Any) -> Document:
        """Return the member of a request that an object, or a dict of its attributes, stands for."""
        members = _said(obj)
        return {
            camel_case(name): cls.parts[name].to_boto(value) if name in cls.parts else value
            for name, value in members.items()
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and _said(self) == _said(other)

    def __hash__(self) -> int:
        return hash(tuple(sorted(_said(self).items())))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in _said(self).items())
        return f"{type(self).__name__}({given})"


class ApiRecord(ApiObject):
    """Something that the service keeps.

    Attributes:
        sagemaker_session: The session that it is asked for with; None: a new one.
    """

    sagemaker_session: Session

    def __init__(self, sagemaker_session: Session | None = None, **kwargs: Any) -> None:
        self.sagemaker_session = session_or_new(sagemaker_session)
        vars(self).update(kwargs)

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if name != "sagemaker_session"}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def with_boto(self, boto_dict: Mapping[str, Any]) -> Self:
        """Set the attributes that an answer of the service holds; return the record."""
        told = type(self).from_boto(boto_dict, sagemaker_session=self.sagemaker_session)
        vars(self).update(vars(told))
        return self


def session_or_new(session: Session | None) -> Session:
    """Return a session; a new one for None."""
    if session is not None:
        return session
    from sagewright.session import Session

    return Session()


def snake_case(name: str) -> str:
    """Return a member's name as an attribute's: `output_s3_uri` for `OutputS3Uri`."""
    return _END_OF_WORD.sub(r"\1_\2", _WORD.sub(r"\1_\2", name)).lower()


def camel_case(name: str) -> str:
    """Return an attribute's name as a member's: `OutputS3Uri` for `output_s3_uri`."""
    return "".join(word.title() for word in name.split("_"))


def _said(obj: Any) -> Document:
    """Return the attributes of an object, or the items of a dict, that are not None."""
    attributes = obj if isinstance(obj, Mapping) else vars(obj)
    return {name: value for name, value in attributes.items() if value is not None}
