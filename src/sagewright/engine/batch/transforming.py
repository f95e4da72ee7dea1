"""Transforming objects: read, split, ask, assemble, store.

One thread reads, assembles and stores; others ask the servers, so many at a time as the limits say. Answers are taken
up in the order of their records, and no more requests are begun than twice as many as may be under way, so that the
output is the same however many there are and memory is bounded. An output is stored when all of its object has been
answered; of an object that fails nothing is.
"""

from __future__ import annotations

import contextlib
import gzip
import tempfile
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, ObjectStore
from sagewright.engine.batch import failures
from sagewright.engine.batch.asking import Answer, Asker, BodyUnreadable, NoAnswer
from sagewright.engine.batch.failures import Failure
from sagewright.engine.batch.limits import Limits
from sagewright.engine.batch.narrowing import narrow
from sagewright.engine.batch.records import BadRecord, Processing
from sagewright.engine.batch.splitting import BadInput, Payload, split
from sagewright.engine.data.listing import Item
from sagewright.engine.planning.batch import Batch

IN_MEMORY_BYTES = 8 << 20  # of an output that is being assembled; what is longer goes to the disk

_UNREADABLE = (BadInput, NoSuchBucket, NoSuchObject, EOFError, zlib.error, gzip.BadGzipFile, BodyUnreadable)


class ServerGone(Exception):
    """A server of the model has ended: no object can be transformed any more."""


@dataclass
class Done:
    """What came of the objects: those that were transformed, and the first failure of each of the others."""

    transformed: list[Item] = field(default_factory=list)
    failed: list[tuple[Item, Failure]] = field(default_factory=list)


@dataclass
class _Output:
    """An object on its way."""

    item: Item
    body: BinaryIO
    failure: Failure | None = None


class _Request(NamedTuple):
    output: _Output
    payload: Payload
    answer: Future[bytes | Failure]


class _End(NamedTuple):
    """All requests of an object have been begun, or the rest of it cannot be read."""

    output: _Output
    failure: Failure | None


