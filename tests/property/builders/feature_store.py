"""Builders of the feature store."""

from __future__ import annotations

from tests.property.builders.described import Builder

BUILDERS: dict[str, Builder] = {
    "feature_store.feature_group_request": Builder(
        "CreateFeatureGroup",
        {
            "name": "FeatureGroupName",
            "record_identifier": "RecordIdentifierFeatureName",
            "event_time": "EventTimeFeatureName",
            "feature_definitions": "FeatureDefinitions",
            "role_arn": "RoleArn",
            "online_store_config": "OnlineStoreConfig",
            "offline_store_config": "OfflineStoreConfig",
            "throughput_config": "ThroughputConfig",
            "description": "Description",
            "tags": "Tags",
        },
    ),
    "feature_store.query_request": Builder(
        "StartQueryExecution",
        {
            "catalog": "QueryExecutionContext.Catalog",
            "database": "QueryExecutionContext.Database",
            "query": "QueryString",
            "output_location": "ResultConfiguration.OutputLocation",
            "kms_key": "ResultConfiguration.EncryptionConfiguration.KmsKey",
            "workgroup": "WorkGroup",
        },
        service="athena",
    ),
}
