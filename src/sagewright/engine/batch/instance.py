"""One instance's whole share of a transform job, once its servers are up."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from sagewright.engine.batch import failures
from sagewright.engine.batch.asking import Asker
from sagewright.engine.batch.capture import inference_time, write_manifests
from sagewright.engine.batch.json_path import parse
from sagewright.engine.batch.limits import execution_parameters, limits_of
from sagewright.engine.batch.listing import own_items
from sagewright.engine.batch.records import JSON_LINES, Processing
from sagewright.engine.batch.transforming import Done, Transforming
from sagewright.engine.data.listing import Item
from sagewright.engine.parts import Parts
from sagewright.engine.planning.batch import Batch

Write = Callable[[Sequence[str]], None]


def transform(
    parts: Parts, batch: Batch, addresses: Sequence[str], scratch: Path, write: Write, is_up: Callable[[], bool]
) -> Done:
    """Transform the instance's objects, and tell the data log about it.

    Args:
        addresses: Of the servers, in the order of the model's containers.
        write: Appends lines to the data log.
        is_up: Tells whether all servers run.

    Raises:
        LayoutError: The input cannot be listed.
        ServerGone: A server has ended.
    """
    with contextlib.closing(Asker(addresses, batch.timeout_s, batch.max_retries, parts.clock, is_up)) as asker:
        limits = limits_of(batch, execution_parameters(*asker.parameters()))
        log = _DataLog(write, parts.clock.now)
        log.tell([str(limits)])
        work = Transforming(parts.objects, batch, limits, processing_of(batch), asker, scratch, log.tell_of)
        done = work.run(own_items(parts.objects, batch))
    write_manifests(parts.objects, batch, done.transformed)
    return done


def processing_of(batch: Batch) -> Processing:
    """Return what is done to the job's records on their way."""
    content_type = (batch.content_type or "").partition(";")[0].strip().lower()
    return Processing(
        content_type,
        batch.split_type == "Line" or content_type == JSON_LINES,
        parse(batch.input_filter),
        batch.join,
        parse(batch.output_filter),
        inference_time(batch),
    )


def failure_reason(done: Done, stream: str) -> str | None:
    """Return why the instance counts as failed; None: all its objects are transformed.

    Args:
        stream: The name of the data log.
    """
    if not done.failed:
        return None
    item, first = done.failed[0]
    count, total = len(done.failed), len(done.failed) + len(done.transformed)
    return (
        f"{first.kind}: {failures.SEE_LOGS}\nhint: {count} of {total} objects could not be transformed, the first is "
        f"s3://{item.bucket}/{item.key}: {first.summary}\nEach is told of in the log stream {stream}"
    )


class _DataLog:
    def __init__(self, write: Write, now: Callable[[], float]) -> None:
        self._write, self._now = write, now

    def tell(self, lines: Sequence[str]) -> None:
        now = datetime.fromtimestamp(self._now(), timezone.utc).replace(tzinfo=None)
        stamp = now.isoformat(timespec="milliseconds")
        self._write([f"{stamp}:[sagemaker logs]: {line}" for line in lines])

    def tell_of(self, item: Item, lines: Sequence[str]) -> None:
        self.tell([f"{item.bucket}/{item.key}: {line}" for line in lines])
