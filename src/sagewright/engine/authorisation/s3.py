"""S3 (Amazon S3 User Guide, "Required permissions for Amazon S3 API operations")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from sagewright.engine.authorisation.asked import Asked, Context, Known, Params, Place, one
from sagewright.engine.authorisation.tags import tag_context

# Actions that are not called like their operation.
_ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "PostObject": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "SelectObjectContent": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
}
_CONFIGURATIONS = ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
for _name in _CONFIGURATIONS:
    _ACTIONS[f"GetBucket{_name}Configuration"] = f"Get{_name}Configuration"
    _ACTIONS[f"ListBucket{_name}Configurations"] = f"Get{_name}Configuration"
    _ACTIONS[f"PutBucket{_name}Configuration"] = f"Put{_name}Configuration"
    _ACTIONS[f"DeleteBucket{_name}Configuration"] = f"Put{_name}Configuration"

# Actions that have another name for a version that is asked for.
_VERSIONED = {
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "GetObjectTagging": "GetObjectVersionTagging",
    "GetObjectTorrent": "GetObjectVersionTorrent",
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "PutObjectAcl": "PutObjectVersionAcl",
    "PutObjectTagging": "PutObjectVersionTagging",
}
_GRANTS = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_KEYS = {
    "Prefix": "s3:prefix",
    "Delimiter": "s3:delimiter",
    "MaxKeys": "s3:max-keys",
    "VersionId": "s3:versionid",
    "ACL": "s3:x-amz-acl",
    "GrantFullControl": "s3:x-amz-grant-full-control",
    "GrantRead": "s3:x-amz-grant-read",
    "GrantReadACP": "s3:x-amz-grant-read-acp",
    "GrantWrite": "s3:x-amz-grant-write",
    "GrantWriteACP": "s3:x-amz-grant-write-acp",
    "CopySource": "s3:x-amz-copy-source",
    "MetadataDirective": "s3:x-amz-metadata-directive",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "SSECustomerAlgorithm": "s3:x-amz-server-side-encryption-customer-algorithm",
    "StorageClass": "s3:x-amz-storage-class",
    "WebsiteRedirectLocation": "s3:x-amz-website-redirect-location",
    "ObjectOwnership": "s3:x-amz-object-ownership",
    "ObjectLockMode": "s3:object-lock-mode",
    "ObjectLockLegalHoldStatus": "s3:object-lock-legal-hold",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
}


def asked_of_s3(operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of S3 asks for."""
    if operation == "DeleteObjects":
        return [deletion(item, params, place) for item in objects_to_delete(params)]
    action = _ACTIONS.get(operation, operation)
    version = params.get("VersionId")
    if version:
        action = _VERSIONED.get(action, action)
    context = _context(params)
    asked = [Asked(f"s3:{action}", _arn(params, place), context)]
    asked += [Asked(f"s3:{more}", _arn(params, place), context) for more in _further(operation, action, params)]
    if params.get("CopySource") and operation in ("CopyObject", "UploadPartCopy"):
        asked.append(_source(str(params["CopySource"]), place))
    return asked


def objects_to_delete(params: Params) -> Sequence[Mapping[str, Any]]:
    """Return what a `DeleteObjects` is to delete."""
    found = (params.get("Delete") or {}).get("Objects")
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def deletion(item: Mapping[str, Any], params: Params, place: Place) -> Asked:
    """Return what one of the objects of a `DeleteObjects` asks for."""
    version = item.get("VersionId")
    action = "DeleteObject" if version in (None, "") else "DeleteObjectVersion"
    arn = _arn({"Bucket": params.get("Bucket"), "Key": item.get("Key")}, place)
    return Asked(f"s3:{action}", arn, one("s3:versionid", version))


def _further(operation: str, action: str, params: Params) -> Iterator[str]:
    """Yield the actions that params of an operation need beside its own."""
    makes_object = action == "PutObject" and operation in ("PutObject", "CopyObject", "CreateMultipartUpload")
    if operation == "GetObjectAttributes":
        yield "GetObject" if action == operation else "GetObjectVersion"
    if makes_object and params.get("Tagging"):
        yield "PutObjectTagging"
    if makes_object and (params.get("ACL") or any(params.get(name) for name in _GRANTS)):
        yield "PutObjectAcl"
    if makes_object and params.get("ObjectLockMode"):
        yield "PutObjectRetention"
    if makes_object and params.get("ObjectLockLegalHoldStatus"):
        yield "PutObjectLegalHold"
    if operation == "CreateBucket":
        yield from _of_new_bucket(params)
    if params.get("BypassGovernanceRetention"):
        yield "BypassGovernanceRetention"


def _of_new_bucket(params: Params) -> Iterator[str]:
    if params.get("ACL") or any(params.get(name) for name in _GRANTS):
        yield "PutBucketAcl"
    if params.get("ObjectOwnership"):
        yield "PutBucketOwnershipControls"
    if params.get("ObjectLockEnabledForBucket"):
        yield "PutBucketObjectLockConfiguration"
        yield "PutBucketVersioning"
    if (params.get("CreateBucketConfiguration") or {}).get("Tags"):
        yield "TagResource"


def _arn(params: Params, place: Place) -> str:
    bucket, key = params.get("Bucket"), params.get("Key")
    if not bucket:
        return "*"
    if str(bucket).startswith("arn:"):  # an access point, which is refused later
        return str(bucket)
    stem = f"arn:{place.partition}:s3:::{bucket}"
    return f"{stem}/{key}" if key else stem


def _source(text: str, place: Place) -> Asked:
    """Return what the source of a copy asks for."""
    path, _, version = text.partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    return Asked(action, _arn({"Bucket": bucket, "Key": key}, place), one("s3:versionid", version or None))


def _context(params: Params) -> Context:
    context = dict(tag_context(params.get("CreateBucketConfiguration") or {}))
    for member, key in _KEYS.items():
        context.update(one(key, params.get(member)))
    location = (params.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
    context.update(one("s3:locationconstraint", location))
    tags = _object_tags(params)
    context.update({f"s3:requestobjecttag/{key.lower()}": (value,) for key, value in tags.items()})
    if tags:
        context["s3:requestobjecttagkeys"] = tuple(tags)
    return context


def _object_tags(params: Params) -> dict[str, str]:
    given = params.get("Tagging")
    if isinstance(given, str):
        return dict(parse_qsl(given, keep_blank_values=True))
    pairs = (given or {}).get("TagSet") or () if isinstance(given, Mapping) else ()
    return {str(tag.get("Key")): str(tag.get("Value")) for tag in pairs}
