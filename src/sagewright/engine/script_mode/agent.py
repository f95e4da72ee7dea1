"""The launch agent: starts the processes of MPI on the other hosts of a job, as `sshd` does in Amazon's containers.

Every host but the first serves orders; `mpirun` on the first runs `python -m sagewright.engine.script_mode.agent HOST
COMMAND...` wherever it would run `ssh HOST COMMAND...`. The port is open to the hosts of the job alone: they have a
network of their own. A message is one line of JSON, and so is its answer.
"""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

PORT = 7022
MESSAGE_BYTES = 1 << 20
JOINING_S = 3600.0  # hosts may take long to load their data
RETRY_S = 0.05
STOPPING_S = 60.0  # a host that was told to stop waits so long for the first one, which ends all processes

_NOT_REACHED = 255  # as ssh answers


def serve(environment: Mapping[str, str], folder: Path, address: str = "") -> bool:
    """Do what the first host orders until it says that all is over; return whether we were told to stop meanwhile."""
    with _stop_time() as stop, socket.create_server((address, PORT)) as listener:
        listener.settimeout(0.5)
        while stop.at is None or time.monotonic() < stop.at + STOPPING_S:
            try:
                connection = listener.accept()[0]
            except TimeoutError:
                continue
            with contextlib.suppress(OSError, ValueError):  # whoever it was has gone, or means somebody else
                order = _receive(connection)
                if "end" in order:
                    _send(connection, {})
                    connection.close()
                    break
                threading.Thread(target=_obey, args=(connection, order, environment, folder), daemon=True).start()
        return stop.at is not None


def wait_for(host: str) -> None:
    """Wait until a host serves orders.

    Raises:
        OSError: It does not in time.
    """
    deadline = time.monotonic() + JOINING_S
    while True:
        try:
            _ask(host, {"command": ":"})
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)


def dismiss(host: str) -> None:
    """Tell a host that all is over; one that has gone needs no telling."""
    with contextlib.suppress(OSError):
        _ask(host, {"end": True})


def main(arguments: list[str]) -> int:
    """Run a command on a host; return its exit code."""
    host, *words = arguments
    try:
        return int(_ask(host, {"command": " ".join(words)})["exit_code"])
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"The host `{host}` was not reached: {error}\n")
        return _NOT_REACHED


class _Stop:
    at: float | None = None  # monotonic seconds

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.at = self.at or time.monotonic()


@contextlib.contextmanager
def _stop_time() -> Iterator[_Stop]:
    stop = _Stop()
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


def _obey(connection: socket.socket, order: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> None:
    """Run a command as a login shell would, and answer with its exit code."""
    with connection, contextlib.suppress(OSError):
        command = ["/bin/sh", "-c", str(order["command"])]
        done = subprocess.run(command, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, check=False)
        _send(connection, {"exit_code": done.returncode})


def _ask(host: str, message: Mapping[str, Any]) -> dict[str, Any]:
    with socket.create_connection((host, PORT)) as connection:
        _send(connection, message)
        return _receive(connection)


def _send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


def _receive(connection: socket.socket) -> dict[str, Any]:
    with connection.makefile("rb") as stream:
        line = stream.readline(MESSAGE_BYTES)
    if not line.endswith(b"\n"):
        raise OSError("the connection was broken")
    return dict(json.loads(line))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
