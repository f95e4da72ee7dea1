"""All feature groups of an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.feature_store.configs import word_of
from sagewright.feature_store.dataset_builder import DatasetBuilder, is_frame
from sagewright.feature_store.feature_group import FeatureGroup
from sagewright.feature_store.inputs import Filter, Identifier, ResourceEnum, SearchOperatorEnum, SortOrderEnum

if TYPE_CHECKING:
    from sagewright.session import Session

__all__ = ["DatasetBuilder", "FeatureGroup", "FeatureStore"]


@suggests
class FeatureStore:
    """All feature groups of an account."""

    def __init__(self, sagemaker_session: Session | None = None) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.sagemaker_session = sagemaker_session

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def create_dataset(
        self,
        base: Any,
        output_path: str,
        record_identifier_feature_name: str | None = None,
        event_time_identifier_feature_name: str | None = None,
        included_feature_names: Sequence[str] | None = None,
        kms_key_id: str | None = None,
    ) -> DatasetBuilder:
        """Return what builds a data set of a group, or of a data frame, and others that are joined to it.

        Args:
            base: A `FeatureGroup` or a pandas data frame.
            output_path: The S3 URI below which results go.
            record_identifier_feature_name, event_time_identifier_feature_name: Columns of a data frame.
            included_feature_names: None: all.

        Raises:
            ValueError: The base is a data frame, and its columns are not named.
        """
        names = record_identifier_feature_name, event_time_identifier_feature_name
        if None in names and not isinstance(base, FeatureGroup) and is_frame(base):
            raise ValueError(
                "You must provide a record identifier feature name and an event time identifier feature name if "
                "specify DataFrame as base."
            )
        return DatasetBuilder(self.sagemaker_session, base, output_path, *names, included_feature_names, kms_key_id)

    def list_feature_groups(
        self,
        name_contains: str | None = None,
        feature_group_status_equals: str | None = None,
        offline_store_status_equals: str | None = None,
        creation_time_after: datetime | None = None,
        creation_time_before: datetime | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Any:
        """Return a page of the groups for which all that is given holds."""
        return self.sagemaker_session.list_feature_groups(
            name_contains=name_contains,
            feature_group_status_equals=feature_group_status_equals,
            offline_store_status_equals=offline_store_status_equals,
            creation_time_after=creation_time_after,
            creation_time_before=creation_time_before,
            sort_order=sort_order,
            sort_by=sort_by,
            max_results=max_results,
            next_token=next_token,
        )

    def batch_get_record(self, identifiers: Sequence[Identifier], expiration_time_response: str | None = None) -> Any:
        """Return records of several groups: the service's answer."""
        return self.sagemaker_session.batch_get_record(
            identifiers=[identifier.to_dict() for identifier in identifiers],
            expiration_time_response=word_of(expiration_time_response),
        )

    def search(
        self,
        resource: ResourceEnum,
        filters: Sequence[Filter] | None = None,
        operator: SearchOperatorEnum | None = None,
        sort_by: str | None = None,
        sort_order: SortOrderEnum | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> Any:
        """Return a page of the groups, or of the features, that all filters find, or one does."""
        expression: dict[str, Any] = {}
        if filters:
            expression["Filters"] = [one.to_dict() for one in filters]
        if operator:
            expression["Operator"] = str(operator)
        return self.sagemaker_session.search(
            resource=str(resource),
            search_expression=expression,
            sort_by=sort_by,
            sort_order=str(sort_order) if sort_order else None,
            next_token=next_token,
            max_results=max_results,
        )
