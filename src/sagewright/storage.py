"""A session's bucket, and what goes into buckets and comes out of them (`contract.md` 9.2)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sagewright.progress import bytes_bar, files_bar
from sagewright.vocabulary import homes
from sagewright.vocabulary.arns import partition_of

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")


def default_bucket_name(session: Session) -> str:
    """Return `sagemaker-<region>-<account>`."""
    return f"sagemaker-{session.boto_region_name}-{session.account_id()}"


def owner_of_default_bucket(session: Session, bucket: str) -> str | None:
    """Return the account that `bucket` must belong to: ours, where its name is of our making; else None."""
    from botocore.exceptions import BotoCoreError, ClientError

    if session._default_bucket_name is not None or session._default_bucket != bucket:
        return None
    try:
        return session.account_id()
    except (ClientError, BotoCoreError):
        logger.warning(
            "Could not resolve caller account id for ExpectedBucketOwner check on bucket %s; proceeding without the "
            "check.",
            bucket,
        )
        return None


def expecting_owner(session: Session, bucket: str, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return members of a request on a bucket, with whose it must be where its name is of our making."""
    owner = owner_of_default_bucket(session, bucket)
    return {**(extra or {}), **({"ExpectedBucketOwner": owner} if owner else {})}


def upload_data(
    session: Session,
    path: str,
    bucket: str | None,
    key_prefix: str | None,
    callback: Callable[[int], None] | None,
    extra_args: Mapping[str, Any] | None,
) -> str:
    """Upload a file or a folder; return its S3 URI.

    Raises:
        FileNotFoundError: There is nothing at `path`.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no file or folder `{path}` to upload")
    if bucket is None:
        bucket, key_prefix = session.default_bucket(), _joined(session.default_bucket_prefix, key_prefix)
    files = _files(Path(path), key_prefix or "")
    extra = expecting_owner(session, bucket, extra_args) or None
    with bytes_bar(f"upload {path}", sum(file.stat().st_size for file, _ in files)) as advance:
        for file, key in files:
            session.s3_client.upload_file(str(file), bucket, key, Callback=callback or advance, ExtraArgs=extra)
    uri = f"s3://{bucket}/{key_prefix}" if key_prefix else f"s3://{bucket}"
    return uri if os.path.isdir(path) else f"s3://{bucket}/{files[0][1]}"


def _files(path: Path, prefix: str) -> list[tuple[Path, str]]:
    if path.is_file():
        return [(path, _joined(prefix, path.name))]
    found = (file for file in homes.below(path) if file.is_file())
    return [(file, _joined(prefix, file.relative_to(path).as_posix())) for file in found]


def files_below(path: str) -> dict[str, Path]:
    """Return the files of a folder by their names in it, in order; of a file itself by its name."""
    return {key: file for file, key in _files(Path(path), "")}


def upload_string(session: Session, body: str, bucket: str, key: str, kms_key: str | None) -> str:
    """Store text as an object; return its S3 URI."""
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    owner = expecting_owner(session, bucket)
    session.s3_client.put_object(Bucket=bucket, Key=key, Body=body.encode(), **encryption, **owner)
    return f"s3://{bucket}/{key}"


def download_data(
    session: Session, path: str, bucket: str, key_prefix: str, extra_args: Mapping[str, Any] | None
) -> list[str]:
    """Download all objects below a prefix; return the files.

    Raises:
        ValueError: A key would lead outside of `path`.
    """
    owner = expecting_owner(session, bucket)
    keys = [key for key in list_keys(session, bucket, key_prefix, owner) if not key.endswith("/")]
    if not keys:
        logger.info("Nothing to download from bucket: %s, key_prefix: %s.", bucket, key_prefix)
        return []
    files, extra = [], {**(extra_args or {}), **owner} or None
    with files_bar(f"download to {path}", len(keys)) as advance:
        for key in keys:
            file = _target(Path(path), key, key_prefix)
            file.parent.mkdir(parents=True, exist_ok=True)
            session.s3_client.download_file(bucket, key, str(file), ExtraArgs=extra)
            files.append(str(file))
            advance()
    return files


def _target(folder: Path, key: str, prefix: str) -> Path:
    """Return where an object goes: below `folder`, by the part of its key behind the prefix's last folder."""
    relative = PurePosixPath(os.path.relpath("/" + key, "/" + prefix) if key != prefix else os.path.basename(key))
    if ".." in relative.parts or relative.is_absolute():
        relative = PurePosixPath(os.path.basename(key))
    if ".." in PurePosixPath(key).parts:
        raise ValueError(f"the key `{key}` leads outside of the folder `{folder}`")
    return folder / relative


def list_keys(session: Session, bucket: str, key_prefix: str, owner: Mapping[str, Any] | None = None) -> list[str]:
    """Return the keys below a prefix, in order.

    Args:
        owner: Whose the bucket must be, as `expecting_owner` has it.
    """
    pages = session.s3_client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=key_prefix, **(owner or {})
    )
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def _joined(*parts: str | None) -> str:
    return "/".join(part.strip("/") for part in parts if part and part.strip("/"))


def role_arn(session: Session, role_name: str) -> str:
    """Return the ARN that a role of this account has if it stands at the root path."""
    return f"arn:{partition_of(session.boto_region_name)}:iam::{session.account_id()}:role/{role_name}"
