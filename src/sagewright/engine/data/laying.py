"""Making files of many objects, page by page."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from sagewright.engine.abc import NoSuchBucket, ObjectStore
from sagewright.engine.data.errors import download_failed, no_objects
from sagewright.engine.data.listing import PAGE, Item, own_items
from sagewright.engine.planning.document import Fetch
from sagewright.vocabulary.archives import escapes

T = TypeVar("T")


def lay_files(objects: ObjectStore, fetch: Fetch, folder: Path, *, shared: bool) -> None:
    """Make a host's files of a channel.

    Args:
        shared: They may be the store's own bytes (`ObjectStore.lay_down`).

    Raises:
        LayoutError: Something is missing, or keys cannot be files side by side.
    """
    made: Path | None = None
    for page in _pages(own_items(objects, fetch), PAGE):
        placed = []
        for item in page:
            if escapes(item.path):
                raise download_failed(f"The key `{item.key}` is not a path inside its channel.")
            path = folder / item.path
            if path.parent != made:  # keys come in order, so those of one folder come together
                made = path.parent
                _make(made, item)
            placed.append((item, path))
        lay_page(objects, fetch, placed, shared=shared)


def lay_page(objects: ObjectStore, fetch: Fetch, placed: Iterable[tuple[Item, Path]], *, shared: bool) -> None:
    """Make files of a page of objects.

    Raises:
        LayoutError: One that was asked for by name is missing, or a file cannot be made.
    """
    for bucket, group in itertools.groupby(placed, key=lambda pair: pair[0].bucket):
        files = [(item.key, path) for item, path in group]
        try:
            missing = objects.lay_down(bucket, files, shared=shared)
        except NoSuchBucket:
            missing = [key for key, _ in files]
        except OSError as error:
            raise download_failed(_told(error, files)) from None
        if missing and fetch.data_type != "S3Prefix":  # else it has gone since it was listed
            raise no_objects(f"s3://{bucket}/{missing[0]}", fetch.channel)


def _make(folder: Path, item: Item) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise download_failed(f"`{item.key}`: {error}") from None


def _told(error: OSError, files: Iterable[tuple[str, Path]]) -> str:
    """Name the object whose file could not be made."""
    names = {str(path): key for key, path in files}
    key = next((names[str(name)] for name in (error.filename, error.filename2) if str(name) in names), None)
    return f"`{key}`: {error.strerror}" if key is not None else str(error)


def _pages(things: Iterator[T], size: int) -> Iterator[list[T]]:
    while page := list(itertools.islice(things, size)):
        yield page
