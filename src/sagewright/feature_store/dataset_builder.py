"""Data sets of several feature groups, read from their offline stores."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.feature_store.dtypes import TYPES
from sagewright.feature_store.feature_definition import FeatureDefinition, FeatureTypeEnum
from sagewright.feature_store.feature_group import FeatureGroup
from sagewright.feature_store.queries import (
    FeatureGroupToBeMerged,
    JoinComparatorEnum,
    JoinTypeEnum,
    Question,
    TableType,
    check,
    data_set,
    temporary_table,
)
from sagewright.s3 import S3Downloader, S3Uploader, s3_path_join
from sagewright.vocabulary.names import unique_name_from_base

if TYPE_CHECKING:
    from sagewright.session import Session

__all__ = [
    "DatasetBuilder",
    "FeatureGroupToBeMerged",
    "JoinComparatorEnum",
    "JoinTypeEnum",
    "TableType",
    "construct_feature_group_to_be_merged",
]

Document = dict[str, Any]

CATALOG, DATABASE = "AwsDataCatalog", "sagemaker_featurestore"
_COLUMN_TYPES: Mapping[str, str] = {
    "object": "STRING",
    "str": "STRING",
    "int64": "INT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "datetime64[ns]": "TIMESTAMP",
}


def construct_feature_group_to_be_merged(
    target_feature_group: FeatureGroup,
    included_feature_names: Sequence[str] | None,
    target_feature_name_in_base: str | None = None,
    feature_name_in_target: str | None = None,
    join_comparator: JoinComparatorEnum = JoinComparatorEnum.EQUALS,
    join_type: JoinTypeEnum = JoinTypeEnum.INNER_JOIN,
) -> FeatureGroupToBeMerged:
    """Return the table of a feature group, as its description tells it.

    Raises:
        RuntimeError: It has none.
        ValueError: A feature is not there.
    """
    group = target_feature_group.describe()
    catalog = group.get("OfflineStoreConfig", {}).get("DataCatalogConfig")
    if not catalog:
        raise RuntimeError(f"No metastore is configured with FeatureGroup {target_feature_group.name}.")
    types = {one["FeatureName"]: one["FeatureType"] for one in group.get("FeatureDefinitions", ())}
    named = [*([] if feature_name_in_target is None else [feature_name_in_target]), *(included_feature_names or ())]
    for name in named:
        if name not in types:
            raise ValueError(f"Feature {name} not found in FeatureGroup {target_feature_group.name}")
    identifier, time = group["RecordIdentifierFeatureName"], group["EventTimeFeatureName"]
    projected = list(included_feature_names or types)
    return FeatureGroupToBeMerged(
        list(types),
        [*projected, *(name for name in (identifier, time) if name not in projected)],
        projected,
        catalog.get("Catalog") if group.get("DisableGlueTableCreation", False) else CATALOG,
        catalog.get("Database"),
        catalog.get("TableName"),
        identifier,
        FeatureDefinition(time, FeatureTypeEnum(types.get(time))),
        target_feature_name_in_base,
        TableType.FEATURE_GROUP,
        feature_name_in_target,
        join_comparator,
        join_type,
    )


@suggests
class DatasetBuilder:
    """Builds a data set of a feature group or a data frame and of groups that are joined to it.

    `FeatureStore.create_dataset` makes it. Its methods say what the data set is to hold, and return it; `to_csv_file`
    and `to_dataframe` read it.
    """

    def __init__(
        self,
        sagemaker_session: Session,
        base: Any,
        output_path: str,
        record_identifier_feature_name: str | None = None,
        event_time_identifier_feature_name: str | None = None,
        included_feature_names: Sequence[str] | None = None,
        kms_key_id: str | None = None,
        event_time_identifier_feature_type: FeatureTypeEnum | None = None,
    ) -> None:
        self._sagemaker_session, self._base, self._output_path = sagemaker_session, base, output_path
        self._record_identifier_feature_name = record_identifier_feature_name
        self._event_time_identifier_feature_name = event_time_identifier_feature_name
        self._event_time_identifier_feature_type = event_time_identifier_feature_type
        self._included_feature_names, self._kms_key_id = included_feature_names, kms_key_id
        self._feature_groups_to_be_merged: list[FeatureGroupToBeMerged] = []
        self._wanted: Document = {}  # members of `Question`

    def __repr__(self) -> str:
        base = self._base.name if isinstance(self._base, FeatureGroup) else type(self._base).__name__
        return f"<{type(self).__name__} of {base} and {len(self._feature_groups_to_be_merged)} more>"

    def with_feature_group(
        self,
        feature_group: FeatureGroup,
        target_feature_name_in_base: str | None = None,
        included_feature_names: Sequence[str] | None = None,
        feature_name_in_target: str | None = None,
        join_comparator: JoinComparatorEnum = JoinComparatorEnum.EQUALS,
        join_type: JoinTypeEnum = JoinTypeEnum.INNER_JOIN,
    ) -> DatasetBuilder:
        """Join a group.

        Args:
            target_feature_name_in_base: The feature of the base that is compared; None: its identifier.
            included_feature_names: None: all.
            feature_name_in_target: The group's feature that is compared; None: its identifier.
        """
        table = construct_feature_group_to_be_merged(
            feature_group,
            included_feature_names,
            target_feature_name_in_base,
            feature_name_in_target,
            join_comparator,
            join_type,
        )
        self._feature_groups_to_be_merged.append(table)
        return self

    def point_in_time_accurate_join(self) -> DatasetBuilder:
        """Join only records that are no younger than the base's."""
        return self._want(point_in_time=True)

    def include_duplicated_records(self) -> DatasetBuilder:
        """Keep all rows of a record with the same time."""
        return self._want(duplicated=True)

    def include_deleted_records(self) -> DatasetBuilder:
        """Keep records that were deleted."""
        return self._want(deleted=True)

    def with_number_of_recent_records_by_record_identifier(self, number_of_recent_records: int) -> DatasetBuilder:
        """Keep so many of the latest rows of each record."""
        return self._want(recent=number_of_recent_records)

    def with_number_of_records_from_query_results(self, number_of_records: int) -> DatasetBuilder:
        """Keep so many rows in all."""
        return self._want(limit=number_of_records)

    def as_of(self, timestamp: datetime) -> DatasetBuilder:
        """Read what was stored until then."""
        return self._want(as_of=timestamp)

    def with_event_time_range(
        self, starting_timestamp: datetime | None = None, ending_timestamp: datetime | None = None
    ) -> DatasetBuilder:
        """Read records of a range of event times; None leaves an end open."""
        return self._want(start=starting_timestamp, end=ending_timestamp)

    def to_csv_file(self) -> tuple[str, str]:
        """Read the data set; return the S3 URI of its CSV file, and the statement that was run.

        Raises:
            ValueError: It cannot be asked for so.
            RuntimeError: The query has failed, or a column's type is none of Athena's.
        """
        if isinstance(self._base, FeatureGroup):
            base = construct_feature_group_to_be_merged(self._base, self._included_feature_names)
            self._record_identifier_feature_name = base.record_identifier_feature_name
            self._event_time_identifier_feature_name = base.event_time_identifier_feature.feature_name
            self._event_time_identifier_feature_type = base.event_time_identifier_feature.feature_type
            question = self._question(base)
        elif is_frame(self._base):
            table = f"dataframe_{(name := unique_name_from_base('dataframe-base')).replace('-', '_')}"
            question = self._question(self._frame(table))
            self._upload(name, table)
        else:
            raise ValueError("Base must be either a FeatureGroup or a DataFrame.")
        found = self._run(data_set(question), question.base.catalog, question.base.database)["QueryExecution"]
        return found.get("ResultConfiguration", {}).get("OutputLocation"), found.get("Query")

    def to_dataframe(self) -> tuple[Any, str]:
        """Read the data set; return it as a pandas data frame, and the statement that was run.

        Raises:
            ValueError, RuntimeError: As for `to_csv_file`.
        """
        import pandas as pd

        uri, query = self.to_csv_file()
        with tempfile.TemporaryDirectory() as folder:
            S3Downloader.download(uri, folder, self._kms_key_id, self._sagemaker_session)
            frame = pd.read_csv(os.path.join(folder, uri.rpartition("/")[2]))
        return frame.drop(columns="row_recent", errors="ignore"), query

    def _want(self, **wanted: Any) -> DatasetBuilder:
        self._wanted.update(wanted)
        return self

    def _question(self, base: FeatureGroupToBeMerged) -> Question:
        question = Question(base, self._feature_groups_to_be_merged, **self._wanted)
        check(question)
        return question

    def _frame(self, table: str) -> FeatureGroupToBeMerged:
        """Return the table that is made of the data frame."""
        columns, time = list(self._base.columns), self._event_time_identifier_feature_name
        kind = TYPES.get(str(self._base[time].dtypes))
        self._event_time_identifier_feature_type = kind
        read = list(self._included_feature_names or columns)
        return FeatureGroupToBeMerged(
            columns,
            read,
            read,
            CATALOG,
            DATABASE,
            table,
            str(self._record_identifier_feature_name),
            FeatureDefinition(time, kind or FeatureTypeEnum.STRING),
            None,
            TableType.DATA_FRAME,
        )

    def _upload(self, name: str, table: str) -> None:
        """Store the data frame, and make a table of it."""
        columns = [(column, _column_type(self._base[column])) for column in self._base.columns]
        folder = s3_path_join(self._output_path, name)
        with tempfile.TemporaryDirectory() as local:
            path = os.path.join(local, f"{name}.csv")
            self._base.to_csv(path, index=False, header=False)
            S3Uploader.upload(path, folder, self._kms_key_id, self._sagemaker_session)
        self._run(temporary_table(table, columns, folder), CATALOG, DATABASE)

    def _run(self, query: str, catalog: str, database: str) -> Document:
        """Run a statement to its end; return what Athena knows of it.

        Raises:
            RuntimeError: It has failed.
        """
        session = self._sagemaker_session
        started = session.start_query_execution(
            catalog=catalog,
            database=database,
            query_string=query,
            output_location=self._output_path,
            kms_key=self._kms_key_id,
        )
        query_id = started.get("QueryExecutionId")
        session.wait_for_athena_query(query_execution_id=query_id)
        found: Document = session.get_query_execution(query_execution_id=query_id)
        if found["QueryExecution"].get("Status", {}).get("State") != "SUCCEEDED":
            raise RuntimeError(f"Failed to execute query {query_id}.")
        return found


def is_frame(value: Any) -> bool:
    """Tell whether a value is a pandas data frame."""
    import pandas as pd

    return isinstance(value, pd.DataFrame)


def _column_type(column: Any) -> str:
    dtype = str(column.dtypes)
    if dtype not in _COLUMN_TYPES:
        raise RuntimeError(f"The dataframe type {dtype} is not supported yet.")
    return _COLUMN_TYPES[dtype]
