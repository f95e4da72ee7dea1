"""The user's program: started in its own namespaces, signalled, waited for.

With isolation there are two processes between the host and the program: one that enters the namespaces, and the first
process of the process namespace, which reaps orphans, hands SIGTERM on, and takes everything with it when it ends.
All of them die with the host (`PR_SET_PDEATHSIG`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sagewright.engine.data.views import View
from sagewright.engine.executors.process import isolation, relay
from sagewright.engine.executors.process.descriptors import keep_only
from sagewright.engine.warm import door as warm

NOT_STARTED = 127  # as a shell answers a command it cannot find


@dataclass
class Program:
    """A running program.

    Attributes:
        output: Descriptor to read what it writes to stdout and stderr.
    """

    pid: int
    output: int
    isolated: bool
    out_of_memory: bool = False  # nobody tells; who watches it knows

    def terminate(self) -> None:
        """Send SIGTERM: to the program alone where it is isolated (it is handed on to it), else to its group."""
        with contextlib.suppress(ProcessLookupError):
            if self.isolated:
                os.kill(self.pid, signal.SIGTERM)
            else:
                os.killpg(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the program and everything it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def poll(self) -> int | None:
        """Return the exit code (128 + n: it died of signal n), or None while it runs. Call it no more after that."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return None if pid == 0 else _exit_code(status)


@dataclass(frozen=True)
class Door:
    """The way into a network of the program's own: who connects to `listener` outside reaches `port` inside."""

    listener: socket.socket
    port: int

    def descriptors(self) -> list[int]:
        return [self.listener.fileno()]


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    ml: Path,
    working_folder: str,
    *,
    isolated: bool,
    network: bool,
    member: isolation.Member | None = None,
    views: Sequence[View] = (),
    mounts: Mapping[str, str] | None = None,
    door: Door | None = None,
    interpreter: str | None = None,
    hidden: Path | None = None,
) -> Program:
    """Start a program.

    Args:
        ml: The folder that the program shall see as `/opt/ml`.
        working_folder: Relative to `/opt/ml`, or absolute.
        isolated: Whether namespaces can be had (`isolation.probe`).
        network: False cuts the program off from the network.
        member: The program's place in the network of several hosts.
        views: Of stored objects; only with isolation.
        mounts: What it shall see below `/opt` beside `ml`, path -> folder; without isolation it sees the folders only.
        door: How a server without network is reached.
        interpreter: The folder of a warm interpreter to start it from, if that will; None: there is none.
        hidden: A folder that it shall not see into; only with isolation.
    """
    mounts = mounts or {}
    reading, writing = os.pipe()
    # Until the child has its handlers, a SIGTERM for it waits.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            os.close(reading)
            _wire(writing, keep=[*(member.descriptors() if member else ()), *(door.descriptors() if door else ())])
            if isolated:
                isolation.die_with_parent()
                isolation.enter(ml, network=network, member=member, views=views, mounts=mounts, hidden=hidden)
                _run_isolated(command, environment, working_folder, door, interpreter, bound=hidden is not None)
            _reset_signals()
            isolation.die_with_parent()
            _become(command, environment, ml / mounts.get(working_folder, working_folder))
        except BaseException as error:  # noqa: BLE001 - a forked child must never return into the host's code
            _give_up(command, error)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    os.close(writing)
    if door:
        door.listener.close()
    return Program(pid, reading, isolated)


def _run_isolated(
    command: Sequence[str],
    environment: Mapping[str, str],
    working_folder: str,
    door: Door | None,
    interpreter: str | None,
    *,
    bound: bool,
) -> NoReturn:
    first = os.fork()
    if first == 0:
        isolation.die_with_parent()
        isolation.own_proc()
        if bound:  # else the root could lift what is laid over the hidden folder
            isolation.give_up_mounting()
        _run_first(command, environment, isolation.CONTAINER_ML / working_folder, door, interpreter)
    _hand_on(signal.SIGTERM, first)
    os._exit(_wait_for(first))


def _run_first(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, door: Door | None, interpreter: str | None
) -> NoReturn:
    """Be the first process of the namespace: start the program, reap what is orphaned, end with the program."""
    program = os.fork()
    if program == 0:
        _reset_signals()
        if interpreter is not None:
            warm.enter_or_say(interpreter, command, environment, str(folder))
        _become(command, environment, folder)
    _hand_on(signal.SIGTERM, program)
    if door:  # not in the process before: who has asked for a process namespace can start no thread
        relay.start(door.listener, door.port)
    os._exit(_wait_for(program))


def _wait_for(child: int) -> int:
    while True:
        pid, status = os.wait()
        if pid == child:
            return _exit_code(status)


def _hand_on(number: signal.Signals, child: int) -> None:
    def handler(_number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})


def _become(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> NoReturn:
    try:
        os.chdir(folder)
        os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 - no shell is the point
    except OSError as error:
        _give_up(command, error)


def _give_up(command: Sequence[str], error: BaseException) -> NoReturn:
    os.write(2, f"cannot start `{command[0]}`: {error}\n".encode(errors="replace"))
    os._exit(NOT_STARTED)


def _wire(output: int, keep: Sequence[int]) -> None:
    """Let the process read nothing and write to `output`; close everything else that it has inherited, save `keep`."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    keep_only(keep)


def _reset_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
