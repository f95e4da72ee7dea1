"""Things of the experiments' service, as objects: their members are attributes in snake case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

Document = dict[str, Any]


class Record:
    """A thing of the service.

    Attributes:
        sagemaker_session: The session it is asked for with.
    """

    def __init__(self, sagemaker_session: Session | None = None, **kwargs: Any) -> None:
        self.sagemaker_session = session_of(sagemaker_session)
        vars(self).update(kwargs)

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if name != "sagemaker_session"}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def _taking(self, answer: Mapping[str, Any]) -> Self:
        """Set the attributes that an answer of the service holds."""
        found = {snake_case(name): value for name, value in answer.items() if name != "ResponseMetadata"}
        vars(self).update({name: value for name, value in found.items() if name not in ("created_by",)})
        return self

    @property
    def _client(self) -> Any:
        return self.sagemaker_session.sagemaker_client


class Summary:
    """What a list tells of a thing."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        vars(self).update({snake_case(name): value for name, value in document.items()})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None  # lists leave out what is not known

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def session_of(session: Session | None) -> Session:
    """Return a session, or a new one for None."""
    if session is not None:
        return session
    from sagewright.session import Session

    return Session()


def made_or_loaded(make: Callable[[], Any], load: Callable[[], Any]) -> tuple[Any, bool]:
    """Return a new thing, or the one that there is already; and whether there was one."""
    from botocore.exceptions import ClientError

    try:
        return make(), False
    except ClientError as error:
        if not already_exists(error):
            raise
        return load(), True


def already_exists(error: Any) -> bool:
    """Tell whether the service refuses to make what there is already."""
    found = error.response["Error"]
    return found["Code"] == "ValidationException" and "already exists" in found["Message"]


def pages(operation: Callable[..., Any], items: str, **conditions: Any) -> Iterator[Document]:
    """Return the documents of all pages of a list; conditions that are None are left out."""
    asked = given(**conditions)
    while True:
        answer = operation(**asked)
        yield from answer.get(items, ())
        if not answer.get("NextToken"):
            return
        asked["NextToken"] = answer["NextToken"]


def given(**members: Any) -> Document:
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def snake_case(name: str) -> str:
    """Return `TrialName` as `trial_name`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])", "_", name).lower()
