"""What a session can be asked of the feature store, and of Athena, which reads it (`contract.md` 5.6, 9.2)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright import targets
from sagewright.arguments import suggests
from sagewright.config import values
from sagewright.config.paths import (
    FEATURE_GROUP_OFFLINE_STORE_CONFIG_PATH,
    FEATURE_GROUP_ONLINE_STORE_CONFIG_PATH,
    FEATURE_GROUP_ROLE_ARN_PATH,
)
from sagewright.following import Pace
from sagewright.requests.feature_store import feature_group_request, query_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class FeatureCalls(Sending):
    """The part of `Session` that concerns the feature store."""

    sagemaker_featurestore_runtime_client: Any
    s3_client: Any
    boto_session: Any

    def create_feature_group(
        self,
        feature_group_name: str,
        record_identifier_name: str,
        event_time_feature_name: str,
        feature_definitions: Sequence[Document],
        role_arn: str | None = None,
        online_store_config: Document | None = None,
        offline_store_config: Document | None = None,
        throughput_config: Document | None = None,
        description: str | None = None,
        tags: Tags = None,
    ) -> Document:
        """Create a feature group of documents: each argument is a member of `CreateFeatureGroup`."""
        online = values.filled(online_store_config, self, FEATURE_GROUP_ONLINE_STORE_CONFIG_PATH)
        request = feature_group_request(
            feature_group_name,
            record_identifier_name,
            event_time_feature_name,
            feature_definitions,
            values.resolved(role_arn, self, FEATURE_GROUP_ROLE_ARN_PATH),
            online_store_config=None if online is None else {**online, "EnableOnlineStore": True},
            offline_store_config=values.filled(offline_store_config, self, FEATURE_GROUP_OFFLINE_STORE_CONFIG_PATH),
            throughput_config=throughput_config,
            description=description,
            tags=values.with_tags(format_tags(tags), self, "SageMaker.FeatureGroup.Tags"),
        )
        targets.announce(cast("Session", self)._place())
        return self._send("create_feature_group", request)

    def delete_feature_group(self, feature_group_name: str) -> None:
        """Delete a feature group; what its offline store holds stays."""
        self.sagemaker_client.delete_feature_group(FeatureGroupName=feature_group_name)

    def describe_feature_group(self, feature_group_name: str, next_token: str | None = None) -> Any:
        """Return `DescribeFeatureGroup`'s answer."""
        return self.sagemaker_client.describe_feature_group(
            FeatureGroupName=feature_group_name, **_given(NextToken=next_token)
        )

    def update_feature_group(
        self,
        feature_group_name: str,
        feature_additions: Sequence[Document] | None = None,
        online_store_config: Document | None = None,
        throughput_config: Document | None = None,
    ) -> Any:
        """Add features to a group, or change how long its records live, or its capacity."""
        changes = _given(
            OnlineStoreConfig=online_store_config,
            ThroughputConfig=throughput_config,
            FeatureAdditions=feature_additions,
        )
        return self.sagemaker_client.update_feature_group(FeatureGroupName=feature_group_name, **changes)

    def list_feature_groups(
        self,
        name_contains: Any,
        feature_group_status_equals: Any,
        offline_store_status_equals: Any,
        creation_time_after: Any,
        creation_time_before: Any,
        sort_order: Any,
        sort_by: Any,
        max_results: Any,
        next_token: Any,
    ) -> Any:
        """Return a page of `ListFeatureGroups`' answer; None leaves a condition out."""
        conditions = _given(
            NameContains=name_contains,
            FeatureGroupStatusEquals=feature_group_status_equals,
            OfflineStoreStatusEquals=offline_store_status_equals,
            CreationTimeAfter=creation_time_after,
            CreationTimeBefore=creation_time_before,
            SortOrder=sort_order,
            SortBy=sort_by,
            MaxResults=max_results,
            NextToken=next_token,
        )
        return self.sagemaker_client.list_feature_groups(**conditions)

    def update_feature_metadata(
        self,
        feature_group_name: str,
        feature_name: str,
        description: str | None = None,
        parameter_additions: Sequence[Document] | None = None,
        parameter_removals: Sequence[str] | None = None,
    ) -> Any:
        """Change what is said of a feature."""
        changes = _given(
            Description=description, ParameterAdditions=parameter_additions, ParameterRemovals=parameter_removals
        )
        return self.sagemaker_client.update_feature_metadata(
            FeatureGroupName=feature_group_name, FeatureName=feature_name, **changes
        )

    def describe_feature_metadata(self, feature_group_name: str, feature_name: str) -> Any:
        """Return `DescribeFeatureMetadata`'s answer."""
        return self.sagemaker_client.describe_feature_metadata(
            FeatureGroupName=feature_group_name, FeatureName=feature_name
        )

    def search(
        self,
        resource: str,
        search_expression: Document | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> Any:
        """Return a page of `Search`'s answer."""
        conditions = _given(
            SearchExpression=search_expression or None,
            SortBy=sort_by or None,
            SortOrder=sort_order or None,
            NextToken=next_token or None,
            MaxResults=max_results or None,
        )
        return self.sagemaker_client.search(Resource=resource, **conditions)

    # Records --------------------------------------------------------------------------------------------------------

    def put_record(
        self,
        feature_group_name: str,
        record: Sequence[Document],
        target_stores: Sequence[str] | None = None,
        ttl_duration: Document | None = None,
    ) -> Any:
        """Store a record."""
        optional = _given(TtlDuration=ttl_duration or None, TargetStores=target_stores or None)
        return self.sagemaker_featurestore_runtime_client.put_record(
            FeatureGroupName=feature_group_name, Record=record, **optional
        )

    def get_record(
        self,
        record_identifier_value_as_string: str,
        feature_group_name: str,
        feature_names: Sequence[str] | None,
        expiration_time_response: str | None = None,
    ) -> Any:
        """Return `GetRecord`'s answer, which has no `Record` where there is none."""
        optional = _given(ExpirationTimeResponse=expiration_time_response or None, FeatureNames=feature_names or None)
        return self.sagemaker_featurestore_runtime_client.get_record(
            FeatureGroupName=feature_group_name,
            RecordIdentifierValueAsString=record_identifier_value_as_string,
            **optional,
        )

    def delete_record(
        self,
        feature_group_name: str,
        record_identifier_value_as_string: str,
        event_time: str,
        deletion_mode: str | None = None,
    ) -> Any:
        """Delete a record as of a time."""
        return self.sagemaker_featurestore_runtime_client.delete_record(
            FeatureGroupName=feature_group_name,
            RecordIdentifierValueAsString=record_identifier_value_as_string,
            EventTime=event_time,
            **_given(DeletionMode=deletion_mode),
        )

    def batch_get_record(self, identifiers: Sequence[Document], expiration_time_response: str | None = None) -> Any:
        """Return `BatchGetRecord`'s answer."""
        return self.sagemaker_featurestore_runtime_client.batch_get_record(
            Identifiers=identifiers, **_given(ExpirationTimeResponse=expiration_time_response or None)
        )

    # Queries --------------------------------------------------------------------------------------------------------

    def start_query_execution(
        self,
        catalog: str,
        database: str,
        query_string: str,
        output_location: str,
        kms_key: str | None = None,
        workgroup: str | None = None,
    ) -> Any:
        """Start a query of Athena's; return its answer, which names the query."""
        request = query_request(catalog, database, query_string, output_location, kms_key, workgroup)
        return self._athena().start_query_execution(**request)

    def get_query_execution(self, query_execution_id: str) -> Any:
        """Return what Athena knows of a query."""
        return self._athena().get_query_execution(QueryExecutionId=query_execution_id)

    def wait_for_athena_query(self, query_execution_id: str, poll: float = 5) -> None:
        """Wait for a query's end, and say in the log how it has ended.

        Args:
            poll: Seconds between two looks at most.
        """
        pace = Pace(poll)
        while (state := self._query_state(query_execution_id)) not in ("SUCCEEDED", "FAILED", "CANCELLED"):
            logger.info("Query %s is being executed.", query_execution_id)
            pace.wait()
        if state == "SUCCEEDED":
            logger.info("Query %s successfully executed.", query_execution_id)
        else:
            logger.error("Failed to execute query %s.", query_execution_id)

    def download_athena_query_result(self, bucket: str, prefix: str, query_execution_id: str, filename: str) -> None:
        """Download a query's result, a CSV file."""
        self.s3_client.download_file(Bucket=bucket, Key=f"{prefix}/{query_execution_id}.csv", Filename=filename)

    def _query_state(self, query_execution_id: str) -> str:
        answer = self.get_query_execution(query_execution_id=query_execution_id)
        return str(answer["QueryExecution"]["Status"]["State"])

    def _athena(self) -> Any:
        return self.boto_session.client("athena", region_name=cast("Session", self).boto_region_name)


def _given(**members: Any) -> Document:
    return {name: value for name, value in members.items() if value is not None}
