"""What requests say of an object, and what answers tell of it: headers, metadata, tags, checksums."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qsl, quote

from sagewright.engine.abc import Bucket, ObjectInfo
from sagewright.engine.objects.expiry import active, expiry_of
from sagewright.engine.objects.rules import NULL, has_versions
from sagewright.engine.operations.s3 import locks
from sagewright.engine.operations.s3.checksums import FULL_OBJECT, sent
from sagewright.engine.operations.s3.conditions import quoted
from sagewright.engine.operations.s3.errors import malformed_xml
from sagewright.engine.parts import Params, Result
from sagewright.vocabulary.errors import ApiError

KEPT = (
    "ContentType",
    "ContentEncoding",
    "ContentLanguage",
    "ContentDisposition",
    "CacheControl",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "WebsiteRedirectLocation",
)
MOST_METADATA_BYTES = 2048


def metadata_of(params: Params) -> dict[str, str]:
    """Return the user's metadata of a request.

    Raises:
        ApiError: `MetadataTooLarge`.
    """
    metadata = dict(params.get("Metadata") or {})
    size = sum(len(name.encode()) + len(value.encode(errors="surrogatepass")) for name, value in metadata.items())
    if size > MOST_METADATA_BYTES:
        raise ApiError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            400,
            {"Size": size, "MaxSizeAllowed": MOST_METADATA_BYTES},
        )
    return metadata


def tags_of_header(params: Params) -> dict[str, str]:
    """Return the tags of a request's `Tagging` header."""
    tags = parse_qsl(params.get("Tagging") or "", keep_blank_values=True)
    check_tags(tags)
    return dict(tags)


def tags_of_document(params: Params) -> dict[str, str]:
    """Return the tags of a request's `Tagging` document.

    Raises:
        ApiError: `MalformedXML`, and what `check_tags` raises.
    """
    items = (params.get("Tagging") or {}).get("TagSet") or ()
    if any("Key" not in item or "Value" not in item for item in items):
        raise malformed_xml()
    tags = [(item["Key"], item["Value"]) for item in items]
    check_tags(tags)
    return dict(tags)


def check_tags(tags: list[tuple[str, str]], what: str = "Object", most: int = 10) -> None:
    """Check an object's tags, or a bucket's, which may be 50.

    Raises:
        ApiError: `InvalidTag` or `BadRequest`.
    """
    if len(tags) > most:
        raise ApiError("BadRequest", f"{what} tags cannot be greater than {most}")
    for key, value in tags:
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise ApiError("InvalidTag", "The TagKey or TagValue you have provided is invalid", members={"TagKey": key})
        if key.lower().startswith("aws:"):
            text = "System tags cannot be added/updated by requester"
            if what == "Object":
                text = "Your TagKey cannot be prefixed with aws:"
            raise ApiError("InvalidTag", text, members={"TagKey": key})
    if len({key for key, _ in tags}) < len(tags):
        raise ApiError("InvalidTag", "Cannot provide multiple Tags with the same key")


def describe(info: ObjectInfo, params: Params, bucket: Bucket) -> Result:
    """Return the members of `GetObject` and `HeadObject` that tell of the object."""
    answer: Result = {
        "AcceptRanges": "bytes",
        "LastModified": int(info.modified_at),
        "ContentLength": info.size,
        "ETag": quoted(info.etag),
        "Metadata": dict(info.metadata),
        "TagCount": len(info.tags) or None,
        **version_member(info, bucket),
        **expiration_member(info, bucket),
        **locks.told(info.headers),
        **encryption_members(info.headers),
    }
    for name in KEPT:
        if name in info.headers:
            answer[name] = info.headers[name]
    if "Expires" in info.headers:
        answer["Expires"] = parsedate_to_datetime(info.headers["Expires"])
    if answer.get("StorageClass") == "STANDARD":
        del answer["StorageClass"]
    if params.get("ChecksumMode") == "ENABLED":
        answer.update(checksum_members(info.headers))
    for name, value in params.items():
        if name.startswith("Response"):
            answer[name.removeprefix("Response")] = value
    return answer


def expiration_member(info: ObjectInfo, bucket: Bucket) -> dict[str, str]:
    """Return when the object goes, and by which rule of its bucket's lifecycle, if one lets it go."""
    found = expiry_of(active(bucket.configuration.get("lifecycle")), info)
    if found is None:
        return {}
    date = format_datetime(datetime.fromtimestamp(found[0], timezone.utc), usegmt=True)
    return {"Expiration": f'expiry-date="{date}", rule-id="{quote(found[1], safe="")}"'}


def version_member(info: ObjectInfo, bucket: Bucket) -> dict[str, str]:
    """Return the version of an object whose bucket keeps versions, or has kept some."""
    return {"VersionId": info.version_id or NULL} if has_versions(bucket.configuration) else {}


def written_version(info: ObjectInfo) -> dict[str, str]:
    """Return the version that a write has made; of the version `null` it does not speak."""
    return {} if info.version_id is None else {"VersionId": info.version_id}


def checksum_members(headers: Mapping[str, str]) -> dict[str, str]:
    """Return an object's checksum and its type."""
    sums = sent(headers)
    return {**sums, "ChecksumType": headers.get("ChecksumType", FULL_OBJECT)} if sums else {}


def checksum_words(headers: Mapping[str, str]) -> Result:
    """Return what listings tell of an object's checksum."""
    sums = [name.removeprefix("Checksum") for name in sent(headers)]
    return {"ChecksumAlgorithm": sums, "ChecksumType": headers.get("ChecksumType", FULL_OBJECT)} if sums else {}


def encryption_members(headers: Mapping[str, str]) -> Result:
    """Return what an object's headers say of its encryption."""
    told: Result = {name: headers[name] for name in ("ServerSideEncryption", "SSEKMSKeyId") if name in headers}
    if "BucketKeyEnabled" in headers:
        told["BucketKeyEnabled"] = headers["BucketKeyEnabled"] == "true"
    return told


def stored(info: ObjectInfo, bucket: Bucket) -> Result:
    """Return what a write answers."""
    return {
        "ETag": quoted(info.etag),
        **checksum_members(info.headers),
        **written_version(info),
        **expiration_member(info, bucket),
        **encryption_members(info.headers),
    }


def md5_of(params: Params) -> bytes | None:
    """Return the digest of a request's `Content-MD5`."""
    text = params.get("ContentMD5")
    if text is None:
        return None
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != 16:
        raise ApiError("InvalidDigest", "The Content-MD5 you specified was invalid.")
    return digest
