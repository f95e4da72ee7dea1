"""Shorthands for single transfers (v2's own path)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from sagewright.vocabulary.s3_uris import split_s3_uri

if TYPE_CHECKING:
    from sagewright.session import Session


def parse_s3_url(url: str) -> tuple[str, str]:
    """Return bucket and key of an S3 URI.

    Raises:
        ValueError: It is none.
    """
    try:
        return split_s3_uri(url)
    except ValueError:
        raise ValueError(
            f"Expecting 's3' scheme, got: {url.partition(':')[0] if ':' in url else ''} in {url}."
        ) from None


def is_s3_url(url: str) -> bool:
    """Tell whether text is an S3 URI."""
    return url.startswith("s3://")


def s3_path_join(*args: str, with_end_slash: bool = False) -> str:
    """Join parts of an S3 URI or key with single slashes.

    Example:
        >>> from sagewright.s3 import s3_path_join
        >>> s3_path_join("s3://bucket/", "/a/", "b")
        's3://bucket/a/b'
    """
    parts = [part for part in args if part]
    if not parts:
        return ""
    scheme = "s3://" if parts[0].startswith("s3://") else ""
    words = [word for part in parts for word in part.removeprefix("s3://").split("/") if word]
    return scheme + "/".join(words) + ("/" if with_end_slash else "")


def determine_bucket_and_prefix(
    bucket: str | None = None, key_prefix: str | None = None, sagemaker_session: Session | None = None
) -> tuple[str, str | None]:
    """Return where something goes: the bucket named, or the session's default bucket, below its prefix.

    Raises:
        ValueError: Neither a bucket nor a session is given.
    """
    if bucket:
        return bucket, key_prefix
    if sagemaker_session is None:
        raise ValueError("`bucket` or `sagemaker_session` is needed.")
    parts = [part for part in (sagemaker_session.default_bucket_prefix, key_prefix) if part]
    return sagemaker_session.default_bucket(), s3_path_join(*parts)


class S3Uploader:
    """Uploads to an S3 URI."""

    @staticmethod
    def upload(
        local_path: str,
        desired_s3_uri: str,
        kms_key: str | None = None,
        sagemaker_session: Session | None = None,
        callback: Callable[[int], None] | None = None,
    ) -> str:
        """Upload a file or a folder below an S3 URI; return the URI of what was uploaded."""
        bucket, prefix = parse_s3_url(desired_s3_uri)
        extra = {"SSEKMSKeyId": kms_key, "ServerSideEncryption": "aws:kms"} if kms_key else None
        return _session(sagemaker_session).upload_data(local_path, bucket, prefix, callback, extra)

    @staticmethod
    def upload_string_as_file_body(
        body: str,
        desired_s3_uri: str,
        kms_key: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> str:
        """Store text as an object; return its S3 URI."""
        bucket, key = parse_s3_url(desired_s3_uri)
        _session(sagemaker_session).upload_string_as_file_body(body, bucket, key, kms_key)
        return desired_s3_uri

    @staticmethod
    def upload_bytes(
        b: bytes | io.BytesIO, s3_uri: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> str:
        """Store bytes as an object; return its S3 URI."""
        bucket, key = parse_s3_url(s3_uri)
        extra = {"SSEKMSKeyId": kms_key, "ServerSideEncryption": "aws:kms"} if kms_key else None
        stream = io.BytesIO(b) if isinstance(b, bytes) else b
        _session(sagemaker_session).s3_client.upload_fileobj(stream, bucket, key, ExtraArgs=extra)
        return s3_uri


class S3Downloader:
    """Downloads from an S3 URI."""

    @staticmethod
    def download(
        s3_uri: str, local_path: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> list[str]:
        """Download all objects below an S3 URI into a folder; return the files."""
        bucket, prefix = parse_s3_url(s3_uri)
        return _session(sagemaker_session).download_data(local_path, bucket, prefix)

    @staticmethod
    def read_file(s3_uri: str, sagemaker_session: Session | None = None) -> str:
        """Return an object's bytes as text."""
        return _session(sagemaker_session).read_s3_file(*parse_s3_url(s3_uri))

    @staticmethod
    def read_bytes(s3_uri: str, sagemaker_session: Session | None = None) -> bytes:
        """Return an object's bytes."""
        bucket, key = parse_s3_url(s3_uri)
        body = _session(sagemaker_session).s3_client.get_object(Bucket=bucket, Key=key)["Body"]
        return bytes(body.read())

    @staticmethod
    def list(s3_uri: str, sagemaker_session: Session | None = None) -> list[str]:
        """Return the S3 URIs of all objects below an S3 URI."""
        bucket, prefix = parse_s3_url(s3_uri)
        return [f"s3://{bucket}/{key}" for key in _session(sagemaker_session).list_s3_files(bucket, prefix)]


def _session(given: Session | None) -> Session:
    if given is not None:
        return given
    from sagewright.session import Session

    return Session()
