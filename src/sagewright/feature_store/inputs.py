"""What requests of the feature store are made of."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sagewright.arguments import suggests
from sagewright.feature_store.configs import Config, Document, word_of

__all__ = [
    "Config",
    "DataCatalogConfig",
    "DeletionModeEnum",
    "ExpirationTimeResponseEnum",
    "FeatureParameter",
    "FeatureValue",
    "Filter",
    "FilterOperatorEnum",
    "Identifier",
    "OfflineStoreConfig",
    "OnlineStoreConfig",
    "OnlineStoreConfigUpdate",
    "OnlineStoreSecurityConfig",
    "OnlineStoreStorageTypeEnum",
    "ResourceEnum",
    "S3StorageConfig",
    "SearchOperatorEnum",
    "SortOrderEnum",
    "TableFormatEnum",
    "TargetStoreEnum",
    "ThroughputConfig",
    "ThroughputConfigUpdate",
    "ThroughputModeEnum",
    "TtlDuration",
]


class _Word(Enum):
    """A word that is written as it is."""

    def __str__(self) -> str:
        return str(self.value)


class TargetStoreEnum(Enum):
    """A store that a record goes to."""

    ONLINE_STORE = "OnlineStore"
    OFFLINE_STORE = "OfflineStore"


class OnlineStoreStorageTypeEnum(Enum):
    """What an online store is kept in."""

    STANDARD = "Standard"
    IN_MEMORY = "InMemory"


class TableFormatEnum(Enum):
    """What an offline store's table is."""

    GLUE = "Glue"
    ICEBERG = "Iceberg"


class ResourceEnum(_Word):
    """What is searched for."""

    FEATURE_GROUP = "FeatureGroup"
    FEATURE_METADATA = "FeatureMetadata"


class SearchOperatorEnum(_Word):
    """Whether all filters have to hold or one."""

    AND = "And"
    OR = "Or"


class SortOrderEnum(_Word):
    """The order of what is found."""

    ASCENDING = "Ascending"
    DESCENDING = "Descending"


class FilterOperatorEnum(_Word):
    """How a filter compares."""

    EQUALS = "Equals"
    NOT_EQUALS = "NotEquals"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL_TO = "GreaterThanOrEqualTo"
    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL_TO = "LessThanOrEqualTo"
    CONTAINS = "Contains"
    EXISTS = "Exists"
    NOT_EXISTS = "NotExists"
    IN = "In"


class DeletionModeEnum(Enum):
    """Whether a record's features are forgotten, or the record itself."""

    SOFT_DELETE = "SoftDelete"
    HARD_DELETE = "HardDelete"


class ExpirationTimeResponseEnum(Enum):
    """Whether an answer tells when a record expires."""

    DISABLED = "Disabled"
    ENABLED = "Enabled"


class ThroughputModeEnum(Enum):
    """How a group's capacity is paid for."""

    ON_DEMAND = "OnDemand"
    PROVISIONED = "Provisioned"


@suggests
class OnlineStoreSecurityConfig(Config):
    """The key that an online store is encrypted with."""

    def __init__(self, kms_key_id: Any = "") -> None:
        self.kms_key_id = kms_key_id

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(KmsKeyId=self.kms_key_id)


@suggests
class TtlDuration(Config):
    """How long records live.

    Args:
        unit: `Seconds`, `Minutes`, `Hours`, `Days` or `Weeks`.
    """

    def __init__(self, unit: Any, value: Any) -> None:
        self.unit, self.value = unit, value

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(Unit=self.unit, Value=self.value)


@suggests
class OnlineStoreConfig(Config):
    """An online store."""

    def __init__(
        self,
        enable_online_store: Any = True,
        online_store_security_config: OnlineStoreSecurityConfig | None = None,
        ttl_duration: TtlDuration | None = None,
        storage_type: OnlineStoreStorageTypeEnum | None = None,
    ) -> None:
        self.enable_online_store, self.ttl_duration = enable_online_store, ttl_duration
        self.online_store_security_config, self.storage_type = online_store_security_config, storage_type

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(
            EnableOnlineStore=self.enable_online_store,
            SecurityConfig=self.online_store_security_config,
            TtlDuration=self.ttl_duration,
            StorageType=word_of(self.storage_type),
        )


