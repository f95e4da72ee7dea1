"""Groups of features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.feature_store.athena import AthenaQuery
from sagewright.feature_store.configs import word_of
from sagewright.feature_store.dtypes import TYPES, definition_of
from sagewright.feature_store.feature_definition import FeatureDefinition, FeatureTypeEnum
from sagewright.feature_store.ingestion import IngestionError, IngestionManagerPandas
from sagewright.feature_store.inputs import (
    DataCatalogConfig,
    DeletionModeEnum,
    FeatureParameter,
    FeatureValue,
    OfflineStoreConfig,
    OnlineStoreConfig,
    OnlineStoreConfigUpdate,
    OnlineStoreSecurityConfig,
    OnlineStoreStorageTypeEnum,
    S3StorageConfig,
    TableFormatEnum,
    TargetStoreEnum,
    ThroughputConfig,
    ThroughputConfigUpdate,
    TtlDuration,
)
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

__all__ = ["AthenaQuery", "FeatureGroup", "IngestionError", "IngestionManagerPandas"]

Document = dict[str, Any]

_DDL_TYPES = {FeatureTypeEnum.INTEGRAL: "INT", FeatureTypeEnum.FRACTIONAL: "FLOAT", FeatureTypeEnum.STRING: "STRING"}
_PARQUET = """ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
  STORED AS
  INPUTFORMAT 'parquet.hive.DeprecatedParquetInputFormat'
  OUTPUTFORMAT 'parquet.hive.DeprecatedParquetOutputFormat'"""


@suggests
class FeatureGroup:
    """A group of features: records that have an identifier and a time.

    Args:
        feature_definitions: Its features; `load_feature_definitions` makes them of a data frame.

    Example:
        >>> import pandas as pd
        >>> from sagewright.feature_store.feature_group import FeatureGroup
        >>> from sagewright.session import Session
        >>> group = FeatureGroup("prices", Session())
        >>> frame = pd.DataFrame({"id": [1], "price": [2.5], "time": [1.7e9]})
        >>> [definition.feature_type.value for definition in group.load_feature_definitions(frame)]
        ['Integral', 'Fractional', 'Fractional']
    """

    DTYPE_TO_FEATURE_DEFINITION_CLS_MAP: ClassVar[dict[str, FeatureTypeEnum]] = dict(TYPES)

    def __init__(
        self,
        name: Any = "",
        sagemaker_session: Session | None = None,
        feature_definitions: Sequence[FeatureDefinition] | None = None,
    ) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.name, self.sagemaker_session = name, sagemaker_session
        self.feature_definitions = [] if feature_definitions is None else feature_definitions

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {len(self.feature_definitions)} features>"

    # The group ------------------------------------------------------------------------------------------------------

    def create(
        self,
        s3_uri: Any,
        record_identifier_name: str,
        event_time_feature_name: str,
        role_arn: str | None = None,
        online_store_kms_key_id: str | None = None,
        enable_online_store: bool = False,
        ttl_duration: TtlDuration | None = None,
        offline_store_kms_key_id: str | None = None,
        disable_glue_table_creation: bool = False,
        data_catalog_config: DataCatalogConfig | None = None,
        description: str | None = None,
        tags: Tags = None,
        table_format: TableFormatEnum | None = None,
        online_store_storage_type: OnlineStoreStorageTypeEnum | None = None,
        throughput_config: ThroughputConfig | None = None,
    ) -> Any:
        """Create the group; return the service's answer.

        Args:
            s3_uri: Where the offline store lies; False: there is none.
            record_identifier_name, event_time_feature_name: The features that tell a record from others, and from its
                older self.

        Raises:
            ValueError: There is no role.
        """
        session = self.sagemaker_session
        role_arn = resolved(role_arn, session, paths.FEATURE_GROUP_ROLE_ARN_PATH)
        if not role_arn:
            raise ValueError("An AWS IAM role is required to create a Feature Group.")
        online = offline = None
        if enable_online_store:
            key = resolved(online_store_kms_key_id, session, paths.FEATURE_GROUP_ONLINE_STORE_KMS_KEY_ID_PATH)
            security = None if key is None else OnlineStoreSecurityConfig(key)
            online = OnlineStoreConfig(enable_online_store, security, ttl_duration, online_store_storage_type).to_dict()
        if s3_uri:
            key = resolved(offline_store_kms_key_id, session, paths.FEATURE_GROUP_OFFLINE_STORE_KMS_KEY_ID_PATH)
            storage = S3StorageConfig(s3_uri, key or None)
            offline = OfflineStoreConfig(
                storage, disable_glue_table_creation, data_catalog_config, table_format
            ).to_dict()
        optional = {
            "online_store_config": online,
            "throughput_config": throughput_config.to_dict() if throughput_config else None,
            "offline_store_config": offline,
        }
        return session.create_feature_group(
            feature_group_name=self.name,
            record_identifier_name=record_identifier_name,
            event_time_feature_name=event_time_feature_name,
            feature_definitions=[definition.to_dict() for definition in self.feature_definitions],
            role_arn=role_arn,
            description=description,
            tags=format_tags(tags),
            **{name: value for name, value in optional.items() if value is not None},
        )

    def delete(self) -> None:
        """Delete the group; what its offline store holds stays."""
        self.sagemaker_session.delete_feature_group(feature_group_name=self.name)

    def describe(self, next_token: str | None = None) -> Any:
        """Return the group's description, a page of its features."""
        return self.sagemaker_session.describe_feature_group(feature_group_name=self.name, next_token=next_token)

    def update(
        self,
        feature_additions: Sequence[FeatureDefinition] | None = None,
        online_store_config: OnlineStoreConfigUpdate | None = None,
        throughput_config: ThroughputConfigUpdate | None = None,
    ) -> Any:
        """Add features, or change how long records live, or the group's capacity."""
        additions = feature_additions
        return self.sagemaker_session.update_feature_group(
            feature_group_name=self.name,
            feature_additions=None if additions is None else [addition.to_dict() for addition in additions],
            online_store_config=None if online_store_config is None else online_store_config.to_dict(),
            throughput_config=None if throughput_config is None else throughput_config.to_dict(),
        )

    def update_feature_metadata(
        self,
        feature_name: str,
        description: str | None = None,
        parameter_additions: Sequence[FeatureParameter] | None = None,
        parameter_removals: Sequence[str] | None = None,
    ) -> Any:
        """Change what is said of a feature."""
        return self.sagemaker_session.update_feature_metadata(
            feature_group_name=self.name,
            feature_name=feature_name,
            description=description,
            parameter_additions=[addition.to_dict() for addition in parameter_additions or ()],
            parameter_removals=list(parameter_removals or ()),
        )

    def describe_feature_metadata(self, feature_name: str) -> Any:
        """Return what is said of a feature."""
        return self.sagemaker_session.describe_feature_metadata(feature_group_name=self.name, feature_name=feature_name)

    def list_tags(self) -> Sequence[Document]:
        """Return the group's tags."""
        return self.sagemaker_session.list_tags(resource_arn=self.describe()["FeatureGroupArn"])

    def list_parameters_for_feature_metadata(self, feature_name: str) -> Any:
        """Return the parameters of a feature: documents with `Key` and `Value`."""
        return self.describe_feature_metadata(feature_name).get("Parameters")

    def load_feature_definitions(
        self, data_frame: Any, online_storage_type: OnlineStoreStorageTypeEnum | None = None
    ) -> Sequence[FeatureDefinition]:
        """Set the group's features to the columns of a data frame; return them.

        Args:
            online_storage_type: `IN_MEMORY`: columns of lists become collections.

        Raises:
            ValueError: A column's type is no feature's.
        """
        self.feature_definitions = [definition_of(data_frame[column], online_storage_type) for column in data_frame]
        return self.feature_definitions

    # Its records ----------------------------------------------------------------------------------------------------

    def get_record(
        self, record_identifier_value_as_string: str, feature_names: Sequence[str] | None = None
    ) -> Sequence[Document] | None:
        """Return a record's features: documents with `FeatureName` and `ValueAsString`; None where there is none."""
        answer = self.sagemaker_session.get_record(
            record_identifier_value_as_string=record_identifier_value_as_string,
            feature_group_name=self.name,
            feature_names=feature_names,
        )
        found: Sequence[Document] | None = answer.get("Record")
        return found

    def put_record(
        self,
        record: Sequence[FeatureValue],
        target_stores: Sequence[TargetStoreEnum] | None = None,
        ttl_duration: TtlDuration | None = None,
    ) -> Any:
        """Store a record."""
        return self.sagemaker_session.put_record(
            feature_group_name=self.name,
            record=[value.to_dict() for value in record],
            target_stores=[word_of(store) for store in target_stores] if target_stores else None,
            ttl_duration=None if ttl_duration is None else ttl_duration.to_dict(),
        )

    def delete_record(
        self,
        record_identifier_value_as_string: str,
        event_time: str,
        deletion_mode: DeletionModeEnum = DeletionModeEnum.SOFT_DELETE,
    ) -> Any:
        """Delete a record as of a time."""
        return self.sagemaker_session.delete_record(
            feature_group_name=self.name,
            record_identifier_value_as_string=record_identifier_value_as_string,
            event_time=event_time,
            deletion_mode=word_of(deletion_mode),
        )

    def ingest(
        self,
        data_frame: Any,
        target_stores: Sequence[TargetStoreEnum] | None = None,
        max_workers: int = 1,
        max_processes: int = 1,
        wait: bool = True,
        timeout: Any = None,
        profile_name: str | None = None,
    ) -> IngestionManagerPandas:
        """Store every row of a data frame as a record; what is missing in a row is left out of its record.

        Args:
            max_workers: Threads in each process.
            max_processes: Processes beside this one, if more than 1.
            timeout: Seconds to wait.
            profile_name: Of the credentials that more than one worker takes.

        Returns:
            What tells how far it is, and which rows failed.

        Raises:
            RuntimeError: There are no workers.
            IngestionError: Some rows could not be stored.
        """
        if max_processes <= 0:
            raise RuntimeError("max_processes must be greater than 0.")
        if max_workers <= 0:
            raise RuntimeError("max_workers must be greater than 0.")
        session = self.sagemaker_session
        own_profile = session.boto_session.profile_name
        if profile_name is None and own_profile != "default":
            profile_name = own_profile
        manager = IngestionManagerPandas(
            feature_group_name=self.name,
            feature_definitions={one["FeatureName"]: one for one in self.describe()["FeatureDefinitions"]},
            sagemaker_session=session,
            sagemaker_fs_runtime_client_config=session.sagemaker_featurestore_runtime_client.meta.config,
            max_workers=max_workers,
            max_processes=max_processes,
            profile_name=profile_name,
        )
        manager.run(data_frame=data_frame, target_stores=target_stores, wait=wait, timeout=timeout)
        return manager

    # Its offline store -----------------------------------------------------------------------------------------------

    def athena_query(self) -> AthenaQuery:
        """Return what runs queries over the offline store.

        Raises:
            RuntimeError: The group has no table.
        """
        catalog = self.describe().get("OfflineStoreConfig", {}).get("DataCatalogConfig")
        if not catalog:
            raise RuntimeError("No metastore is configured with this feature group.")
        is_own = catalog.get("DisableGlueTableCreation", False)
        return AthenaQuery(
            catalog=catalog["Catalog"] if is_own else "AwsDataCatalog",
            database=catalog["Database"],
            table_name=catalog["TableName"],
            sagemaker_session=self.sagemaker_session,
        )

    def as_hive_ddl(self, database: str = "sagemaker_featurestore", table_name: str | None = None) -> str:
        """Return the statement that makes a Hive table of the offline store.

        Args:
            table_name: None: the group's name.
        """
        location = self.describe()["OfflineStoreConfig"]["S3StorageConfig"].get("ResolvedOutputS3Uri")
        features = [f"{one.feature_name} {_DDL_TYPES.get(one.feature_type)}" for one in self.feature_definitions]
        columns = [*features, "write_time TIMESTAMP", "event_time TIMESTAMP", "is_deleted BOOLEAN"]
        lines = "".join(f"  {column}\n" for column in columns)
        head = f"CREATE EXTERNAL TABLE IF NOT EXISTS {database}.{table_name or self.name} (\n"
        return f"{head}{lines})\n{_PARQUET}\nLOCATION '{location}'"
