"""Listings of a bucket's objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from sagewright.engine.abc import Listing, ObjectInfo
from sagewright.engine.objects.rules import NULL
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.conditions import quoted, whole_number
from sagewright.engine.operations.s3.errors import invalid_argument, s3_errors
from sagewright.engine.operations.s3.facts import checksum_words
from sagewright.engine.operations.s3.tokens import name_of, token_of
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_KEYS = 1000


def list_objects_v2(parts: Parts, caller: Caller, params: Params) -> Result:
    """List keys and common prefixes, with a token for what follows."""
    token = params.get("ContinuationToken")
    after = name_of(token) if token is not None else params.get("StartAfter", "")
    listing = _list(parts, params, after)
    encode = encoder(params)
    answer = _contents(listing, params, owner=caller.account if params.get("FetchOwner") else None)
    answer.update(
        {
            "KeyCount": len(listing.objects) + len(listing.prefixes),
            "ContinuationToken": token,
            "StartAfter": encode(params["StartAfter"]) if params.get("StartAfter") else None,
        }
    )
    if listing.next_after is not None:
        answer["NextContinuationToken"] = token_of(listing.next_after)
    return answer


def list_objects(parts: Parts, caller: Caller, params: Params) -> Result:
    """List keys and common prefixes; what follows begins behind the last of them."""
    marker = params.get("Marker", "")
    listing = _list(parts, params, marker)
    encode = encoder(params)
    answer = _contents(listing, params, owner=caller.account)
    answer["Marker"] = encode(marker)
    if listing.next_after is not None and params.get("Delimiter"):
        answer["NextMarker"] = encode(listing.next_after)
    return answer


def list_object_versions(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the versions of keys, and delete markers, the newest of each key first."""
    bucket, encode, limit = find_bucket(parts, params), encoder(params), _limit(params)
    key, version_id = params.get("KeyMarker", ""), params.get("VersionIdMarker")
    if version_id is not None and not key:
        raise invalid_argument(
            "version-id-marker", version_id, "A version-id marker cannot be specified without a key marker."
        )
    with s3_errors(bucket.name):
        listing = parts.objects.list_versions(
            bucket.name, params.get("Prefix", ""), params.get("Delimiter", ""), (key, version_id or None), limit
        )
    answer = _frame(params, listing.prefixes, listing.next_after is not None)
    owner = {"ID": bucket.owner}
    answer["Versions"] = [
        {**_entry(info, encode(info.key), owner), **_place(info, newest)}
        for info, newest in listing.versions
        if not info.is_marker
    ]
    answer["DeleteMarkers"] = [
        {"Key": encode(info.key), "LastModified": info.modified_at, "Owner": owner, **_place(info, newest)}
        for info, newest in listing.versions
        if info.is_marker
    ]
    answer["KeyMarker"], answer["VersionIdMarker"] = encode(key), version_id or ""
    if listing.next_after is not None:
        answer["NextKeyMarker"], answer["NextVersionIdMarker"] = encode(listing.next_after[0]), listing.next_after[1]
    return answer


def _place(info: ObjectInfo, newest: bool) -> Result:
    return {"VersionId": info.version_id or NULL, "IsLatest": newest}


def _list(parts: Parts, params: Params, after: str) -> Listing:
    find_bucket(parts, params)
    limit = _limit(params)
    with s3_errors(params["Bucket"]):
        return parts.objects.list(params["Bucket"], params.get("Prefix", ""), params.get("Delimiter", ""), after, limit)


def _limit(params: Params) -> int:
    return min(whole_number(params, "MaxKeys", MOST_KEYS), MOST_KEYS)


def _contents(listing: Listing, params: Params, owner: str | None) -> Result:
    encode, told_owner = encoder(params), {"ID": owner} if owner else None
    answer = _frame(params, listing.prefixes, listing.next_after is not None)
    answer["Contents"] = [_entry(info, encode(info.key), told_owner) for info in listing.objects]
    return answer


def _frame(params: Params, prefixes: Sequence[str], more: bool) -> Result:
    """Return what all listings tell beside their entries."""
    encode = encoder(params)
    return {
        "Name": params["Bucket"],
        "Prefix": encode(params.get("Prefix", "")),
        "Delimiter": encode(params["Delimiter"]) if params.get("Delimiter") else None,
        "MaxKeys": _limit(params),
        "EncodingType": params.get("EncodingType"),
        "IsTruncated": more,
        "CommonPrefixes": [{"Prefix": encode(prefix)} for prefix in prefixes],
    }


def _entry(info: ObjectInfo, key: str, owner: Mapping[str, str] | None) -> Result:
    return {
        "Key": key,
        "LastModified": info.modified_at,
        "ETag": quoted(info.etag),
        "Size": info.size,
        "StorageClass": info.headers.get("StorageClass", "STANDARD"),
        "Owner": owner,
        **checksum_words(info.headers),
    }


def encoder(params: Params) -> Callable[[str], str]:
    """Return how keys are written in the answer."""
    if params.get("EncodingType") not in (None, "url"):
        raise invalid_argument("encoding-type", params["EncodingType"], "Invalid Encoding Method specified in Request")
    if params.get("EncodingType") == "url":
        return lambda text: quote(text, safe="/*", errors="surrogatepass")
    return lambda text: text