@suggests
class OnlineStoreConfigUpdate(Config):
    """A change of an online store."""

    def __init__(self, ttl_duration: TtlDuration | None = None) -> None:
        self.ttl_duration = ttl_duration

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(TtlDuration=self.ttl_duration)


@suggests
class S3StorageConfig(Config):
    """Where an offline store lies."""

    def __init__(self, s3_uri: Any, kms_key_id: Any = None) -> None:
        self.s3_uri, self.kms_key_id = s3_uri, kms_key_id

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(S3Uri=self.s3_uri, KmsKeyId=self.kms_key_id)


@suggests
class DataCatalogConfig(Config):
    """The table of an offline store."""

    def __init__(self, table_name: Any = "", catalog: Any = "", database: Any = "") -> None:
        self.table_name, self.catalog, self.database = table_name, catalog, database

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(TableName=self.table_name, Catalog=self.catalog, Database=self.database)


@suggests
class OfflineStoreConfig(Config):
    """An offline store."""

    def __init__(
        self,
        s3_storage_config: S3StorageConfig,
        disable_glue_table_creation: Any = False,
        data_catalog_config: DataCatalogConfig | None = None,
        table_format: TableFormatEnum | None = None,
    ) -> None:
        self.s3_storage_config, self.disable_glue_table_creation = s3_storage_config, disable_glue_table_creation
        self.data_catalog_config, self.table_format = data_catalog_config, table_format

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(
            DisableGlueTableCreation=self.disable_glue_table_creation,
            S3StorageConfig=self.s3_storage_config,
            DataCatalogConfig=self.data_catalog_config,
            TableFormat=word_of(self.table_format),
        )


@suggests
class FeatureValue(Config):
    """A feature of a record: one value, or the list of a collection's."""

    def __init__(
        self,
        feature_name: str | None = None,
        value_as_string: str | None = None,
        value_as_string_list: list[Any] | None = None,
    ) -> None:
        self.feature_name, self.value_as_string = feature_name, value_as_string
        self.value_as_string_list = value_as_string_list

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(
            FeatureName=self.feature_name,
            ValueAsString=self.value_as_string,
            ValueAsStringList=self.value_as_string_list,
        )


@suggests
class FeatureParameter(Config):
    """A word about a feature."""

    def __init__(self, key: str | None = None, value: str | None = None) -> None:
        self.key, self.value = key, value

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(Key=self.key, Value=self.value)


@suggests
class Filter(Config):
    """What is searched for."""

    def __init__(self, name: str, value: str, operator: FilterOperatorEnum | None = None) -> None:
        self.name, self.value, self.operator = name, value, operator

    def to_dict(self) -> Document:
        """Return the document of a request."""
        operator = None if not self.operator else str(self.operator)
        return self.construct_dict(Name=self.name, Value=self.value, Operator=operator)


@suggests
class Identifier(Config):
    """Records of a group."""

    def __init__(
        self,
        feature_group_name: str,
        record_identifiers_value_as_string: list[str],
        feature_names: list[str] | None = None,
    ) -> None:
        self.feature_group_name, self.feature_names = feature_group_name, feature_names
        self.record_identifiers_value_as_string = record_identifiers_value_as_string

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(
            FeatureGroupName=self.feature_group_name,
            RecordIdentifiersValueAsString=self.record_identifiers_value_as_string,
            FeatureNames=self.feature_names or None,
        )


@suggests
class ThroughputConfig(Config):
    """A group's capacity, in units a second."""

    def __init__(
        self,
        mode: ThroughputModeEnum | None = None,
        provisioned_read_capacity_units: int | None = None,
        provisioned_write_capacity_units: int | None = None,
    ) -> None:
        self.mode, self.provisioned_read_capacity_units = mode, provisioned_read_capacity_units
        self.provisioned_write_capacity_units = provisioned_write_capacity_units

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(
            ThroughputMode=word_of(self.mode),
            ProvisionedReadCapacityUnits=self.provisioned_read_capacity_units,
            ProvisionedWriteCapacityUnits=self.provisioned_write_capacity_units,
        )


class ThroughputConfigUpdate(ThroughputConfig):
    """A change of a group's capacity."""
