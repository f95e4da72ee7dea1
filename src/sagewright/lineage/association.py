"""That something was made of something (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggesting
from sagewright.lineage._api_types import AssociationSummary
from sagewright.lineage.records import Record
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")


class Association(Record):
    """That something was made of something.

    Example:
        >>> from sagewright.lineage.association import Association
        >>> made = Association(source_arn="arn:data", destination_arn="arn:model")
    """

    ARN, KIND = "source_arn", "association"
    SUMMARY = AssociationSummary

    source_arn: str
    destination_arn: str
    association_type: str | None

    def delete(self, disassociate: bool = False) -> None:
        """Delete it; the things themselves stay."""
        self._ask("delete_association", ["source_arn", "destination_arn"])

    def set_tag(self, tag: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Add a tag to the source."""
        logger.warning("set_tag on Association is deprecated. Use set_tag on the source or destination entity instead.")
        return super().set_tag(tag)

    def set_tags(self, tags: Tags = None) -> list[dict[str, Any]]:
        """Add tags to the source."""
        logger.warning(
            "set_tags on Association is deprecated. Use set_tags on the source or destination entity instead."
        )
        return super().set_tags(tags)

    @classmethod
    @suggesting
    def create(
        cls,
        source_arn: str,
        destination_arn: str,
        association_type: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Association:
        """Associate two things.

        Args:
            association_type: `ContributedTo`, `AssociatedWith`, `DerivedFrom`, `Produced` or `SameAs`.
        """
        return cls._asked(
            "add_association",
            sagemaker_session,
            source_arn=source_arn,
            destination_arn=destination_arn,
            association_type=association_type,
        )

    @classmethod
    @suggesting
    def list(
        cls,
        source_arn: str | None = None,
        destination_arn: str | None = None,
        source_type: str | None = None,
        destination_type: str | None = None,
        association_type: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Iterator[AssociationSummary]:
        """Yield associations, page by page."""
        return cls._listed(
            sagemaker_session,
            source_arn=source_arn,
            destination_arn=destination_arn,
            source_type=source_type,
            destination_type=destination_type,
            association_type=association_type,
            created_after=created_after,
            created_before=created_before,
            sort_by=sort_by,
            sort_order=sort_order,
            max_results=max_results,
            next_token=next_token,
        )
