"""What is set on a bucket, one setting per sub-resource (`cors`, `policy`, ...): reading, writing, and having none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.parts import Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

# Setting -> code and message of the error that says that a bucket has none.
_MISSING: Mapping[str, tuple[str, str]] = {
    "policy": ("NoSuchBucketPolicy", "The bucket policy does not exist"),
    "cors": ("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    "lifecycle": ("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    "ownershipControls": ("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
    "publicAccessBlock": (
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
    ),
    "website": ("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
    "replication": ("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
    "object-lock": (
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
    ),
}


def setting_of(parts: Parts, params: Params, setting: str, default: Any = None) -> Any:
    """Return what the request's bucket has set.

    Args:
        default: What a bucket has that never set it; None: nothing.

    Raises:
        ApiError: The setting's own error where there is nothing.
    """
    value = find_bucket(parts, params).configuration.get(setting, default)
    if not value:
        raise missing(setting, params["Bucket"])
    return value


def missing(setting: str, bucket: str) -> ApiError:
    code, message = _MISSING[setting]
    return ApiError(code, message, 404, {"BucketName": bucket})


def set_(parts: Parts, params: Params, setting: str, value: Any) -> Result:
    """Set something on the request's bucket; None removes it."""
    find_bucket(parts, params)
    parts.objects.configure_bucket(params["Bucket"], setting, plain(value))
    return {}


def plain(value: Any) -> Any:
    """Return params as JSON values: times become unix seconds."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def malformed() -> ApiError:
    """Return the answer to a document that S3's schema does not allow."""
    return ApiError(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
    )


def check_words(value: Any, words: tuple[str, ...]) -> None:
    """Check a member that can only be one of some words.

    Raises:
        ApiError: `MalformedXML`.
    """
    if value not in words:
        raise malformed()


def compact(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
