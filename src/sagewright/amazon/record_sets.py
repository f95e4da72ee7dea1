"""Records that lie in S3 or in a file system (`contract.md` 7.9)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.inputs import FileSystemInput, TrainingInput


@suggests
class RecordSet:
    """Records in S3.

    Args:
        s3_data: An S3 URI: of a manifest or of a prefix, as `s3_data_type` says.
        num_records: How many there are.
        feature_dim: The length of their vectors.
        channel: The channel that they are for.
        distribution: `ShardedByS3Key` or `FullyReplicated`.

    Example:
        >>> from sagewright.amazon.amazon_estimator import RecordSet
        >>> RecordSet("s3://bucket/rows.manifest", 100, 13).data_channel()["train"].config["DataSource"]
        {'S3DataSource': {'S3DataType': 'ManifestFile', 'S3Uri': 's3://bucket/rows.manifest', \
'S3DataDistributionType': 'ShardedByS3Key'}}
    """

    def __init__(
        self,
        s3_data: Any,
        num_records: int,
        feature_dim: int,
        s3_data_type: Any = "ManifestFile",
        channel: Any = "train",
        distribution: Any = "ShardedByS3Key",
    ) -> None:
        self.s3_data, self.feature_dim, self.num_records = s3_data, feature_dim, num_records
        self.s3_data_type, self.channel, self.distribution = s3_data_type, channel, distribution

    def __repr__(self) -> str:
        return str((RecordSet, vars(self)))

    def data_channel(self) -> dict[Any, TrainingInput]:
        """Return what `fit` takes: the channel's name and its data."""
        return {self.channel: self.records_s3_input()}

    def records_s3_input(self) -> TrainingInput:
        """Return the channel's data."""
        return TrainingInput(self.s3_data, distribution=self.distribution, s3_data_type=self.s3_data_type)


@suggests
class FileSystemRecordSet:
    """Records in a file system of Amazon's.

    Args:
        file_system_id, file_system_type, directory_path, file_system_access_mode: As of `FileSystemInput`.
        num_records, feature_dim, channel: As of `RecordSet`.
    """

    def __init__(
        self,
        file_system_id: Any,
        file_system_type: Any,
        directory_path: Any,
        num_records: int,
        feature_dim: int,
        file_system_access_mode: Any = "ro",
        channel: Any = "train",
    ) -> None:
        self.file_system_input = FileSystemInput(
            file_system_id, file_system_type, directory_path, file_system_access_mode
        )
        self.feature_dim, self.num_records, self.channel = feature_dim, num_records, channel

    def __repr__(self) -> str:
        return str((FileSystemRecordSet, vars(self)))

    def data_channel(self) -> dict[Any, FileSystemInput]:
        """Return what `fit` takes: the channel's name and its data."""
        return {self.channel: self.file_system_input}
