"""Augmented manifests: a line of JSON for each example, whose attributes are values or refer to objects."""

from __future__ import annotations

import itertools
import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.abc import ObjectStore
from sagewright.engine.data.errors import LayoutError, download_failed
from sagewright.engine.data.laying import lay_page
from sagewright.engine.data.listing import PAGE, Item
from sagewright.engine.data.order import own_numbers
from sagewright.engine.planning.document import Fetch
from sagewright.vocabulary.s3_uris import split_s3_uri

REFERENCE = "-ref"  # ends the name of an attribute whose value is the URI of an object


@dataclass(frozen=True)
class Lines:
    """The lines of a manifest, and pins of the objects that they refer to.

    Attributes:
        offsets: Where in the manifest each line begins.
    """

    fetch: Fetch
    folder: Path
    offsets: array[int]

    def values(self, number: int) -> list[bytes | Path]:
        """Return what a line's attributes bring, in order: text, or the file of an object.

        Raises:
            LayoutError: It lacks an attribute.
        """
        with open(self.folder / "manifest", "rb") as file:
            file.seek(self.offsets[number])
            line = _parse(self.fetch, number, file.readline())
        return [
            _pin_of(self.folder, number, position) if name.endswith(REFERENCE) else _text(line[name])
            for position, name in enumerate(self.fetch.attributes)
        ]


def pin_lines(objects: ObjectStore, fetch: Fetch, folder: Path) -> Lines:
    """Pin a manifest and what the lines that this host may ever get refer to.

    Raises:
        LayoutError: The manifest, or an object, is missing; a line is not what it should be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest"
    lay_page(objects, fetch, [(Item(fetch.bucket, fetch.prefix, fetch.prefix), manifest)], shared=True)
    lines = Lines(fetch, folder, _offsets(manifest))
    wanted = range(len(lines.offsets)) if fetch.seed is not None else own_lines(lines, 0)
    references = _references(lines, iter(wanted))
    while page := list(itertools.islice(references, PAGE)):
        for folder_of_page in {path.parent for _, path in page}:
            folder_of_page.mkdir(exist_ok=True)
        lay_page(objects, fetch, sorted(page, key=lambda pair: pair[0].bucket), shared=True)
    return lines


def own_lines(lines: Lines, epoch: int) -> Iterator[int]:
    """Yield the numbers of the lines that this host gets in an epoch."""
    fetch = lines.fetch
    return iter(own_numbers(len(lines.offsets), fetch.share, fetch.shares, fetch.seed, epoch))


def _offsets(manifest: Path) -> array[int]:
    offsets, position = array("Q"), 0
    with open(manifest, "rb") as file:
        for line in file:
            if line.strip():
                offsets.append(position)
            position += len(line)
    return offsets


def _references(lines: Lines, numbers: Iterator[int]) -> Iterator[tuple[Item, Path]]:
    fetch = lines.fetch
    with open(lines.folder / "manifest", "rb") as file:
        for number in numbers:
            file.seek(lines.offsets[number])
            line = _parse(fetch, number, file.readline())
            for position, name in enumerate(fetch.attributes):
                if name.endswith(REFERENCE):
                    yield _item(fetch, number, name, line[name]), _pin_of(lines.folder, number, position)


def _item(fetch: Fetch, number: int, name: str, value: Any) -> Item:
    try:
        bucket, key = split_s3_uri(value)
    except (ValueError, TypeError, AttributeError):
        raise _unreadable(fetch, number, f"`{name}` is not an S3 URI: {value!r}") from None
    return Item(bucket, key, key)


def _parse(fetch: Fetch, number: int, line: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise _unreadable(fetch, number, str(error)) from None
    if not isinstance(document, dict):
        raise _unreadable(fetch, number, "it is not a JSON object")
    for name in fetch.attributes:
        if name not in document:
            raise _unreadable(fetch, number, f"it has no attribute `{name}`")
    return document


def _unreadable(fetch: Fetch, number: int, why: str) -> LayoutError:
    uri = f"s3://{fetch.bucket}/{fetch.prefix}"
    return download_failed(f"The augmented manifest `{uri}` cannot be read: line {number + 1}: {why}")


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")


def _pin_of(folder: Path, number: int, position: int) -> Path:
    return folder / str(number // PAGE) / f"{number}.{position}"
