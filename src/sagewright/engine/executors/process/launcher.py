"""The launcher: a small process that forks hosts for the steward.

It is forked from the steward before that opens a store: SQLite must not be carried over a fork, and a host forked from
here needs no interpreter start and no imports. It ends with the steward; its hosts live on.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from sagewright.engine import engine  # noqa: F401 - imported once here so that no host has to
from sagewright.engine.executors.process import host, isolation, starting
from sagewright.engine.executors.process.descriptors import keep_only
from sagewright.engine.executors.process.folder import HostFolder

_MESSAGE_BYTES = 64 * 1024
_MOST_DESCRIPTORS = 253  # of one message (SCM_MAX_FD)


class LauncherGone(BaseException):
    """The launcher's process has ended; the steward must begin anew.

    Not an `Exception`: no single job's border may swallow it.
    """


class Launcher:
    """The steward's end.

    Attributes:
        isolation: Which isolation its hosts can give their programs (`isolation.probe`).
    """

    def __init__(self, connection: socket.socket, isolation_kinds: Sequence[str], pid: int) -> None:
        self._connection = connection
        self.isolation = isolation_kinds
        self.pid = pid

    @classmethod
    def start(cls, home: Path) -> Launcher:
        """Fork the launcher. Call it in a process of one thread that has no store open."""
        kinds = (*isolation.probe(), *isolation.probe_views(home))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        pid = os.fork()
        if pid == 0:
            ours.close()
            _serve(theirs, home, kinds)
        theirs.close()
        return cls(ours, kinds, pid)

    def launch(self, execution: Path, hosts: Mapping[str, int]) -> None:
        """Start the hosts of an execution whose folders are prepared, all of them or none.

        Args:
            hosts: Name of each host -> a descriptor that holds its lock; it passes to the host (ours is closed).

        Raises:
            LauncherGone: Nobody is there to start them.
        """
        message = json.dumps([str(execution), list(hosts)]).encode()
        try:
            socket.send_fds(self._connection, [message], list(hosts.values()))
            if not self._connection.recv(1):
                raise LauncherGone
        except OSError as error:
            raise LauncherGone from error
        finally:
            for lock in hosts.values():
                os.close(lock)

    def close(self) -> None:
        self._connection.close()


def _warm_up() -> None:
    """Import what every host will need, once: its stores, archives, HTTP. Nothing is opened."""
    for name in (
        "sagewright.engine.engine",
        "sagewright.engine.objects.files",
        "sagewright.engine.state.sqlite",
        "sagewright.engine.steward.bell",
        "sagewright.engine.streams.files",
        "sagewright.engine.streams.sqlite",
        "encodings.idna",
        "gzip",
    ):
        importlib.import_module(name)
    gc.freeze()  # a collection in a host would copy every page of what is shared


def _serve(connection: socket.socket, home: Path, kinds: tuple[str, ...]) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # hosts are reaped by the kernel
    keep_only([connection.fileno()])
    _warm_up()
    while True:
        try:
            message, locks, _, _ = socket.recv_fds(connection, _MESSAGE_BYTES, _MOST_DESCRIPTORS)
        except OSError:
            break
        if not message:
            break
        execution, names = json.loads(message)
        folders = {HostFolder(Path(execution) / name): lock for name, lock in zip(names, locks, strict=True)}
        if os.fork() == 0:
            _become_host(home, folders, kinds)
        for lock in locks:
            os.close(lock)
        connection.sendall(b"!")
    os._exit(0)


def _become_host(home: Path, folders: Mapping[HostFolder, int], kinds: tuple[str, ...]) -> NoReturn:
    """Be the only host, or the process that starts several and ends."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        keep_only(folders.values())
        if len(folders) > 1:
            starting.start_together(home, folders, kinds)
        else:
            host.main(home, next(iter(folders)), kinds)
        code = 0
    except BaseException:  # noqa: BLE001 - a forked child must never return into the launcher's loop
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)
