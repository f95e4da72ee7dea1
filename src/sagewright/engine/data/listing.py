"""Which objects a channel names, in order; read page by page and never held whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import NamedTuple

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, ObjectStore
from sagewright.engine.data.errors import download_failed, no_objects
from sagewright.engine.data.order import own_numbers
from sagewright.engine.planning.document import Fetch
from sagewright.vocabulary.s3_uris import split_s3_uri

PAGE = 1000


class Item(NamedTuple):
    """An object of a channel, and its path below the channel's folder."""

    bucket: str
    key: str
    path: str


def items(objects: ObjectStore, fetch: Fetch) -> Iterator[Item]:
    """Yield all objects of a channel, in order of their keys or of the manifest.

    Raises:
        LayoutError: There are none, or the manifest cannot be read.
    """
    found = read_manifest(objects, fetch) if fetch.data_type == "ManifestFile" else _prefixed(objects, fetch)
    first = next(found, None)
    if first is None:
        raise no_objects(f"s3://{fetch.bucket}/{fetch.prefix}", fetch.channel)
    # A key that ends in a slash stands for a folder: S3's console makes them, and they hold nothing.
    return (item for item in itertools.chain([first], found) if item.path and not item.path.endswith("/"))


def own_items(objects: ObjectStore, fetch: Fetch) -> Iterator[Item]:
    """Yield the objects that this host gets as files.

    Raises:
        LayoutError: As for `items`.
    """
    if fetch.shares == 1 or fetch.seed is None:
        return itertools.islice(items(objects, fetch), fetch.share, None, fetch.shares)
    count = sum(1 for _ in items(objects, fetch))
    own = set(own_numbers(count, fetch.share, fetch.shares, fetch.seed))
    return (item for number, item in enumerate(items(objects, fetch)) if number in own)


def read_manifest(objects: ObjectStore, fetch: Fetch) -> Iterator[Item]:
    """Yield what a manifest lists, in order.

    Raises:
        LayoutError: There is no manifest, or it is none.
    """
    uri = f"s3://{fetch.bucket}/{fetch.prefix}"
    try:
        with objects.open(fetch.bucket, fetch.prefix)[1] as stream:
            entries = json.loads(stream.read())
        bucket, prefix = split_s3_uri(entries[0]["prefix"])
    except (NoSuchBucket, NoSuchObject):
        raise no_objects(uri, fetch.channel) from None
    except (ValueError, LookupError, TypeError) as error:
        raise download_failed(f"The manifest `{uri}` cannot be read: {error}") from None
    for entry in entries[1:]:
        if isinstance(entry, dict) and "prefix" in entry:
            bucket, prefix = split_s3_uri(entry["prefix"])
        else:
            yield Item(bucket, prefix + str(entry), str(entry))


def relative_path(key: str, prefix: str) -> str:
    """Return where an object lies below its channel's folder.

    What follows a prefix that is a folder, with or without its last slash; of a prefix that is an object, or that ends
    inside of a name, the names that begin with it are kept whole.
    """
    rest = key[len(prefix) :]
    if rest and (rest.startswith("/") or prefix.endswith("/")):
        return rest.lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _prefixed(objects: ObjectStore, fetch: Fetch) -> Iterator[Item]:
    if fetch.data_type == "S3Object":
        yield Item(fetch.bucket, fetch.prefix, fetch.prefix.rpartition("/")[2])
        return
    prefix = _folder_or_file(objects, fetch) if fetch.mode == "FastFile" else fetch.prefix
    for key in keys(objects, fetch.bucket, prefix):
        yield Item(fetch.bucket, key, relative_path(key, fetch.prefix))


def keys(objects: ObjectStore, bucket: str, prefix: str) -> Iterator[str]:
    """Yield the keys that begin with a prefix, in order; none of a bucket that is not there."""
    after: str | None = ""
    while after is not None:
        try:
            page = objects.list(bucket, prefix, after=after, limit=PAGE)
        except NoSuchBucket:
            return
        yield from (info.key for info in page.objects)
        after = page.next_after


def _folder_or_file(objects: ObjectStore, fetch: Fetch) -> str:
    """Return the prefix of a mounted channel: a mount shows a whole folder or file.

    Raises:
        LayoutError: The prefix ends inside of a name.
    """
    prefix = fetch.prefix
    if not prefix or prefix.endswith("/") or next(keys(objects, fetch.bucket, prefix), prefix) == prefix:
        return prefix
    if next(keys(objects, fetch.bucket, f"{prefix}/"), None) is None:
        raise download_failed(
            "Failed to download data. For FastFile mode, partial S3 prefix is not supported. S3 prefix has to end with "
            "a full file or folder."
        )
    return f"{prefix}/"
