"""One asynchronous invocation, from its input in S3 to the object with the answer (`contract.md` 2.9)."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, Record
from sagewright.engine.acting import kept_role, parts_of
from sagewright.engine.hosting import faults, gates
from sagewright.engine.hosting.asking import PATH
from sagewright.engine.hosting.http import TimedOut
from sagewright.engine.hosting.places import place_of
from sagewright.engine.hosting.streaming import post
from sagewright.engine.objects.guarded import AccessRefused
from sagewright.engine.parts import Parts
from sagewright.engine.planning.serving import log_group

LARGEST_INPUT_BYTES = 1 << 30
IN_MEMORY_BYTES = 1 << 20
_HEADERS = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
}


class Failed(Exception):
    """The invocation has come to an end without an answer; its text is the reason."""


class Body(NamedTuple):
    stream: BinaryIO
    size: int
    content_type: str | None


def answer(parts: Parts, record: Record, instance: Mapping[str, Any], containers: Sequence[str]) -> str | None:
    """Ask an instance, store what it answers and return the answer's content type.

    An answer that has been stored before, by a steward that was killed then, is left alone.

    Args:
        containers: The names of the instance's containers: each gets the answer of the one before it.

    Raises:
        Failed: There is no input, or the model answered with an error or not in time.
        Shut, Undelivered, Broken: It can be tried again.
    """
    body, parts = record.body, parts_of(parts, kept_role(record.body))
    place = place_of(body["output"])
    if body["is_own_name"] and (known := _stored(parts, place)) is not None:
        return known[0]
    with gates.through(parts.home, instance["execution_id"]), contextlib.ExitStack() as streams:
        given = streams.enter_context(_input(parts, record))
        for number, container in enumerate(containers):
            is_last = number == len(containers) - 1
            into = streams.enter_context(_room(parts.home))
            given = _ask(record, instance["addresses"][number], container, given, into, is_last)
        _store(parts, place, given)
    return given.content_type


def store_failure(parts: Parts, record: Record, reason: str) -> None:
    """Write the reason why an invocation failed to its place, if it has one."""
    if record.body["failure"]:
        parts = parts_of(parts, kept_role(record.body))
        _store(parts, place_of(record.body["failure"]), Body(io.BytesIO(reason.encode()), 0, "text/plain"))


def see_log(record: Record) -> str:
    """Return the sentence that says where an endpoint's log is."""
    account, _, region = record.scope.partition("/")
    return (
        f"See https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
        f"#logEventViewer:group={log_group(record.body['endpoint'])} in account {account} for more information."
    )


def _stored(parts: Parts, place: tuple[str, str]) -> tuple[str | None] | None:
    """Return the content type of an object that is there."""
    with contextlib.suppress(NoSuchBucket, NoSuchObject, AccessRefused):
        return (parts.objects.head(*place).headers.get("ContentType"),)
    return None


@contextlib.contextmanager
def _input(parts: Parts, record: Record) -> Iterator[Body]:
    body = record.body
    content_type = body["request"].get("ContentType")
    if body["inline"] is not None:
        data = base64.b64decode(body["inline"])
        yield Body(io.BytesIO(data), len(data), content_type)
        return
    try:
        info, stream = parts.objects.open(*place_of(body["input"]))
    except (NoSuchBucket, NoSuchObject):
        raise Failed(f"Failed to download the input {body['input']}: there is no such object.") from None
    except AccessRefused as error:
        raise Failed(f"Failed to download the input {body['input']}: {error}") from None
    with stream:
        if info.size > LARGEST_INPUT_BYTES:
            raise Failed(f"The input {body['input']} has {info.size} bytes, more than {LARGEST_INPUT_BYTES}.")
        yield Body(stream, info.size, content_type or info.headers.get("ContentType"))


@contextlib.contextmanager
def _room(home: Path | None) -> Iterator[BinaryIO]:
    """Yield a file for an answer, in memory while it is small."""
    folder = None
    if home is not None:
        folder = str(home / "tmp")
        os.makedirs(folder, mode=0o700, exist_ok=True)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=folder) as file:
        yield file  # type: ignore[misc]


def _ask(record: Record, address: str, container: str, given: Body, into: BinaryIO, is_last: bool) -> Body:
    headers = {
        header: record.body["request"][name] for name, header in _HEADERS.items() if name in record.body["request"]
    }
    headers["X-Amzn-SageMaker-Inference-Id"] = record.body["inference_id"]
    headers.pop("Content-Type", None)
    if given.content_type:
        headers["Content-Type"] = given.content_type
    if not is_last:
        headers.pop("Accept", None)
    try:
        status, found = post(address, PATH, headers, given.stream, given.size, into, record.body["timeout_s"])
    except TimedOut:
        raise Failed(faults.timed_out(container).told(see_log(record))) from None
    size = into.tell()
    into.seek(0)
    if status >= 400:
        text = into.read(faults.SHOWN_CHARACTERS * 2).decode(errors="replace")
        raise Failed(faults.AnswerFault(container, status, text).told(see_log(record)))
    return Body(into, size, found.get("content-type"))


def _store(parts: Parts, place: tuple[str, str], given: Body) -> None:
    headers = {"ContentType": given.content_type} if given.content_type else {}
    try:
        parts.objects.put(*place, given.stream, headers=headers)
    except NoSuchBucket:
        raise Failed(f"Failed to upload the output: the bucket {place[0]} does not exist.") from None
    except AccessRefused as error:
        raise Failed(f"Failed to upload the output: {error}") from None
