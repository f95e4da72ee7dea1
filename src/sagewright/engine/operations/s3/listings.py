"""Listings of a bucket's objects."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from sagewright.engine.abc import Listing
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.errors import invalid_argument, s3_errors
from sagewright.engine.operations.s3.facts import quoted
from sagewright.engine.operations.s3.tokens import name_of, token_of
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_KEYS = 1000


def list_objects_v2(parts: Parts, caller: Caller, params: Params) -> Result:
    """List keys and common prefixes, with a token for what follows."""
    token = params.get("ContinuationToken")
    after = name_of(token) if token is not None else params.get("StartAfter", "")
    listing = _list(parts, params, after)
    encode = _encoder(params)
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
    encode = _encoder(params)
    answer = _contents(listing, params, owner=caller.account)
    answer["Marker"] = encode(marker)
    if listing.next_after is not None and params.get("Delimiter"):
        answer["NextMarker"] = encode(listing.next_after)
    return answer


def list_object_versions(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the versions of keys. No bucket here keeps versions: each object is its only one, `null`."""
    marker = params.get("KeyMarker", "")
    listing = _list(parts, params, marker)
    encode = _encoder(params)
    answer = _contents(listing, params, owner=caller.account)
    answer["Versions"] = [{**item, "VersionId": "null", "IsLatest": True} for item in answer.pop("Contents")]
    answer["KeyMarker"] = encode(marker)
    if listing.next_after is not None:
        answer["NextKeyMarker"] = encode(listing.next_after)
        answer["NextVersionIdMarker"] = "null"
    return answer


def _list(parts: Parts, params: Params, after: str) -> Listing:
    find_bucket(parts, params)
    limit = params.get("MaxKeys", MOST_KEYS)
    if limit < 0:
        raise invalid_argument("max-keys", limit, "Argument maxKeys must be an integer between 0 and 2147483647")
    with s3_errors(params["Bucket"]):
        return parts.objects.list(
            params["Bucket"], params.get("Prefix", ""), params.get("Delimiter", ""), after, min(limit, MOST_KEYS)
        )


def _contents(listing: Listing, params: Params, owner: str | None) -> Result:
    encode = _encoder(params)
    return {
        "Name": params["Bucket"],
        "Prefix": encode(params.get("Prefix", "")),
        "Delimiter": encode(params["Delimiter"]) if params.get("Delimiter") else None,
        "MaxKeys": min(params.get("MaxKeys", MOST_KEYS), MOST_KEYS),
        "EncodingType": params.get("EncodingType"),
        "IsTruncated": listing.next_after is not None,
        "CommonPrefixes": [{"Prefix": encode(prefix)} for prefix in listing.prefixes],
        "Contents": [
            {
                "Key": encode(info.key),
                "LastModified": info.modified_at,
                "ETag": quoted(info.etag),
                "Size": info.size,
                "StorageClass": info.headers.get("StorageClass", "STANDARD"),
                "Owner": {"ID": owner} if owner else None,
            }
            for info in listing.objects
        ],
    }


def _encoder(params: Params) -> Callable[[str], str]:
    if params.get("EncodingType") == "url":
        return lambda text: quote(text, safe="/*", errors="surrogatepass")
    return lambda text: text
