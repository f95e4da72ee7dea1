"""The folder of one host of an execution: how the host tells the steward what it does, and the other way round.

<home>/executions/<execution id>/
├── stop.json           the steward's order to end: {"grace_s": 120.0, "why": "order"}
├── gathering           locked by the host that looks whether it is the last of several to end
├── gathered            that one has stored what all have left
└── <host>/
    ├── host.json       the host's document
    ├── lock            held (flock) by the host's process for as long as it lives
    ├── salvage         the host has died, and another process stores what its synced folders hold
    ├── synced          what its synced folders began with
    ├── started         the host has begun, as process <pid> (empty: inline): nothing may start it again
    ├── phases          a line "<phase> <unix seconds>" for each phase entered
    ├── address         "host:port" of a server that is ready
    ├── warm/           what the programs note of their imports (`engine/warm`)
    ├── hosts           the program's /etc/hosts
    ├── reserve         takes up some room on the disk while the program runs
    ├── left            one of several hosts has ended: `done`, `failed`, or `idle` where its program never ran
    ├── outcome.json    what came of it, written last
    ├── models/         of a multi-model server: when each model was last used (`engine/hosting/multi_model`)
    ├── data/           what the program does not see of its channels: links to stored objects, changes to them
    └── ml/             the container's /opt/ml
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.planning.document import HostDocument


@dataclass(frozen=True)
class HostFolder:
    """The folder of one host."""

    path: Path

    @property
    def ml(self) -> Path:
        return self.path / "ml"

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def warm(self) -> Path:
        return self.path / "warm"

    def prepare(self, document: HostDocument, python: str) -> None:
        """Make the folder and write down what the host shall do."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self.path / "host.json", json.dumps({"python": python, "document": document.to_json()}))

    def work(self) -> tuple[str, HostDocument]:
        """Return the interpreter and the document."""
        stored = json.loads((self.path / "host.json").read_text())
        return stored["python"], HostDocument.from_json(stored["document"])

    def take_lock(self) -> int | None:
        """Return a descriptor that holds the host's lock, or None where a process holds it."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def is_alive(self) -> bool:
        """Tell whether the host's process runs."""
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def mark_started(self, pid: int | None) -> None:
        """Note that the host has begun; None: in somebody else's process, which nobody may signal."""
        write_atomically(self.path / "started", "" if pid is None else str(pid))

    def pid(self) -> int | None:
        """Return the process id that the host had or has (`is_alive` tells which)."""
        text = _read(self.path / "started")
        return int(text) if text else None

    def has_started(self) -> bool:
        return (self.path / "started").exists()

    def order_salvage(self) -> bool:
        """Note that what the dead host has left shall be stored; False: that was noted before."""
        try:
            os.close(os.open(self.path / "salvage", os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            return False
        return True

    def is_salvage(self) -> bool:
        return (self.path / "salvage").exists()

    def enter_phase(self, phase: str, now: float) -> None:
        with open(self.path / "phases", "a") as file:
            file.write(f"{phase} {now!r}\n")

    def phases(self) -> Sequence[tuple[str, float]]:
        lines = _read(self.path / "phases").split("\n")[:-1]  # what follows the last line end is still being written
        return [(phase, float(time)) for phase, time in (line.split() for line in lines)]

    def set_address(self, address: str) -> None:
        write_atomically(self.path / "address", address)

    def address(self) -> str | None:
        return _read(self.path / "address") or None

    def set_outcome(self, outcome: Mapping[str, Any]) -> None:
        write_atomically(self.path / "outcome.json", json.dumps(outcome))

    def outcome(self) -> Mapping[str, Any] | None:
        text = _read(self.path / "outcome.json")
        return json.loads(text) if text else None

    def stop_order(self) -> float | None:
        """Return the grace in seconds of the steward's order to end, or None where there is none."""
        text = _read(self.path.parent / "stop.json")
        return float(json.loads(text)["grace_s"]) if text else None

    def stop_reason(self) -> str | None:
        """Return why the steward wants it to end: `order` or `interruption`; None: it does not."""
        text = _read(self.path.parent / "stop.json")
        return str(json.loads(text).get("why", "order")) if text else None


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, and stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(draft, "w", opener=_private) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(path: Path) -> str:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return path.read_text()
    return ""
