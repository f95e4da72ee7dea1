"""The process executor: what the steward sees of its hosts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from sagewright.engine.abc import Capability, HostState
from sagewright.engine.executors.container import engines
from sagewright.engine.executors.process.folder import HostFolder, write_atomically
from sagewright.engine.executors.process.launcher import Launcher
from sagewright.engine.executors.process.mounting import open_up
from sagewright.engine.planning.document import ExecutionPlan

CREATION_S = 3.0  # that a container engine may go on with what a host has asked of it that was killed then


class ProcessExecutor:
    """Runs hosts as processes of their own sessions, through a launcher. All state is in `<home>/executions`."""

    def __init__(self, home: Path, launcher: Launcher, cpus: int, memory_bytes: int) -> None:
        self._root = home / "executions"
        self._launcher = launcher
        self._capability = Capability(cpus, memory_bytes, 0, list(launcher.isolation))

    def capabilities(self) -> Capability:
        return self._capability

    def start(self, plan: ExecutionPlan) -> None:
        root = self._root / plan.execution_id
        folders = [HostFolder(root / document.host) for document in plan.hosts]
        if any(folder.has_started() for folder in folders):
            return
        for folder, document in zip(folders, plan.hosts, strict=True):
            folder.prepare(document, plan.python)
        locks = {folder.path.name: folder.take_lock() for folder in folders}
        held = {name: lock for name, lock in locks.items() if lock is not None}
        if len(held) == len(locks):
            self._launcher.launch(root, held)
        else:  # they are just starting
            for lock in held.values():
                os.close(lock)

    def observe(self, execution_id: str) -> Sequence[HostState]:
        folders = self._folders(execution_id)
        seen = any(folder.has_started() or folder.is_alive() for folder in folders)
        return [_state(folder) for folder in folders] if seen else []

    def lives(self, execution_id: str, hosts: int) -> bool:
        root = self._root / execution_id
        return all(HostFolder(root / f"algo-{number}").is_alive() for number in range(1, hosts + 1))

    def stop(self, execution_id: str, grace_s: float, why: str = "order") -> None:
        root = self._root / execution_id
        if root.is_dir():
            write_atomically(root / "stop.json", json.dumps({"grace_s": grace_s, "why": why}))
            self._signal_hosts(execution_id, signal.SIGTERM)

    def salvage(self, execution_id: str) -> bool:
        under_way = False
        for folder in self._folders(execution_id):
            if folder.is_alive():
                under_way = under_way or folder.is_salvage()
            elif folder.outcome() is None and folder.work()[1].syncs and folder.order_salvage():
                lock = folder.take_lock()
                if lock is not None:
                    self._launcher.launch(folder.path.parent, {folder.path.name: lock})
                    under_way = True
        return under_way

    def release(self, execution_id: str) -> None:
        self._signal_hosts(execution_id, signal.SIGKILL)
        _remove_containers(execution_id, self._folders(execution_id))
        root = self._root / execution_id
        if root.is_dir():
            grave = root.with_name(f".{execution_id}")  # a half-removed folder is no execution
            with contextlib.suppress(OSError):
                root.rename(grave)
            for scratch in grave.glob("*/data/*/scratch"):
                open_up(scratch)
            shutil.rmtree(grave, ignore_errors=True)

    def executions(self) -> Sequence[str]:
        """Return the ids of all executions that have a folder."""
        if not self._root.is_dir():
            return []
        return sorted(child.name for child in self._root.iterdir() if not child.name.startswith("."))

    def _folders(self, execution_id: str) -> Sequence[HostFolder]:
        root = self._root / execution_id
        if not root.is_dir():
            return []
        return [HostFolder(child) for child in sorted(root.iterdir(), key=_by_number) if (child / "host.json").exists()]

    def _signal_hosts(self, execution_id: str, number: signal.Signals) -> None:
        for folder in self._folders(execution_id):
            pid = folder.pid()
            if pid is not None and folder.is_alive():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    _signal(pid, number)


def _remove_containers(execution_id: str, folders: Sequence[HostFolder]) -> None:
    """Remove what the container engine may hold of an execution: a host that has seen its program end removed it."""
    documents = [folder.work()[1] for folder in folders]
    if not documents or documents[0].container is None:
        return
    outcomes = [folder.outcome() for folder in folders]
    left = [
        engines.name_of(execution_id, document.host)
        for folder, document, outcome in zip(folders, documents, outcomes, strict=True)
        if (outcome or {}).get("exit_code") is None and any(phase == "Training" for phase, _ in folder.phases())
    ]
    network = [engines.network_of(execution_id)] if engines.needs_network(documents[0]) else []
    if left or network:
        engines.remove(documents[0].container.engine, left, network, CREATION_S if None in outcomes else 0.0)


def _signal(pid: int, number: signal.Signals) -> None:
    """SIGTERM goes to the host alone; SIGKILL to its session, programs without a namespace of their own included."""
    send: Callable[[int, int], None] = os.killpg if number == signal.SIGKILL else os.kill
    send(pid, number)


def _state(folder: HostFolder) -> HostState:
    alive = folder.is_alive()  # before the outcome: a host that ends in between has left one
    return HostState(folder.path.name, folder.phases(), alive, folder.address(), folder.outcome())


def _by_number(path: Path) -> tuple[int, str]:
    digits = path.name.rpartition("-")[2]
    return (int(digits) if digits.isdigit() else 0, path.name)
