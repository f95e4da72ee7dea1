"""One worker as the front sees it: a process at the other end of a channel."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sagewright.engine.model_server import channel as words
from sagewright.engine.model_server.channel import Channel, Frame, Gone
from sagewright.engine.model_server.wire import Request, Response, error_response

MODULE = "sagewright.engine.model_server.worker"
TRACE_S = 0.2  # for a hanging worker to write where it hangs
DESCRIPTOR = 3


class Launch(NamedTuple):
    """What a worker is started with.

    Attributes:
        setup: What `worker` reads first: `framework`, `model_name`, `model_dir`, `base`, `log_level`, ...
        memory_bytes: That it may hold after an answer; 0: as much as there is.
    """

    setup: Mapping[str, Any]
    environment: Mapping[str, str]
    timeout_s: float
    memory_bytes: int = 0


class LoadFailed(Exception):
    """The model cannot be loaded; the text says why.

    Args:
        trace: The user's traceback, where there is one.
    """

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


class Worker:
    """A worker's process; one thread at a time talks to it.

    Attributes:
        ended: Set once the process has ended and been reaped.
        ending: How, in words.
        idle_since: When it gave its last answer (`time.monotonic`).
    """

    def __init__(self, launch: Launch) -> None:
        ours, theirs = socket.socketpair()
        # Every descriptor here closes on exec; the copy is the only one that the worker inherits.
        self.pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", MODULE],
            dict(launch.environment),
            file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), DESCRIPTOR)],
        )
        theirs.close()
        self._channel, self._timeout_s = Channel(ours), launch.timeout_s
        self.ended, self.ending = threading.Event(), ""
        self.idle_since = time.monotonic()
        self.retired = False
        with contextlib.suppress(Gone):
            self._channel.send(words.SETUP, dict(launch.setup))

    def await_ready(self) -> dict[str, Any]:
        """Wait until it has loaded the model; return what it says of that.

        Raises:
            LoadFailed: It cannot.
        """
        try:
            frame = self._channel.receive()
        except Gone:
            self.reap()
            raise LoadFailed(f"The process {self.ending} while the model was loaded.") from None
        if frame.kind == words.READY:
            return frame.facts
        raise LoadFailed(frame.facts["message"], frame.facts["trace"])

    def reap(self) -> None:
        """Wait for the end of the process, and put it into words."""
        try:
            code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        except ChildProcessError:
            code = 0
        self.ending = f"was killed by signal {-code}{_named(-code)}" if code < 0 else f"has ended with exit code {code}"
        self.ended.set()

    def answer(self, request: Request) -> tuple[Response, bool]:
        """Return its answer, and whether it is still busy with the body's pieces; whoever reads these frees it.

        Raises:
            Gone: It has ended before it took the request.
        """
        facts = {"method": request.method, "path": request.path, "headers": dict(request.headers)}
        try:
            self._channel.send(words.REQUEST, facts, request.body)
            frame: Frame | Response = self._receive()
        except TimeoutError:  # it does not even take the request in
            frame = self._time_out()
        if isinstance(frame, Response):
            return frame, False
        told = frame.facts
        head = Response(told["status"], frame.body, told["content_type"], told.get("headers", {}))
        return (head, False) if frame.kind == words.ANSWER else (head._replace(body=self._pieces()), True)

    def _receive(self) -> Frame | Response:
        """Return its next frame, or the answer for one that it does not send: hanging, it is killed."""
        try:
            return self._channel.receive(self._timeout_s)
        except TimeoutError:
            return self._time_out()
        except Gone:
            self.ended.wait(1.0)
            return error_response(502, f"The worker's process {self.ending or 'has ended'} while it was answering.")

    def _time_out(self) -> Response:
        self.kill_hanging()
        return error_response(
            504, f"The model has not answered within {self._timeout_s:g} s (SAGEMAKER_MODEL_SERVER_TIMEOUT)."
        )

    def _pieces(self) -> Iterator[bytes]:
        is_over = False
        try:
            while True:
                frame = self._receive()
                if isinstance(frame, Response):
                    is_over = True
                    assert isinstance(frame.body, bytes)
                    raise BrokenStream(frame.body.decode())
                is_over = frame.kind != words.PIECE
                if frame.kind == words.BROKEN:
                    raise BrokenStream(frame.facts["message"])
                if frame.kind == words.END:
                    return
                yield frame.body
        finally:
            if not is_over:  # the client has gone
                self._cancel()

    def _cancel(self) -> None:
        with contextlib.suppress(Gone):
            self._channel.send(words.CANCEL)
            while not isinstance(frame := self._receive(), Response) and frame.kind == words.PIECE:
                pass

    def kill_hanging(self) -> None:
        """Kill it, after it has written where it hangs."""
        sys.stderr.write(
            f"The handler has not answered within {self._timeout_s:g} s (SAGEMAKER_MODEL_SERVER_TIMEOUT): "
            f"worker {self.pid} is killed and replaced. It hangs here:\n"
        )
        sys.stderr.flush()
        self._signal(signal.SIGUSR1)
        self.ended.wait(TRACE_S)
        self._signal(signal.SIGKILL)
        self.ended.wait(1.0)

    def retire(self) -> None:
        """Let it end: it has no request."""
        self.retired = True
        self._channel.close()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def resident_bytes(self) -> int:
        """Return how much memory it holds; 0: that is not known."""
        try:
            with open(f"/proc/{self.pid}/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError, IndexError):
            return 0

    def _signal(self, number: signal.Signals) -> None:
        if not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class BrokenStream(Exception):
    """A stream of pieces has broken off."""


def _named(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return ""
    return f" ({name}{', which is often the answer to too little memory' if name == 'SIGKILL' else ''})"
