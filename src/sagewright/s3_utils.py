"""S3 URIs taken apart and put together (v2's other path for `sagewright.s3`'s)."""

from __future__ import annotations

from sagewright.s3 import determine_bucket_and_prefix, is_s3_url, parse_s3_url, s3_path_join

__all__ = ["determine_bucket_and_prefix", "is_s3_url", "parse_s3_url", "s3_path_join"]
