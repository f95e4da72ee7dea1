"""How records get to S3 (`contract.md` 7.9)."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Any

from sagewright.amazon.common import write_numpy_to_dense_tensor
from sagewright.arguments import suggesting
from sagewright.storage import owner_of_default_bucket

if TYPE_CHECKING:
    from sagewright.session import Session


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
