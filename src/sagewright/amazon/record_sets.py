"""Records that lie in S3 or in a file system, and how they get to S3 (`contract.md` 7.9)."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Any

from sagewright.amazon.common import write_numpy_to_dense_tensor
from sagewright.arguments import suggesting, suggests
from sagewright.inputs import FileSystemInput, TrainingInput
from sagewright.storage import owner_of_default_bucket

if TYPE_CHECKING:
    from sagewright.session import Session


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


@suggesting
def upload_numpy_to_s3_shards(
    num_shards: int,
    s3: Any,
    bucket: str,
    key_prefix: str,
    array: Any,
    labels: Any = None,
    encrypt: bool = False,
    sagemaker_session: Session | None = None,
) -> str:
    """Store an array as objects of records, and a manifest that names them; return the manifest's S3 URI.

    Args:
        num_shards: How many objects; the last one has the rows that do not come out even.
        s3: boto3's resource for S3.
        array: `(n_rows, n_features)`, of int, float or float32.
        labels: `(n_rows,)`.
        encrypt: Let S3 encrypt the objects with a key of its own.
        sagemaker_session: Knows whose bucket the default bucket is.

    Raises:
        ValueError: There are fewer rows than objects, or a shape or a type is another. Nothing stays in S3.
    """
    shards = _build_shards(num_shards, array)
    label_shards = [None] * num_shards if labels is None else _build_shards(num_shards, labels)
    prefix = key_prefix if key_prefix.endswith("/") else f"{key_prefix}/"
    terms = _terms(bucket, encrypt, sagemaker_session)
    stored: list[str] = []
    try:
        for index, (rows, row_labels) in enumerate(zip(shards, label_shards, strict=True)):
            name = f"matrix_{index:0{len(str(num_shards))}}.pbr"
            with tempfile.TemporaryFile() as file:
                write_numpy_to_dense_tensor(file, rows, row_labels)
                file.seek(0)
                s3.Object(bucket, prefix + name).put(Body=file, **terms)
            stored.append(name)
        manifest = json.dumps([{"prefix": f"s3://{bucket}/{prefix}"}, *stored])
        s3.Object(bucket, f"{prefix}.amazon.manifest").put(Body=manifest.encode(), **terms)
    except BaseException:
        for name in stored:
            s3.Object(bucket, prefix + name).delete()
        raise
    return f"s3://{bucket}/{prefix}.amazon.manifest"


def _build_shards(num_shards: int, array: Any) -> list[Any]:
    """Return the rows of an array in so many parts of one size; the last has the rest as well.

    Raises:
        ValueError: There is no part, or no row for each.
    """
    if num_shards < 1:
        raise ValueError("num_shards must be >= 1")
    size = array.shape[0] // num_shards
    if size == 0:
        raise ValueError("Array length is less than num shards")
    cuts = [size * index for index in range(num_shards)]
    return [array[cut : cut + size] for cut in cuts[:-1]] + [array[cuts[-1] :]]


def _terms(bucket: str, encrypt: bool, session: Session | None) -> dict[str, str]:
    terms = {"ServerSideEncryption": "AES256"} if encrypt else {}
    owner = None if session is None else owner_of_default_bucket(session, bucket)
    return {**terms, "ExpectedBucketOwner": owner} if owner else terms
