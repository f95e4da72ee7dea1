"""S3 URIs taken apart and put together (v2's other path for `sagewright.s3`'s)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.s3 import is_s3_url, parse_s3_url, s3_path_join

if TYPE_CHECKING:
    from sagewright.session import Session

__all__ = ["determine_bucket_and_prefix", "is_s3_url", "parse_s3_url", "s3_path_join"]


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
