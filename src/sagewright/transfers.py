"""Single files and folders between this machine and S3, and archives of them."""

from __future__ import annotations

import json
import os
import tarfile
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright import storage
from sagewright.arguments import shows
from sagewright.s3 import parse_s3_url
from sagewright.vocabulary.archives import extract_safely
from sagewright.vocabulary.homes import is_home

if TYPE_CHECKING:
    from sagewright.session import Session


def download_folder(bucket_name: str, prefix: str, target: str, sagemaker_session: Session) -> None:
    """Download one object, or all below a prefix, into a folder.

    Args:
        prefix: With a slash at its end only what is below it is meant.

    Raises:
        ValueError: A key would lead outside of `target`.
    """
    prefix, extra = prefix.lstrip("/"), _expected_owner(sagemaker_session, bucket_name)
    if not prefix.endswith("/") and _download_one(sagemaker_session, bucket_name, prefix, target, extra):
        return
    for key in storage.list_keys(sagemaker_session, bucket_name, prefix):
        if not key.endswith("/"):
            file = os.path.join(target, key[len(prefix) :].lstrip("/"))
            validate_path_within_directory(file, target, key)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            sagemaker_session.s3_client.download_file(bucket_name, key, file, ExtraArgs=extra)


def download_file(bucket_name: str, path: str, target: str, sagemaker_session: Session) -> None:
    """Download an object into a file."""
    extra = _expected_owner(sagemaker_session, bucket_name)
    sagemaker_session.s3_client.download_file(bucket_name, path.lstrip("/"), target, ExtraArgs=extra)


def download_file_from_url(url: str, dst: str, sagemaker_session: Session) -> None:
    """Download the object of an S3 URI into a file."""
    bucket, key = parse_s3_url(url)
    download_file(bucket, key, dst, sagemaker_session)


def validate_path_within_directory(file_path: str, target_directory: str, source_description: str = "") -> None:
    """Check that a path leads into a folder, links followed.

    Raises:
        ValueError: It leads out.
    """
    folder, file = os.path.realpath(target_directory), os.path.realpath(file_path)
    if file != folder and not file.startswith(folder.rstrip(os.sep) + os.sep):
        source = f"'{source_description}' resolves to " if source_description else ""
        raise ValueError(f"Path traversal detected: {source}'{file}' which is outside the target directory '{folder}'")


def create_tar_file(source_files: Sequence[str], target: str | None = None) -> str:
    """Put files and folders, by their own names, into a gzipped archive; return its path.

    Args:
        target: None: a new temporary file, which is the caller's to remove.
    """
    if not target:
        handle, target = tempfile.mkstemp()
        os.close(handle)
    with tarfile.open(target, "w:gz", dereference=True) as archive:
        for source in source_files:
            archive.add(source, arcname=os.path.basename(source), filter=partial(_unless_home, os.path.dirname(source)))
    return target


def _unless_home(place: str, member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if member.isdir() and is_home(os.path.join(place, member.name)) else member


def custom_extractall_tarfile(tar: tarfile.TarFile, extract_path: str) -> None:
    """Extract an archive of unknown origin.

    Raises:
        tarfile.TarError: A member would lie, or link, outside of `extract_path`.
    """
    extract_safely(tar, Path(extract_path))


def repack_model(
    inference_script: str,
    source_directory: str | None,
    dependencies: Sequence[str] | None,
    model_uri: str,
    repacked_model_uri: str,
    sagemaker_session: Session,
    kms_key: str | None = None,
) -> None:
    """Put a model's archive with code below `code/` at another place.

    Args:
        source_directory: A folder, or the S3 URI of an archive of one; takes the place of code that the model holds.
        dependencies: Go to `code/lib/`.
        model_uri, repacked_model_uri: S3 or `file://` URIs.

    Raises:
        FileNotFoundError: The script or a dependency is not there.
        ValueError: A member of an archive would lead outside of it.
    """
    from sagewright.source_code.repacking import repack_model as repack

    more = list(dependencies or ())
    repack(sagemaker_session, model_uri, repacked_model_uri, inference_script, source_directory, more, kms_key)


class DataConfig(ABC):
    """Tells where example data lies."""

    @abstractmethod
    def fetch_data_config(self) -> dict[str, Any]:
        """Return the configuration."""


@shows
class S3DataConfig(DataConfig):
    """A JSON object in S3 that tells in which bucket of which region example data lies.

    Args:
        prefix: The object's key.

    Raises:
        ValueError: Bucket or key is missing.
    """

    def __init__(self, sagemaker_session: Session, bucket_name: str, prefix: str) -> None:
        if bucket_name is None or prefix is None:
            raise ValueError("Bucket Name and S3 file Prefix are required arguments and must be provided.")
        self.bucket_name, self.prefix, self.sagemaker_session = bucket_name, prefix, sagemaker_session

    def fetch_data_config(self) -> dict[str, Any]:
        """Return the configuration: a bucket for each region, and one for `default`."""
        found: dict[str, Any] = json.loads(self.sagemaker_session.read_s3_file(self.bucket_name, self.prefix))
        return found

    def get_data_bucket(self, region_requested: str | None = None) -> str:
        """Return the bucket of a region.

        Args:
            region_requested: None: the session's.

        Raises:
            KeyError: There is neither one for the region, nor a default.
        """
        config = self.fetch_data_config()
        region = region_requested or self.sagemaker_session.boto_region_name
        bucket: str = config[region if region in config else "default"]
        return bucket


def _download_one(session: Session, bucket: str, key: str, folder: str, extra: Any) -> bool:
    """Download an object into a folder; return False where there is none of that key."""
    from botocore.exceptions import ClientError

    try:
        session.s3_client.download_file(bucket, key, os.path.join(folder, os.path.basename(key)), ExtraArgs=extra)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        return False
    return True


def _expected_owner(session: Session, bucket: str) -> dict[str, Any] | None:
    owner = storage.owner_of_default_bucket(session, bucket)
    return {"ExpectedBucketOwner": owner} if owner else None
