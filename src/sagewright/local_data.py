"""Data of this machine as channels of a job: an addition to v2, which takes local data in its local mode only.

A file or folder is uploaded under a key that holds a digest of its content, so what is there already is not sent again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sagewright.s3 import parse_s3_url, s3_path_join
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from pathlib import Path

    from sagewright.session import Session

Document = dict[str, Any]


def local_path(uri: Any) -> str | None:
    """Return the path of a `file://` URI or of a local file or folder; None: it is neither."""
    if is_variable(uri):
        return None
    text = os.fspath(uri)
    if not isinstance(text, str) or text.startswith("s3://"):
        return None
    path = unquote(text.removeprefix("file://")) if text.startswith("file://") else os.path.expanduser(text)
    return path if os.path.exists(path) else None


def uploaded(session: Session, channel: Document, place: str) -> Document:
    """Return a channel whose data are in S3, having uploaded them where they are on this machine.

    Args:
        place: The S3 URI below which data go, each under a prefix of its own.
    """
    source = channel["DataSource"].get("S3DataSource")
    path = local_path(source["S3Uri"]) if source else None
    if path is None:
        return channel
    uri = _upload(session, path, s3_path_join(place, channel["ChannelName"]))
    return {**channel, "DataSource": {**channel["DataSource"], "S3DataSource": {**source, "S3Uri": uri}}}


def uploaded_file(session: Session, uri: str, place: str) -> str:
    """Upload the file of a `file://` URI; return its S3 URI.

    Raises:
        ValueError: There is none.
    """
    path = local_path(uri)
    if path is None:
        raise ValueError(f"There is no file `{uri}`.")
    return _upload(session, path, place)


def _upload(session: Session, path: str, place: str) -> str:
    from sagewright.storage import files_below

    files = files_below(path)
    folder = s3_path_join(place, _digest(files))
    bucket, prefix = parse_s3_url(folder)
    there = _sizes(session, bucket, prefix + "/")
    for name, file in files.items():
        key = f"{prefix}/{name}"
        if there.get(key) != file.stat().st_size:
            session.s3_client.upload_file(str(file), bucket, key)
    return folder + "/" if os.path.isdir(path) else f"{folder}/{next(iter(files))}"


def _digest(files: dict[str, Path]) -> str:
    import hashlib

    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{len(name)}:{name}:{file.stat().st_size}:".encode())
        with file.open("rb") as content:
            while block := content.read(2**20):
                digest.update(block)
    return digest.hexdigest()[:20]


def _sizes(session: Session, bucket: str, prefix: str) -> dict[str, int]:
    pages = session.s3_client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}
