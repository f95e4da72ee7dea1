"""The requests of the feature store, and of the queries that read it (`contract.md` 5.1, 5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]


def feature_group_request(
    name: str,
    record_identifier: str,
    event_time: str,
    feature_definitions: Sequence[Document],
    role_arn: str | None,
    *,
    online_store_config: Document | None = None,
    offline_store_config: Document | None = None,
    throughput_config: Document | None = None,
    description: str | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateFeatureGroup`.

    Args:
        record_identifier, event_time: The features that tell a record from others, and from its older self.
    """
    request: Document = {
        "FeatureGroupName": name,
        "RecordIdentifierFeatureName": record_identifier,
        "EventTimeFeatureName": event_time,
        "FeatureDefinitions": feature_definitions,
        "RoleArn": role_arn,
    }
    optional = {
        "OnlineStoreConfig": online_store_config,
        "OfflineStoreConfig": offline_store_config,
        "ThroughputConfig": throughput_config,
        "Description": description,
        "Tags": tags,
    }
    return {**request, **{name: value for name, value in optional.items() if value is not None}}


def query_request(
    catalog: str, database: str, query: str, output_location: str, kms_key: str | None, workgroup: str | None
) -> Document:
    """Return the document of Athena's `StartQueryExecution`."""
    result: Document = {"OutputLocation": output_location}
    if kms_key:
        result["EncryptionConfiguration"] = {"EncryptionOption": "SSE_KMS", "KmsKey": kms_key}
    request: Document = {
        "QueryString": query,
        "QueryExecutionContext": {"Catalog": catalog, "Database": database},
        "ResultConfiguration": result,
    }
    return {**request, "WorkGroup": workgroup} if workgroup else request
