"""What can be asked of the services that group resources: collections of model package groups are such groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.requests.documents import given

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


@suggests
class CollectionCalls:
    """The part of `Session` that concerns groups of resources."""

    def create_group(self, name: str, resource_query: Document, tags: Mapping[str, str]) -> Document:
        """Create a group of the resources that a query finds; return `CreateGroup`'s answer."""
        return dict(_groups(self).create_group(Name=name, ResourceQuery=resource_query, Tags=tags))

    def delete_resource_group(self, group: str) -> Document:
        """Delete a group; its resources stay."""
        return dict(_groups(self).delete_group(Group=group))

    def get_resource_group_query(self, group: str) -> Document:
        """Return the query whose resources a group holds."""
        return dict(_groups(self).get_group_query(Group=group))

    def list_group_resources(self, group: str, filters: Sequence[Document], next_token: str = "") -> Document:
        """Return a page of a group's resources.

        Args:
            filters: `[{"Name": "resource-type", "Values": [...]}]`.
        """
        return dict(_groups(self).list_group_resources(Group=group, Filters=filters, NextToken=next_token))

    def get_tagging_resources(
        self, tag_filters: Sequence[Document], resource_type_filters: Sequence[str]
    ) -> list[Document]:
        """Return all resources of these types with these tags."""
        client = _client(self, "resourcegroupstaggingapi")
        found: list[Document] = []
        token: str | None = None
        while True:
            page = client.get_resources(
                TagFilters=tag_filters, ResourceTypeFilters=resource_type_filters, **given(PaginationToken=token)
            )
            found += page["ResourceTagMappingList"]
            token = page.get("PaginationToken") or None
            if token is None:
                return found


def _groups(session: Any) -> Any:
    return _client(session, "resource-groups")


def _client(session: Any, service: str) -> Any:
    boto_session = cast("Session", session).boto_session
    return boto_session.client(service, region_name=session.boto_region_name)  # type: ignore[call-overload]
