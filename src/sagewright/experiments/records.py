"""Things of the experiments' service, as objects: their members are attributes in snake case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sagewright.api_object import ApiRecord, snake_case
from sagewright.requests.documents import given

Document = dict[str, Any]


class Record(ApiRecord):
    """A thing of the service."""

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
