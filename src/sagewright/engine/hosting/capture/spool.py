"""Captured lines on their way from whoever invokes to the objects they become.

<home>/captures/<account>+<region>+<endpoint>+<variant>+<yyyymmddhh>[+<seal>]

A file that grows by whole lines until it is sealed: renamed, so that the next writer begins another one. Its first line
says which object it becomes, so that a steward that is killed between the object and the removal of the file writes the
same object again. Writers and whoever seals take turns (flock); a writer that finds its file renamed begins anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

FOLDER = "captures"


@dataclass(frozen=True)
class Spool:
    """A file of captured lines.

    Attributes:
        scope: The endpoint's scope in the state store.
        hour: `yyyymmddhh`.
        sealed: Nobody adds to it any more.
    """

    path: Path
    scope: str
    endpoint: str
    variant: str
    hour: str
    sealed: bool = False


@dataclass(frozen=True)
class Batch:
    """What a spool holds: the lines of one object.

    Attributes:
        bucket, key: The object's.
    """

    bucket: str
    key: str
    lines: bytes


def add(
    home: Path, scope: str, endpoint: str, variant: str, destination: tuple[str, str], began: float, line: str
) -> bool:
    """Add a line; return whether it is the first of its object.

    Args:
        destination: Bucket and prefix under which the endpoint's objects lie.
        began: When the invocation did (unix seconds).
    """
    moment = datetime.fromtimestamp(began, tz=timezone.utc)
    path = home / FOLDER / "+".join((scope.replace("/", "+"), endpoint, variant, moment.strftime("%Y%m%d%H")))
    with _locked(path) as file:
        is_new = os.fstat(file).st_size == 0
        head = _head(destination, endpoint, variant, moment) if is_new else ""
        _write(file, (head + line).encode())
    return is_new


def waits(home: Path, seconds: float) -> bool:
    """Tell whether there are lines that were written in the last `seconds`."""
    return any(time.time() - spool.path.stat().st_mtime < seconds for spool in spools(home))


def spools(home: Path) -> list[Spool]:
    """Return the files that wait."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for name in sorted(os.listdir(home / FOLDER)):
            account, region, endpoint, variant, hour, *seal = name.split("+")
            path = home / FOLDER / name
            found.append(Spool(path, f"{account}/{region}", endpoint, variant, hour, bool(seal)))
    return found


def began_at(spool: Spool) -> float | None:
    """Return when the first line was written (unix seconds); None: there is none yet."""
    try:
        with spool.path.open("rb") as file:
            return float(json.loads(file.readline())["began_at"])
    except (FileNotFoundError, ValueError):
        return None


def seal(spool: Spool) -> Spool:
    """Let nobody add to a spool any more; return it as it is then."""
    if spool.sealed:
        return spool
    path = spool.path.with_name(f"{spool.path.name}+{uuid.uuid4().hex[:8]}")
    with _locked(spool.path):
        spool.path.rename(path)
    return replace(spool, path=path, sealed=True)


def batch_of(spool: Spool) -> Batch | None:
    """Return what a sealed spool holds; None: nothing whole."""
    data = spool.path.read_bytes()
    head, _, lines = data[: data.rfind(b"\n") + 1].partition(b"\n")  # what follows was torn by a full disk
    if not lines:
        return None
    facts = json.loads(head)
    return Batch(facts["bucket"], facts["key"], lines)


def _head(destination: tuple[str, str], endpoint: str, variant: str, moment: datetime) -> str:
    bucket, prefix = destination
    name = f"{moment:%M-%S}-{moment.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
    key = "/".join(part for part in (prefix.rstrip("/"), endpoint, variant, f"{moment:%Y/%m/%d/%H}", name) if part)
    return json.dumps({"bucket": bucket, "key": key, "began_at": moment.timestamp()}) + "\n"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):
                yield file
                return
        finally:
            os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _write(file: int, data: bytes) -> None:
    """Write lines whole, or nothing of them."""
    size = os.fstat(file).st_size
    try:
        if os.write(file, data) == len(data):
            return
    except OSError:
        pass
    with contextlib.suppress(OSError):
        os.ftruncate(file, size)
    raise OSError("the captured invocation cannot be written")
