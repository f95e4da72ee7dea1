"""What a writer says of an object beside its bytes, and that stays with it."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import format_datetime

from sagewright.engine.abc import Bucket
from sagewright.engine.operations.s3 import acls
from sagewright.engine.operations.s3.encryption import ALGORITHMS, default_encryption
from sagewright.engine.operations.s3.errors import invalid_argument, refuse
from sagewright.engine.operations.s3.facts import KEPT
from sagewright.engine.operations.s3.locks import lock_headers
from sagewright.engine.parts import Params
from sagewright.vocabulary.errors import ApiError

STORAGE_CLASSES = (
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
    "GLACIER_IR",
)  # fmt: skip


def kept_headers(params: Params, bucket: Bucket, now: float) -> dict[str, str]:
    """Return the headers of a request that stay with its object.

    Args:
        now: Unix seconds.

    Raises:
        ApiError: `NotImplemented` for what would have to change how the object is kept.
    """
    refuse(
        [
            ("SSECustomerAlgorithm", params.get("SSECustomerAlgorithm")),
            ("WriteOffsetBytes", params.get("WriteOffsetBytes")),
            ("AnnotationDirective", params.get("AnnotationDirective")),
            ("SSEKMSEncryptionContext", params.get("SSEKMSEncryptionContext")),
        ]
    )
    if params.get("StorageClass", "STANDARD") not in STORAGE_CLASSES:
        raise ApiError("InvalidStorageClass", "The storage class you specified is not valid")
    encryption = params.get("ServerSideEncryption")
    if encryption is not None and encryption not in ALGORITHMS:
        raise invalid_argument(
            "x-amz-server-side-encryption", encryption, "The encryption method specified is not supported"
        )
    if params.get("SSEKMSKeyId") and encryption not in ALGORITHMS[1:]:
        raise invalid_argument(
            "x-amz-server-side-encryption",
            encryption,
            "Server Side Encryption with AWS KMS managed key requires HTTP header "
            "x-amz-server-side-encryption : aws:kms",
        )
    redirect = params.get("WebsiteRedirectLocation")
    if redirect and not redirect.startswith(("/", "http://", "https://")):
        raise ApiError(
            "InvalidRedirectLocation",
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
        )
    headers = {name: str(params[name]) for name in KEPT if params.get(name)}
    if params.get("BucketKeyEnabled") is not None:
        headers["BucketKeyEnabled"] = "true" if params["BucketKeyEnabled"] else "false"
    if "ServerSideEncryption" not in headers:
        headers |= default_encryption(bucket)
    headers |= acls.kept(bucket, params)
    headers |= lock_headers(bucket, params, now)
    if isinstance(params.get("Expires"), datetime):
        headers["Expires"] = format_datetime(params["Expires"].astimezone(timezone.utc), usegmt=True)
    headers.setdefault("ContentType", "binary/octet-stream")
    return headers