@dataclass
class Transforming:
    """One instance's work.

    Args:
        scratch: A folder for what is being assembled.
        tell: Writes a line about an object into the data log.
    """

    objects: ObjectStore
    batch: Batch
    limits: Limits
    processing: Processing
    asker: Asker
    scratch: Path
    tell: Callable[[Item, Sequence[str]], None]
    done: Done = field(default_factory=Done)
    _unfinished: list[_Output] = field(default_factory=list)

    def run(self, items: Iterable[Item]) -> Done:
        """Transform the objects.

        Raises:
            ServerGone: The servers are no more; what was stored before is.
        """
        begun: deque[_Request | _End] = deque()
        pool = ThreadPoolExecutor(self.limits.max_concurrent)
        try:
            for step in self._steps(items, pool):
                begun.append(step)
                while len(begun) >= 2 * self.limits.max_concurrent:
                    self._take_up(begun.popleft())
            while begun:
                self._take_up(begun.popleft())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for output in self._unfinished:
                output.body.close()
        return self.done

    # Reading ----------------------------------------------------------------------------------------------------

    def _steps(self, items: Iterable[Item], pool: ThreadPoolExecutor) -> Iterator[_Request | _End]:
        for item in items:
            scratch = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(self.scratch))  # noqa: SIM115
            output = _Output(item, cast("BinaryIO", scratch))
            self._unfinished.append(output)
            failure = None
            try:
                for payload in self._payloads(item):
                    yield _Request(output, payload, pool.submit(self._answer, item, payload))
                    if output.failure is not None:
                        break
            except _UNREADABLE as error:
                failure = _of_reading(error)
            yield _End(output, failure)

    def _payloads(self, item: Item) -> Iterator[Payload]:
        if self._in_chunks:
            self.objects.head(item.bucket, item.key)
            yield Payload(0, 1, b"")
            return
        with self._opened(item) as stream:
            yield from split(stream, self.batch.split_type, single=self.limits.single, max_bytes=self.limits.max_bytes)

    @property
    def _in_chunks(self) -> bool:
        """Whether objects go to the model as they are, however large."""
        plain = self.processing.input_filter.selects_all and not self.processing.looks_into_answers
        whole = self.batch.split_type == "None" or not self.limits.single
        return self.limits.max_payload_mb == 0 and plain and whole

    @contextlib.contextmanager
    def _opened(self, item: Item) -> Iterator[BinaryIO]:
        with self.objects.open(item.bucket, item.key)[1] as stream:
            if self.batch.gunzip:
                with gzip.GzipFile(fileobj=stream) as expanded:
                    yield cast("BinaryIO", expanded)
            else:
                yield stream

    # Asking (in threads) ----------------------------------------------------------------------------------------

    def _answer(self, item: Item, payload: Payload, retries: int | None = None) -> bytes | Failure:
        """Return what one payload adds to its object's output."""
        try:
            answer = self._ask(item, payload, retries)
            if answer.status >= 400:
                return failures.of_answer(answer, payload)
            ids = self._inference_ids(item, payload)
            return self.processing.output(payload.body, answer.body, ids, answer.content_type)
        except BadRecord as error:
            return failures.of_record(error, payload)
        except _UNREADABLE as error:  # in chunks it is read as it is sent
            return _of_reading(error)
        except NoAnswer as error:
            if not self.asker.is_up():
                raise ServerGone(str(error)) from error
            return failures.of_silence(error, payload)

    def _ask(self, item: Item, payload: Payload, retries: int | None) -> Answer:
        if self._in_chunks:
            return self.asker.ask(lambda: self._opened(item), self.batch.content_type, self.batch.accept)
        body = self.processing.request(payload.body)
        return self.asker.ask(body, self.batch.content_type, self.batch.accept, retries=retries)

    def _inference_ids(self, item: Item, payload: Payload) -> list[str]:
        """Return an id for each record; they stay the same however the records are put together."""
        if not self.processing.inference_time:
            return []
        place, first = f"{self.batch.arn}/{item.bucket}/{item.key}", max(payload.first, 1)
        numbers = range(first, first + self.processing.count(payload.body))
        return [str(uuid.uuid5(uuid.NAMESPACE_URL, f"{place}#{number}")) for number in numbers]

    # Assembling -------------------------------------------------------------------------------------------------

    def _take_up(self, step: _Request | _End) -> None:
        output = step.output
        if isinstance(step, _End):
            output.failure = output.failure or step.failure
            self._finish(output)
        elif output.failure is not None:
            step.answer.cancel()
        else:
            answer = step.answer.result()
            if isinstance(answer, Failure):
                output.failure = self._narrowed(output.item, step.payload, answer)
            else:
                output.body.write(answer.removesuffix(b"\n") + b"\n" if self.batch.line_ends else answer)

    def _narrowed(self, item: Item, payload: Payload, failure: Failure) -> Failure:
        if self.batch.split_type != "Line":
            return failure
        return narrow(payload, failure, lambda part: self._answer(item, part, retries=0))

    def _finish(self, output: _Output) -> None:
        item = output.item
        self._unfinished.remove(output)
        with output.body as body:
            if output.failure is not None:
                self.done.failed.append((item, output.failure))
                self.tell(item, output.failure.told)
                return
            body.seek(0)
            key = f"{self.batch.output_prefix}{item.path}.out"
            try:
                self.objects.put(self.batch.output_bucket, key, body)
            except NoSuchBucket:
                failure = Failure(failures.CLIENT, "", [f"the bucket `{self.batch.output_bucket}` does not exist"])
                self.done.failed.append((item, failure))
                self.tell(item, failure.told)
                return
            self.done.transformed.append(item)


def _of_reading(error: Exception) -> Failure:
    if isinstance(error, BadInput):
        return failures.of_input(error)
    if isinstance(error, NoSuchBucket | NoSuchObject):
        return failures.of_input(BadInput("the object does not exist"))
    return failures.of_input(BadInput(f"the object cannot be expanded: {error}"))
