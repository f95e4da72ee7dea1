"""What the things of lineage have in common: they are made, looked up, changed and deleted by the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.api_object import ApiObject
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

Document = dict[str, Any]
Parts = Mapping[str, type[ApiObject]]


class Part(ApiObject):
    """A part of a record, with whatever attributes the service gives it."""

    def __init__(self, **kwargs: Any) -> None:
        vars(self).update(kwargs)

    def __getattr__(self, name: str) -> Any:
        """Return None for what the service has not said."""
        if name.startswith("__") or name not in _annotated(type(self)):
            raise AttributeError(f"`{type(self).__name__}` has no `{name}`")
        return None


class Record(Part):
    """Something that the service keeps.

    Attributes:
        ARN: The attribute that holds its ARN.
        NAMED_BY: The attribute that it is looked up and deleted by.
        KIND: As in the service's operations: `artifact`.
        CHANGED: The attributes that `save` sends.
    """

    ARN: ClassVar[str]
    NAMED_BY: ClassVar[str]
    KIND: ClassVar[str]
    CHANGED: ClassVar[Sequence[str]] = ()

    sagemaker_session: Session

    def __init__(self, sagemaker_session: Session | None = None, **kwargs: Any) -> None:
        self.sagemaker_session = sagemaker_session or session_or_new(None)
        super().__init__(**kwargs)

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if name != "sagemaker_session"}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def save(self) -> Self:
        """Send what was changed."""
        return self._ask(f"update_{self.KIND}", self.CHANGED)

    def delete(self, disassociate: bool = False) -> None:
        """Delete it.

        Args:
            disassociate: Delete what associates it with others first.
        """
        if disassociate:
            arn = getattr(self, self.ARN)
            disassociated(self.sagemaker_session, source_arn=arn)
            disassociated(self.sagemaker_session, destination_arn=arn)
        self._ask(f"delete_{self.KIND}", [self.NAMED_BY])

    def set_tag(self, tag: Mapping[str, str] | None = None) -> list[Document]:
        """Add a tag: `{"Key", "Value"}`; return all."""
        return self._tag(self.ARN, None if tag is None else [tag])

    def set_tags(self, tags: Tags = None) -> list[Document]:
        """Add tags; return all."""
        return self._tag(self.ARN, tags)

    def _tag(self, arn: str, tags: Tags) -> list[Document]:
        client = self.sagemaker_session.sagemaker_client
        found: list[Document] = client.add_tags(ResourceArn=getattr(self, arn), Tags=format_tags(tags))["Tags"]
        return found

    def _ask(self, operation: str, names: Sequence[str]) -> Self:
        """Ask the service with attributes of these names, and take what it answers."""
        request = self.to_boto({name: vars(self)[name] for name in names if name in vars(self)})
        session = self.sagemaker_session
        if operation.startswith(("create_", "add_")):  # a pipeline's session keeps these
            kept: Self = session._create(operation, request, self._taken)
            return kept
        return self._taken(getattr(session.sagemaker_client, operation)(**request))

    def _taken(self, answer: Document) -> Self:
        known = type(self).from_boto(answer, sagemaker_session=self.sagemaker_session)
        vars(self).update(vars(known))
        return self

    @classmethod
    def _asked(cls, operation: str, session: Session | None, **members: Any) -> Self:
        """Return a record of what the service is asked with and what it answers."""
        return cls(session, **members)._ask(operation, list(members))

    @classmethod
    def _listed(
        cls, operation: str, items: str, kind: type[Part], session: Session | None, **members: Any
    ) -> Iterator[Any]:
        """Yield the items of all pages of a listing."""
        request = cls.to_boto(members)
        ask = getattr(session_or_new(session).sagemaker_client, operation)
        while True:
            page = ask(**request)
            for item in page.get(items, ()):
                yield kind.from_boto(item)
            if not page.get("NextToken"):
                return
            request["NextToken"] = page["NextToken"]


def session_or_new(session: Session | None) -> Session:
    """Return a session; a new one for None."""
    if session is not None:
        return session
    from sagewright.session import Session

    return Session()


def disassociated(session: Session, **end: str) -> None:
    """Delete all associations that have an end, `source_arn` or `destination_arn`."""
    from sagewright.lineage.association import Association

    for found in Association.list(**end, sagemaker_session=session):  # type: ignore[arg-type]
        Association(session, source_arn=found.source_arn, destination_arn=found.destination_arn).delete()


def name_of(arn: str) -> str:
    """Return the name in an ARN."""
    return arn.split(":", 5)[5].split("/", 1)[1]


def _annotated(kind: type) -> set[str]:
    return {name for base in kind.__mro__ for name in vars(base).get("__annotations__", {})}
