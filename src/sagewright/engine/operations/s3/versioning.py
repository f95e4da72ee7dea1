"""Whether a bucket keeps versions."""

from __future__ import annotations

from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.errors import refuse, s3_errors
from sagewright.engine.operations.s3.locks import locks
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError


def get_bucket_versioning(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell whether a bucket keeps versions; one that has never done so says nothing."""
    state = find_bucket(parts, params).configuration.get("versioning")
    return {"Status": state} if state else {}


def put_bucket_versioning(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let a bucket keep versions, or stop it."""
    bucket, configuration = find_bucket(parts, params), params.get("VersioningConfiguration") or {}
    refuse([("MFA", params.get("MFA")), ("MFADelete", configuration.get("MFADelete") == "Enabled")])
    state = configuration.get("Status")
    if state not in ("Enabled", "Suspended"):
        raise ApiError(
            "IllegalVersioningConfigurationException",
            "The Versioning element must be specified",
        )
    if locks(bucket) and state != "Enabled":
        raise ApiError(
            "InvalidBucketState",
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            409,
        )
    with s3_errors(bucket.name):
        parts.objects.configure_bucket(bucket.name, "versioning", state)
    return {}
