"""What the things of lineage have in common: they are made, looked up, changed and deleted by the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.api_object import ApiObject, ApiRecord, camel_case, session_or_new
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

Document = dict[str, Any]
Parts = Mapping[str, type[ApiObject]]


class _Known(ApiObject):
    """Has the attributes that the service gives it; an annotated one of which it has said nothing is None."""

    def __init_subclass__(cls) -> None:
        for name in vars(cls).get("__annotations__", {}):
            if not name.isupper() and name not in vars(cls):
                setattr(cls, name, None)


class Part(_Known):
    """A part of a record."""

    def __init__(self, **kwargs: Any) -> None:
        vars(self).update(kwargs)


class Record(ApiRecord, _Known):
    """Something that the service keeps.

    Attributes:
        ARN: The attribute that holds its ARN.
        NAMED_BY: The attribute that it is looked up and deleted by.
        KIND: As in the service's operations: `artifact`.
        SUMMARY: What a list has for it.
        CHANGED: The attributes that `save` sends.
    """

    ARN: ClassVar[str]
    NAMED_BY: ClassVar[str]
    KIND: ClassVar[str]
    SUMMARY: ClassVar[type[Part]]
    CHANGED: ClassVar[Sequence[str]] = ()

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
            kept: Self = session._create(operation, request, self.with_boto)
            return kept
        return self.with_boto(getattr(session.sagemaker_client, operation)(**request))

    @classmethod
    def _asked(cls, operation: str, session: Session | None, **members: Any) -> Self:
        """Return a record of what the service is asked with and what it answers."""
        return cls(session, **members)._ask(operation, list(members))

    @classmethod
    def _created(cls, session: Session | None, **members: Any) -> Self:
        return cls._asked(f"create_{cls.KIND}", session, **members)

    @classmethod
    def _loaded(cls, session: Session | None, **name: str) -> Self:
        return cls._asked(f"describe_{cls.KIND}", session, **name)

    @classmethod
    def _listed(cls, session: Session | None, **members: Any) -> Iterator[Any]:
        """Yield the summaries of all pages of a list."""
        request, items = cls.to_boto(members), f"{camel_case(cls.KIND)}Summaries"
        ask = getattr(session_or_new(session).sagemaker_client, f"list_{cls.KIND}s")
        while True:
            page = ask(**request)
            for item in page.get(items, ()):
                yield cls.SUMMARY.from_boto(item)
            if not page.get("NextToken"):
                return
            request["NextToken"] = page["NextToken"]


def disassociated(session: Session, **end: str) -> None:
    """Delete all associations that have an end, `source_arn` or `destination_arn`."""
    from sagewright.lineage.association import Association

    for found in Association.list(**end, sagemaker_session=session):  # type: ignore[arg-type]
        Association(session, source_arn=found.source_arn, destination_arn=found.destination_arn).delete()


def name_of(arn: str) -> str:
    """Return the name in an ARN."""
    return arn.split(":", 5)[5].split("/", 1)[1]
