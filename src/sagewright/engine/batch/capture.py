"""Manifests of what went into a transform job and came out of it (`contract.md` 3.2.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from sagewright.engine.abc import ObjectStore
from sagewright.engine.data.listing import Item
from sagewright.engine.planning.batch import Batch


def write_manifests(objects: ObjectStore, batch: Batch, transformed: Sequence[Item]) -> None:
    """Write down what this instance has read and written, behind the hour in which the job began."""
    capture = batch.capture
    if capture is None or not transformed:
        return
    began = datetime.fromtimestamp(batch.started_at, timezone.utc)
    name = f"{began:%Y/%m/%d/%H}/{batch.job}-{batch.share + 1}.json"
    inputs = [(item.bucket, item.key.removesuffix(item.path), item.path) for item in transformed]
    outputs = [(batch.output_bucket, batch.output_prefix, f"{item.path}.out") for item in transformed]
    for folder, entries in (("input", inputs), ("output", outputs)):
        body = json.dumps(list(_manifest(entries))).encode()
        objects.put(capture.bucket, f"{capture.prefix}{folder}/{name}", body)


def inference_time(batch: Batch) -> str:
    """Return the time that every record of the output bears; empty: none."""
    if batch.capture is None or not batch.capture.inference_ids:
        return ""
    return f"{datetime.fromtimestamp(batch.started_at, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def _manifest(entries: Sequence[tuple[str, str, str]]) -> Iterator[object]:
    """Yield a manifest's entries: a prefix, and the names behind it."""
    current = None
    for bucket, prefix, path in entries:
        if (bucket, prefix) != current:
            current = (bucket, prefix)
            yield {"prefix": f"s3://{bucket}/{prefix}"}
        yield path
