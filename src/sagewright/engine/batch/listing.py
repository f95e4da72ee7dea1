"""Which objects an instance of a transform job gets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from sagewright.engine.abc import NoSuchObject, ObjectStore
from sagewright.engine.data.listing import Item, keys, read_manifest, relative_path
from sagewright.engine.planning.batch import Batch
from sagewright.engine.planning.document import Fetch


def own_items(objects: ObjectStore, batch: Batch) -> list[Item]:
    """Return the instance's objects in order: every one in turn goes to the next instance.

    What the job itself has stored meanwhile, where it writes beneath its own input, is none of them.

    Raises:
        LayoutError: The manifest cannot be read.
    """
    found = (item for item in _all(objects, batch) if item.path and not item.path.endswith("/"))
    theirs = (item for item in found if not _is_own_output(objects, batch, item))
    return list(itertools.islice(theirs, batch.share, None, batch.shares))


def _all(objects: ObjectStore, batch: Batch) -> Iterator[Item]:
    if batch.data_type == "ManifestFile":
        yield from read_manifest(objects, Fetch("", batch.bucket, batch.prefix, "", "ManifestFile"))
        return
    for key in keys(objects, batch.bucket, batch.prefix):
        yield Item(batch.bucket, key, relative_path(key, batch.prefix))


def _is_own_output(objects: ObjectStore, batch: Batch, item: Item) -> bool:
    place = (item.bucket, item.key[: len(batch.output_prefix)])
    if not item.key.endswith(".out") or place != (batch.output_bucket, batch.output_prefix):
        return False
    try:
        return objects.head(item.bucket, item.key).modified_at >= batch.started_at
    except NoSuchObject:
        return False
