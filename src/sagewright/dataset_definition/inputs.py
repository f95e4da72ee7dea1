"""Objects in S3, and the answers of databases, as inputs of processing jobs (`contract.md` 3.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from sagewright.api_object import ApiObject
from sagewright.arguments import nearest_of, suggests
from sagewright.choices import check_choice

if TYPE_CHECKING:
    from typing import Any


@suggests
class RedshiftDatasetDefinition(ApiObject):
    """What a query of Amazon Redshift finds.

    Args:
        cluster_role_arn: The role with which Redshift writes to S3.
        output_s3_uri: Where it writes.
        output_format: `PARQUET` or `CSV`.
        output_compression: `None`, `GZIP`, `BZIP2`, `ZSTD` or `SNAPPY`.
    """

    def __init__(
        self,
        cluster_id: str | None = None,
        database: str | None = None,
        db_user: str | None = None,
        query_string: str | None = None,
        cluster_role_arn: str | None = None,
        output_s3_uri: str | None = None,
        kms_key_id: str | None = None,
        output_format: str | None = None,
        output_compression: str | None = None,
    ) -> None:
        self.cluster_id, self.database, self.db_user = cluster_id, database, db_user
        self.query_string, self.cluster_role_arn = query_string, cluster_role_arn
        self.output_s3_uri, self.kms_key_id = output_s3_uri, kms_key_id
        self.output_format = check_choice("output_format", output_format, _either_case("PARQUET", "CSV"))
        self.output_compression = check_choice(
            "output_compression", output_compression, ("None", "GZIP", "BZIP2", "ZSTD", "SNAPPY")
        )


@suggests
class AthenaDatasetDefinition(ApiObject):
    """What a query of Amazon Athena finds.

    Args:
        output_s3_uri: Where Athena writes.
        output_format: `PARQUET`, `AVRO`, `ORC`, `JSON` or `TEXTFILE`.
        output_compression: `GZIP`, `SNAPPY` or `ZLIB`.
    """

    def __init__(
        self,
        catalog: str | None = None,
        database: str | None = None,
        query_string: str | None = None,
        output_s3_uri: str | None = None,
        work_group: str | None = None,
        kms_key_id: str | None = None,
        output_format: str | None = None,
        output_compression: str | None = None,
    ) -> None:
        self.catalog, self.database, self.query_string = catalog, database, query_string
        self.output_s3_uri, self.work_group, self.kms_key_id = output_s3_uri, work_group, kms_key_id
        self.output_format = check_choice(
            "output_format", output_format, _either_case("PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE")
        )
        self.output_compression = check_choice("output_compression", output_compression, ("GZIP", "SNAPPY", "ZLIB"))


@suggests
class DatasetDefinition(ApiObject):
    """What a query of a database finds, as an input.

    Args:
        data_distribution_type: `ShardedByS3Key` gives each host a part, `FullyReplicated` everything.
        input_mode: `File` or `Pipe`.
        local_path: Where it is in the container.
    """

    parts: ClassVar[Mapping[str, type[ApiObject]]] = {
        "redshift_dataset_definition": RedshiftDatasetDefinition,
        "athena_dataset_definition": AthenaDatasetDefinition,
    }

    def __init__(
        self,
        data_distribution_type: str = "ShardedByS3Key",
        input_mode: str = "File",
        local_path: str | None = None,
        redshift_dataset_definition: RedshiftDatasetDefinition | dict[str, Any] | None = None,
        athena_dataset_definition: AthenaDatasetDefinition | dict[str, Any] | None = None,
    ) -> None:
        self.data_distribution_type = check_choice("data_distribution_type", data_distribution_type, DISTRIBUTIONS)
        self.input_mode = check_choice("input_mode", input_mode, INPUT_MODES)
        self.local_path = local_path
        self.redshift_dataset_definition = redshift_dataset_definition
        self.athena_dataset_definition = athena_dataset_definition


@suggests
class S3Input(ApiObject):
    """Objects in S3 as an input.

    Args:
        s3_uri: A key, or the prefix of many; `run` uploads a file or folder here.
        local_path: Where they are in the container: below `/opt/ml/processing/`.
        s3_data_type: `S3Prefix` or `ManifestFile`.
        s3_input_mode: `File` copies them before the start, `Pipe` streams them.
        s3_data_distribution_type: `FullyReplicated`, or `ShardedByS3Key` for a part of the objects on each host.
        s3_compression_type: `None`, or `Gzip`, in pipe mode only.

    Example:
        >>> from sagewright.dataset_definition.inputs import S3Input
        >>> S3Input.to_boto(S3Input("s3://bucket/rows", "/opt/ml/processing/input"))["S3DataType"]
        'S3Prefix'
    """

    def __init__(
        self,
        s3_uri: str | None = None,
        local_path: str | None = None,
        s3_data_type: str = "S3Prefix",
        s3_input_mode: str = "File",
        s3_data_distribution_type: str = "FullyReplicated",
        s3_compression_type: str | None = None,
    ) -> None:
        self.s3_uri, self.local_path = s3_uri, local_path
        self.s3_data_type = check_choice("s3_data_type", s3_data_type, DATA_TYPES)
        self.s3_input_mode = check_choice("s3_input_mode", s3_input_mode, INPUT_MODES)
        self.s3_data_distribution_type = check_choice(
            "s3_data_distribution_type", s3_data_distribution_type, DISTRIBUTIONS
        )
        self.s3_compression_type = check_choice("s3_compression_type", s3_compression_type, COMPRESSIONS)


def _either_case(*words: str) -> tuple[str, ...]:
    """Return words in capitals, as the service has them, and in small letters, as flows of Data Wrangler have them."""
    return (*words, *(word.lower() for word in words))


DATA_TYPES = ("S3Prefix", "ManifestFile")
INPUT_MODES = ("File", "Pipe")
DISTRIBUTIONS = ("FullyReplicated", "ShardedByS3Key")
COMPRESSIONS = ("None", "Gzip")

if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__, ["AthenaDatasetDefinition", "DatasetDefinition", "RedshiftDatasetDefinition", "S3Input"]
    )
