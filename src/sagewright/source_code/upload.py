"""The upload of a job's code."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright import settings, storage
from sagewright.source_code import UploadedCode
from sagewright.source_code.archive import size_of, write_archive
from sagewright.source_code.selection import Selection, select, tell_what_is_left_out
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.session import Session

ARCHIVE = "sourcedir.tar.gz"


def upload_code(
    session: Session,
    bucket: str,
    prefix: str,
    script: str,
    folder: str | None = None,
    dependencies: Sequence[str] = (),
    *,
    kms_key: str | None = None,
    everything: bool = False,
    within: str | None = None,
) -> UploadedCode:
    """Put code into an archive below `prefix`, unless `folder` is an S3 URI already.

    Args:
        everything, within: See `select`.

    Raises:
        FileNotFoundError: A file is not there.
        ValueError: The code is larger than is allowed.
    """
    if folder and (is_variable(folder) or folder.lower().startswith("s3://")):
        return UploadedCode(folder, script)
    key, extra = f"{prefix}/{ARCHIVE}", encryption(session, bucket, kms_key)
    scratch = getattr(session.settings, "local_download_dir", None)
    upload_with(
        *(session.s3_client, bucket, key, script, folder, dependencies),
        extra=extra,
        scratch=scratch,
        everything=everything,
        within=within,
    )
    return UploadedCode(f"s3://{bucket}/{key}", script if folder else os.path.basename(script))


def upload_with(
    client: Any,
    bucket: str,
    key: str,
    script: str,
    folder: str | None,
    dependencies: Sequence[str],
    *,
    extra: dict[str, Any],
    scratch: str | None,
    everything: bool = False,
    within: str | None = None,
) -> None:
    """Put code into an archive at `key`.

    Args:
        client: Of S3.
        extra: What stands beside bucket and key.
        scratch: The folder in which the archive is made; None: the system's.

    Raises:
        FileNotFoundError: A file is not there.
        ValueError: The code is larger than is allowed.
    """
    selection = select(script, folder, dependencies, everything=everything, within=within)
    where = folder or script
    tell_what_is_left_out(selection, where)
    _check_size(selection, where)
    with tempfile.TemporaryFile(dir=scratch) as archive:
        write_archive(selection.entries, archive)
        archive.seek(0)
        client.upload_fileobj(archive, bucket, key, ExtraArgs=extra)


def encryption(session: Session, bucket: str, kms_key: str | None) -> dict[str, Any]:
    """Return the members that stand beside an archive's bucket and key."""
    found: dict[str, Any] = {}
    if kms_key:
        found = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
    elif getattr(session.settings, "encrypt_repacked_artifacts", True):
        found = {"ServerSideEncryption": "aws:kms"}
    owner = storage.owner_of_default_bucket(session, bucket)
    return {**found, "ExpectedBucketOwner": owner} if owner else found


def _check_size(selection: Selection, where: str) -> None:
    size, largest, largest_size = size_of(selection.entries)
    limit = settings.CODE_MIB.read()
    if size > limit * 2**20:
        raise ValueError(
            f"The source code in `{where}` has {size / 2**20:.0f} MiB, more than {limit}; the largest file is "
            f"`{largest}` with {largest_size / 2**20:.0f} MiB.\n"
            "hint: give data as a channel of `fit`, keep them out with a .gitignore, or raise "
            f"{settings.CODE_MIB.variable}."
        )
