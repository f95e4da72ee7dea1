"""Running a command of the user's: its output goes on as it comes, and a stop order reaches it."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from sagewright.engine.readiness import readable
from sagewright.engine.script_mode.faults import ClientFault
from sagewright.engine.warm.notes import through_the_door

TAIL_BYTES = 64 << 10  # of stderr that are kept
PAUSE_S = 0.1  # after which an unfinished line goes on: a prompt, a progress bar
LINGER_S = 1.0  # for what is left in the pipe, which a program of the program's may hold open for ever

_STDERR = 2


class Ended(NamedTuple):
    """How a command ended.

    Attributes:
        exit_code: 128 + n: it died of signal n.
        tail: The last of what it wrote to stderr.
        stopped: It was told to.
    """

    exit_code: int
    tail: str
    stopped: bool


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Ended:
    """Run a command to its end.

    Raises:
        ClientFault: It cannot be started.
    """
    tail = bytearray()
    with _stop_orders() as orders:
        process = _start(command, environment, folder)
        orders.process = process
        assert process.stderr is not None
        copying = threading.Thread(target=_copy, args=(process.stderr.fileno(), tail), daemon=True)
        copying.start()
        code = process.wait()
        copying.join(LINGER_S)
    return Ended(code if code >= 0 else 128 - code, bytes(tail).decode(errors="replace"), orders.came)


def _start(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    surroundings = dict(environment)
    # In a warm pool, what the script imports may be there already; but not what an overlay holds, or what pip must see.
    words = through_the_door(command, surroundings) if command[0] == sys.executable else list(command)
    try:
        return subprocess.Popen(words, env=surroundings, cwd=folder, stderr=subprocess.PIPE)
    except OSError as error:
        if error.errno == errno.E2BIG:
            raise ClientFault(
                "The hyperparameters are larger than arguments and environment variables can be."
            ) from None
        raise ClientFault(f"`{command[0]}` cannot be started: {error.strerror}") from None
    except ValueError as error:  # a NUL byte
        raise ClientFault(f"The hyperparameters cannot be arguments and environment variables: {error}") from None


class _StopOrders:
    """Hands SIGTERM on to the command.

    Without a process namespace the host signals the whole group, and the command has got it already: it is told apart
    by the base folder, which only then has a name of its own.
    """

    def __init__(self) -> None:
        self.came = False
        self._process: subprocess.Popen[bytes] | None = None
        self._hand_on = "SAGEMAKER_BASE_DIR" not in os.environ

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
        if self._process is not None:
            self._send()

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return self._process

    @process.setter
    def process(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        if self.came:  # while it was being started
            self._send()

    def _send(self) -> None:
        if self._hand_on and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def _stop_orders() -> Iterator[_StopOrders]:
    orders = _StopOrders()
    if threading.current_thread() is not threading.main_thread():  # somebody else's process: the signals are his
        yield orders
        return
    before: Callable[[int, FrameType | None], object] | int | None = signal.signal(signal.SIGTERM, orders)
    try:
        yield orders
    finally:
        signal.signal(signal.SIGTERM, before)


def _copy(source: int, tail: bytearray) -> None:
    """Copy to stderr, whole lines at a time where they come, and keep the last."""
    held = b""
    while True:
        if held and not readable([source], PAUSE_S):
            _write(held)
            held = b""
        piece = os.read(source, 1 << 16)
        if not piece:
            break
        tail += piece
        del tail[:-TAIL_BYTES]
        held += piece
        end = max(held.rfind(b"\n"), held.rfind(b"\r")) + 1 or (len(held) if len(held) >= 1 << 16 else 0)
        _write(held[:end])
        held = held[end:]
    _write(held)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(_STDERR, data) :]
