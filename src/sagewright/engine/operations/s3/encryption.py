"""How a bucket's objects are encrypted unless a request says otherwise.

Every bucket of Amazon's has a default, and so has every bucket here: the algorithm is recorded and answered. The bytes
lie on the disk as they came; whoever needs them unreadable encrypts the disk.
"""

from __future__ import annotations

from typing import Any

from sagewright.engine.abc import Bucket
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import check_words, malformed, set_
from sagewright.engine.operations.s3.errors import invalid_argument
from sagewright.engine.parts import Caller, Params, Parts, Result

ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_DEFAULT: dict[str, Any] = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}],
}


def get_bucket_encryption(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's default encryption."""
    set_by_user = find_bucket(parts, params).configuration.get("encryption")
    return {"ServerSideEncryptionConfiguration": set_by_user or _DEFAULT}


def put_bucket_encryption(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's default encryption."""
    rules = params.get("ServerSideEncryptionConfiguration", {}).get("Rules") or []
    if len(rules) != 1 or "ApplyServerSideEncryptionByDefault" not in rules[0]:
        raise malformed()
    chosen = rules[0]["ApplyServerSideEncryptionByDefault"]
    check_words(chosen.get("SSEAlgorithm"), ALGORITHMS)
    if chosen["SSEAlgorithm"] == "AES256" and chosen.get("KMSMasterKeyID"):
        raise invalid_argument(
            "KMSMasterKeyID",
            chosen["KMSMasterKeyID"],
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        )
    return set_(parts, params, "encryption", {"Rules": [{"BucketKeyEnabled": False, **rules[0]}]})


def delete_bucket_encryption(parts: Parts, caller: Caller, params: Params) -> Result:
    """Go back to the default of all buckets."""
    return set_(parts, params, "encryption", None)


def default_encryption(bucket: Bucket) -> dict[str, str]:
    """Return the headers that an object of a bucket is kept with where its writer names no encryption."""
    rule = (bucket.configuration.get("encryption") or _DEFAULT)["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    headers = {"ServerSideEncryption": rule["SSEAlgorithm"]}
    if rule.get("KMSMasterKeyID"):
        headers["SSEKMSKeyId"] = rule["KMSMasterKeyID"]
    return headers
