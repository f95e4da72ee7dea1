"""Serverless variants: no process until somebody asks, and never more requests at once than were agreed.

Callers and the steward meet in a folder of the home for each variant:

<home>/serverless/<digest>/
├── whose           scope, endpoint and the time of its creation: what the digest is made of
├── last-use        touched when a request comes and when it is answered
└── slot-0 ...      held (flock) while a request is answered: as many as the variant's `MaxConcurrency`

Locks go with the processes that hold them, so that a caller that is killed takes no slot with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sagewright import settings
from sagewright.engine.abc import Datum, Record
from sagewright.engine.hosting.faults import AnswerFault
from sagewright.engine.operations.runtime.errors import model_error
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.errors import ApiError

START_S = 180.0  # a server must answer pings within that time (`contract.md` 2.10)
MOST_STARTS = 1
LOOK_S = 0.01
_TRIES = 3  # of finding a slot: the steward holds each for an instant when it looks whether it is free


@contextlib.contextmanager
def admitted(parts: Parts, record: Record, variant: Mapping[str, Any]) -> Iterator[None]:
    """Hold one of a variant's slots, with a server that is up, while a request is answered.

    Raises:
        ApiError: `ThrottlingException`: all slots are taken. `ModelError`: the server does not come up.
    """
    if parts.home is None:
        yield
        return
    folder = _folder(parts.home, record, variant["name"])
    slot = _take_slot(folder, variant["serverless"]["MaxConcurrency"])
    try:
        _touch(folder)
        if not _is_ready(record, variant["name"]):
            _await_server(parts, record, variant)
        yield
    finally:
        _touch(folder)
        os.close(slot)


def wanted_count(parts: Parts, record: Record, variant: Mapping[str, Any]) -> int:
    """Return how many instances a serverless variant shall have now: one while it is in use, or provisioned."""
    if parts.home is None or variant["serverless"].get("ProvisionedConcurrency"):
        return 1
    folder = _folder(parts.home, record, variant["name"])
    try:
        idle_s = time.time() - (folder / "last-use").stat().st_mtime
    except FileNotFoundError:
        return 0
    return int(idle_s < settings.SERVERLESS_IDLE_S.read() or _is_busy(folder))


def sweep(parts: Parts) -> None:
    """Remove the folders of variants that are gone."""
    for path in (parts.home / "serverless").glob("*/whose") if parts.home else ():
        scope, _, name, created_at = path.read_text().split("\n")
        record = parts.state.get("endpoint", scope, name)
        if record is None or str(record.created_at) != created_at:
            shutil.rmtree(path.parent, ignore_errors=True)


def _folder(home: Path, record: Record, variant: str) -> Path:
    text = "\n".join((record.scope, variant, record.name, str(record.created_at)))
    folder = home / "serverless" / hashlib.sha256(text.encode()).hexdigest()[:32]
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "whose").write_text(text)
    return folder


def _touch(folder: Path) -> None:
    path = folder / "last-use"
    try:
        os.utime(path)
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):  # the endpoint is gone
            path.touch(mode=0o600)


def _take_slot(folder: Path, slots: int) -> int:
    """Return the descriptor of a slot that is held."""
    first = random.randrange(slots)  # noqa: S311 - no secret
    for tried in range(_TRIES):
        for number in range(slots):
            slot = _try(folder / f"slot-{(first + number) % slots}")
            if slot is not None:
                return slot
        if tried < _TRIES - 1:
            time.sleep(0.001)
    raise ApiError(
        "ThrottlingException",
        f"Rate exceeded\nhint: the variant answers at most {slots} requests at once: its MaxConcurrency.",
        429,
    )


def _try(path: Path) -> int | None:
    slot = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(slot)
        return None
    return slot


def _is_busy(folder: Path) -> bool:
    for path in folder.glob("slot-*"):
        slot = _try(path)
        if slot is None:
            return True
        os.close(slot)
    return False


def _is_ready(record: Record, variant: str) -> bool:
    return any(instance.get("addresses") for instance in record.body["instances"].get(variant, ()))


def _await_server(parts: Parts, record: Record, variant: Mapping[str, Any]) -> None:
    """Wait for the steward to bring a server up.

    Raises:
        ApiError: `ModelError`: it has tried, or three minutes have passed.
    """
    name, began = variant["name"], time.monotonic()
    container = variant["containers"][0]["name"]
    parts.ring()
    while True:
        found = parts.state.get("endpoint", record.scope, record.name)
        if found is None or _is_ready(found, name):
            break
        for instance in found.body["instances"].get(name, ()):
            if instance["starts"] > MOST_STARTS:
                raise _fault(record, AnswerFault(container, 0, _exited(instance)))
        if time.monotonic() - began > START_S:
            late = f"Ping failed: the container did not come up within {START_S:g} seconds."
            raise _fault(record, AnswerFault(container, 0, late))
        time.sleep(LOOK_S)
    took_us = (time.monotonic() - began) * 1e6
    dimensions = {"EndpointName": record.name, "VariantName": name}
    now = parts.clock.now()
    parts.metrics.put([Datum("AWS/SageMaker", "ModelSetupTime", dimensions, now, took_us, "Microseconds")])


def _fault(record: Record, fault: AnswerFault) -> ApiError:
    account, _, region = record.scope.partition("/")
    return model_error(Caller(account, region, arn="", user_id=""), record.name, fault)


def _exited(instance: Mapping[str, Any]) -> str:
    reason = instance.get("reason")
    return f"The container exited before it answered pings. {reason}" if reason else "The container exited."
