"""The way of a job to the engine that it acts in as a role (`docs/howto/access.md`).

A job that was ordered over the network reaches the engine as its submitter does: through the server, with temporary
credentials of its role, which it gets as a container gets them (`AWS_CONTAINER_CREDENTIALS_FULL_URI`). The server's
loopback address is not there in a network of the host's own, and may change while the job runs; the socket in the home
stays where it is, but the job does not see the home. So each host has a process in between: it listens on a loopback
port in the program's network, and leads to the socket.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from sagewright import settings
from sagewright.engine.acting import Pass, socket_of
from sagewright.engine.executors.process import isolation
from sagewright.engine.executors.process.descriptors import keep_only
from sagewright.engine.executors.process.isolation import Member
from sagewright.engine.executors.process.relay import pump_both
from sagewright.engine.gateway.mounts.startup import ROUTE
from sagewright.engine.planning.document import HostDocument

PATIENCE_S = 30.0  # that a connection waits for a server that is being started again
_LOOK_S = 0.1

# What leads a program that its user has started himself straight into the home.
_OWN_PROCESS = frozenset((ROUTE, settings.HOME.variable, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))


@contextlib.contextmanager
def way_in(
    home: Path | None, folder: Path, document: HostDocument, member: Member | None, environment: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Open a host's way to the engine; yield its program's environment with what leads there, and who it is there.

    Nothing is opened for work that acts as nobody or has no role, nor for a job that shall have no network.

    Args:
        folder: The host's, which is gone when its execution is.
    """
    if home is None or document.role is None:
        yield dict(environment)
        return
    environment = {name: value for name, value in environment.items() if name not in _OWN_PROCESS}
    if document.network_isolation or not document.role.arn:
        yield environment
        return
    listener = _listener(member)
    child = os.fork()
    if child == 0:
        _be_the_door(listener, socket_of(home))
    url = "http://{}:{}".format(*listener.getsockname())
    listener.close()
    entry = Pass(document.role, secrets.token_urlsafe(32))
    entry.write(folder)
    try:
        yield {**environment, **_variables(url, entry, folder)}
    finally:
        entry.withdraw(folder)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _variables(url: str, entry: Pass, folder: Path) -> dict[str, str]:
    return {
        "SAGEWRIGHT_TARGET": url,
        "AWS_ENDPOINT_URL": url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}{entry.path(folder)}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": entry.token,
    }


def _listener(member: Member | None) -> socket.socket:
    """Return a socket that listens on a loopback port in the network of the program."""
    if member is None or member.net is None:
        return socket.create_server(("127.0.0.1", 0))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            isolation.join(member)
            with socket.create_server(("127.0.0.1", 0)) as listener:
                socket.send_fds(theirs, [b"!"], [listener.fileno()])
        os._exit(0)
    theirs.close()
    with ours:
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        os.waitpid(child, 0)
    if not descriptors:
        raise OSError("the host's network cannot be entered")
    return socket.socket(fileno=descriptors[0])


def _be_the_door(listener: socket.socket, path: Path) -> NoReturn:
    try:
        isolation.die_with_parent()
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        keep_only([listener.fileno()])
        while True:
            client = listener.accept()[0]
            threading.Thread(target=_lead_on, args=(client, path), daemon=True).start()
    finally:
        os._exit(1)


def _lead_on(client: socket.socket, path: Path) -> None:
    with client, contextlib.suppress(OSError), _connected(path) as server:
        pump_both(client, server)


def _connected(path: Path) -> socket.socket:
    """Connect to the server, waiting a while for one that is not there.

    Raises:
        OSError: It does not come.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(path))
        except OSError:
            connection.close()
            if time.monotonic() >= deadline:
                raise
            time.sleep(_LOOK_S)
        else:
            return connection
