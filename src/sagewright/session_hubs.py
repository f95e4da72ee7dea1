"""What a session can be asked of hubs, which hold models to choose from, and of Amazon's MLflow servers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sagewright.arguments import suggests
from sagewright.requests.documents import given
from sagewright.sending import Sending

Document = dict[str, Any]
Time = datetime | str | None


@suggests
class HubCalls(Sending):
    """The part of `Session` that concerns hubs and MLflow servers, which are Amazon's: on the target `aws` only."""

    def create_hub(
        self,
        hub_name: str,
        hub_description: str,
        hub_display_name: str | None = None,
        hub_search_keywords: Sequence[str] | None = None,
        s3_storage_config: Document | None = None,
        tags: Sequence[Document] | None = None,
    ) -> Document:
        """Create a hub; return `CreateHub`'s answer.

        Args:
            hub_display_name: None: its name.
            s3_storage_config: `{"S3OutputPath"}`: where what it holds lies.
        """
        request = _given(HubSearchKeywords=hub_search_keywords, S3StorageConfig=s3_storage_config, Tags=tags)
        shown = hub_display_name or hub_name
        named = {"HubName": hub_name, "HubDescription": hub_description, "HubDisplayName": shown}
        return dict(self._send("create_hub", {**named, **request}))

    def describe_hub(self, hub_name: str) -> Document:
        """Return `DescribeHub`'s answer."""
        return dict(self.sagemaker_client.describe_hub(HubName=hub_name))

    def list_hubs(
        self,
        creation_time_after: Time = None,
        creation_time_before: Time = None,
        max_results: int | None = None,
        max_schema_version: str | None = None,
        name_contains: str | None = None,
        next_token: str | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
    ) -> Document:
        """Return a page of the hubs, `ListHubs`' answer."""
        request = _given(
            CreationTimeAfter=creation_time_after,
            CreationTimeBefore=creation_time_before,
            MaxResults=max_results,
            MaxSchemaVersion=max_schema_version,
            NameContains=name_contains,
            NextToken=next_token,
            SortBy=sort_by,
            SortOrder=sort_order,
        )
        return dict(self.sagemaker_client.list_hubs(**request))

    def list_hub_contents(
        self,
        hub_name: str,
        hub_content_type: str,
        creation_time_after: Time = None,
        creation_time_before: Time = None,
        max_results: int | None = None,
        max_schema_version: str | None = None,
        name_contains: str | None = None,
        next_token: str | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
    ) -> Document:
        """Return a page of what a hub holds, `ListHubContents`' answer.

        Args:
            hub_content_type: `Model`, `ModelReference`, `Notebook`, ...
        """
        request = _given(
            HubName=hub_name,
            HubContentType=hub_content_type,
            CreationTimeAfter=creation_time_after,
            CreationTimeBefore=creation_time_before,
            MaxResults=max_results,
            MaxSchemaVersion=max_schema_version,
            NameContains=name_contains,
            NextToken=next_token,
            SortBy=sort_by,
            SortOrder=sort_order,
        )
        return dict(self.sagemaker_client.list_hub_contents(**request))

    def delete_hub(self, hub_name: str) -> None:
        """Delete a hub, which has to be empty."""
        self.sagemaker_client.delete_hub(HubName=hub_name)

    def create_hub_content_reference(
        self,
        hub_name: str,
        source_hub_content_arn: str,
        hub_content_name: str | None = None,
        min_version: str | None = None,
    ) -> Document:
        """Put a reference to something of Amazon's public hub into a hub; return the answer."""
        request = {"HubName": hub_name, "SageMakerPublicHubContentArn": source_hub_content_arn}
        more = _given(HubContentName=hub_content_name, MinVersion=min_version)
        return dict(self._send("create_hub_content_reference", {**request, **more}))

    def delete_hub_content_reference(self, hub_name: str, hub_content_type: str, hub_content_name: str) -> None:
        """Take a reference out of a hub."""
        self.sagemaker_client.delete_hub_content_reference(
            HubName=hub_name, HubContentType=hub_content_type, HubContentName=hub_content_name
        )

    def describe_hub_content(
        self, hub_content_name: str, hub_content_type: str, hub_name: str, hub_content_version: str | None = None
    ) -> Document:
        """Return `DescribeHubContent`'s answer.

        Args:
            hub_content_version: None: the latest.
        """
        request = {"HubContentName": hub_content_name, "HubContentType": hub_content_type, "HubName": hub_name}
        version = _given(HubContentVersion=hub_content_version)
        return dict(self.sagemaker_client.describe_hub_content(**request, **version))

    def list_hub_content_versions(
        self,
        hub_name: str,
        hub_content_type: str,
        hub_content_name: str,
        min_version: str | None = None,
        max_schema_version: str | None = None,
        creation_time_after: Time = None,
        creation_time_before: Time = None,
        max_results: int | None = None,
        next_token: str | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
    ) -> Document:
        """Return a page of the versions of something in a hub, `ListHubContentVersions`' answer."""
        request = _given(
            HubName=hub_name,
            HubContentName=hub_content_name,
            HubContentType=hub_content_type,
            MinVersion=min_version,
            CreationTimeAfter=creation_time_after,
            CreationTimeBefore=creation_time_before,
            MaxResults=max_results,
            MaxSchemaVersion=max_schema_version,
            NextToken=next_token,
            SortBy=sort_by,
            SortOrder=sort_order,
        )
        return dict(self.sagemaker_client.list_hub_content_versions(**request))

    def create_presigned_mlflow_tracking_server_url(
        self,
        tracking_server_name: str,
        expires_in_seconds: int | None = None,
        session_expiration_duration_in_seconds: int | None = None,
    ) -> Document:
        """Return the address by which a browser opens an MLflow server of Amazon's, `AuthorizedUrl`."""
        request = given(
            TrackingServerName=tracking_server_name,
            ExpiresInSeconds=expires_in_seconds,
            SessionExpirationDurationInSeconds=session_expiration_duration_in_seconds,
        )
        return dict(self.sagemaker_client.create_presigned_mlflow_tracking_server_url(**request))


def _given(**members: Any) -> Document:
    """Return the members that say something; what is empty does not."""
    return {name: value for name, value in members.items() if value}
