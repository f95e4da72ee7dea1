"""One invocation as a child process: held to its time and memory, its output read as it comes."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.executors.process.memory import excess_bytes
from sagewright.engine.gateway.hybrid.functions import runtime

MIB = 1 << 20
ENGINE_BYTES = 512 * MIB
"""What a function may hold beside its `MemorySize`: its calls to AWS are answered in its own process."""

MOST_OUTPUT_BYTES = 4 * MIB  # of a function's log that are kept
MOST_OUTCOME_BYTES = 16 * MIB
_LOOK_S = 0.1


@dataclass(frozen=True)
class Ended:
    """How an invocation ended.

    Attributes:
        outcome: What the runtime has left; None: it left nothing.
        why: `exited`, `timeout` or `memory`.
        exit_code: Of the process; negative: the signal that has killed it.
    """

    outcome: Mapping[str, Any] | None
    output: bytes
    why: str
    exit_code: int
    duration_s: float


def run(
    invocation: Mapping[str, Any],
    environment: Mapping[str, str],
    folder: Path,
    paths: Sequence[Path],
    memory_bytes: int,
    timeout_s: float,
) -> Ended:
    """Run an invocation to its end, and leave no process of its behind.

    Args:
        folder: The function's code, where it runs.
        paths: Of its code and layers, in the order in which modules are looked for.
    """
    reading, writing = os.pipe()
    began = time.monotonic()
    try:
        with _started(environment, folder, paths, writing) as process:
            os.close(writing)
            writing = -1
            try:
                given = json.dumps(invocation).encode() + b"\n"
                output, outcome, why = _follow(process, given, reading, memory_bytes, timeout_s)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)
    return Ended(_document(outcome), output, why, code, time.monotonic() - began)


def _started(
    environment: Mapping[str, str], folder: Path, paths: Sequence[Path], writing: int
) -> subprocess.Popen[bytes]:
    search = os.pathsep.join([environment.get("PYTHONPATH", ""), *map(str, paths)]).strip(os.pathsep)
    return subprocess.Popen(
        [sys.executable, "-u", runtime.__file__, str(writing)],
        cwd=folder,
        env={**environment, "PYTHONPATH": search},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[writing],
        start_new_session=True,
    )


def _follow(
    process: subprocess.Popen[bytes], given: bytes, reading: int, memory_bytes: int, timeout_s: float
) -> tuple[bytes, bytes, str]:
    """Give a process its invocation, and read what it says until it has answered, has ended or must end."""
    assert process.stdin is not None
    assert process.stdout is not None
    output, outcome = bytearray(), bytearray()
    deadline, look_at = time.monotonic() + timeout_s, 0.0
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdin.fileno(), process.stdout.fileno(), reading):
            os.set_blocking(stream, False)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        selector.register(process.stdout, selectors.EVENT_READ, (output, MOST_OUTPUT_BYTES))
        selector.register(reading, selectors.EVENT_READ, (outcome, MOST_OUTCOME_BYTES))
        while not outcome.endswith(b"\n"):
            now = time.monotonic()
            if now >= deadline:
                return bytes(output), bytes(outcome), "timeout"
            if now >= look_at:
                look_at = now + _LOOK_S
                if excess_bytes(process.pid, memory_bytes + ENGINE_BYTES) is not None:
                    return bytes(output), bytes(outcome), "memory"
            ready = selector.select(min(_LOOK_S, deadline - now))
            if not ready and process.poll() is not None:
                break  # a child of its own may hold the pipes open
            for key, _ in ready:
                if key.data is None:
                    given = _give(process, given, selector)
                elif not _take(key.fd, *key.data):
                    selector.unregister(key.fileobj)
    _drain(process.stdout.fileno(), output)
    return bytes(output), bytes(outcome), "exited"


def _drain(descriptor: int, output: bytearray) -> None:
    """Read what was printed before the answer."""
    before = -1
    while before < len(output) < MOST_OUTPUT_BYTES:
        before = len(output)
        _take(descriptor, output, MOST_OUTPUT_BYTES)


def _give(process: subprocess.Popen[bytes], given: bytes, selector: selectors.BaseSelector) -> bytes:
    assert process.stdin is not None
    try:
        given = given[os.write(process.stdin.fileno(), given) :]
    except BlockingIOError:
        return given
    except OSError:
        given = b""  # it has ended
    if not given:  # the pipe stays open: by its end the runtime knows that we have died
        selector.unregister(process.stdin)
    return given


def _take(descriptor: int, into: bytearray, most: int) -> bool:
    """Read what is there, keeping as much as is allowed; False: the end."""
    try:
        piece = os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return True
    except OSError:
        return False
    into += piece[: max(0, most - len(into))]
    return bool(piece)


def _document(data: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
