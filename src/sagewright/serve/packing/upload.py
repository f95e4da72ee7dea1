"""A model's folder in S3: in one archive, or file by file."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright import storage
from sagewright.fw_utils import model_code_key_prefix
from sagewright.s3 import S3Uploader, parse_s3_url, s3_path_join
from sagewright.s3_utils import determine_bucket_and_prefix
from sagewright.source_code.archive import add_file
from sagewright.source_code.packing import ParallelGzip
from sagewright.vocabulary import homes

if TYPE_CHECKING:
    from sagewright.session import Session

ARCHIVE = "serve.tar.gz"


def upload_archive(session: Session, folder: Path, place: str | None, image_uri: str | None) -> str:
    """Put a folder into S3 as an archive; return its URI.

    Args:
        place: The S3 URI below which it goes; None: the session's default bucket.
        image_uri: What the place is named after.
    """
    bucket, prefix = _place(session, place, image_uri)
    key = f"{prefix}/{ARCHIVE}"
    owner = storage.owner_of_default_bucket(session, bucket)
    extra: dict[str, Any] | None = {"ExpectedBucketOwner": owner} if owner else None
    with tempfile.TemporaryFile() as packed:
        with (
            ParallelGzip(packed) as stream,
            tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            for path in homes.below(folder):
                add_file(archive, path.relative_to(folder).as_posix(), str(path))
        packed.seek(0)
        session.s3_client.upload_fileobj(packed, bucket, key, ExtraArgs=extra)
    return s3_path_join("s3://", bucket, key)


def upload_files(session: Session, folder: Path, place: str | None, image_uri: str | None) -> dict[str, Any]:
    """Put the files of a folder's `code` into S3 as they are; return them as the data of a model."""
    bucket, prefix = _place(session, place, image_uri)
    uri = S3Uploader.upload(
        str(folder / "code"), s3_path_join("s3://", bucket, prefix, "code"), sagemaker_session=session
    )
    return uncompressed(uri)


def uncompressed(uri: str) -> dict[str, Any]:
    """Return files below a prefix as the data of a model."""
    return {"S3DataSource": {"CompressionType": "None", "S3DataType": "S3Prefix", "S3Uri": uri + "/"}}


def _place(session: Session, place: str | None, image_uri: str | None) -> tuple[str, str]:
    bucket, prefix = parse_s3_url(place) if place else (None, None)
    bucket, prefix = determine_bucket_and_prefix(bucket, model_code_key_prefix(prefix, None, image_uri), session)
    return bucket, prefix or ""
