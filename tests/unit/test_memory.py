"""What the processes of a program hold, and the space set aside for their end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from sagewright.engine.executors.process import memory
from sagewright.engine.executors.process.host import Ending, failure_reason
from sagewright.engine.executors.process.reserve import HELD_LINES, RESERVE_BYTES, Reserve

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
HOLD = "import sys; hoard = bytearray(b'x' * (64 << 20)); print('up', flush=True); sys.stdin.read()"
HOLD_IN_A_CHILD = (
    f"import subprocess, sys, threading\nhold = {HOLD!r}\n"
    "run = lambda: subprocess.run([sys.executable, '-c', hold])\n"
    "thread = threading.Thread(target=run); thread.start(); thread.join()"
)


def held_by(program, limit_bytes):
    """Return the excess of a program once it holds what it wants."""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = memory.excess_bytes(process.pid, limit_bytes)
        process.communicate()
    return found


@linux
@pytest.mark.parametrize("program", [HOLD, HOLD_IN_A_CHILD])
def test_what_a_program_and_its_children_hold(program):
    assert held_by(program, 1 << 30) is None
    held = held_by(program, 60 << 20)
    assert held is not None
    assert 64 << 20 < held < 160 << 20


@linux
def test_memory_that_processes_share_is_counted_once():
    shared = (
        "import os, sys\nhoard = bytearray(b'x' * (64 << 20))\n"
        "for _ in range(4):\n    if os.fork() == 0:\n        sys.stdin.read(); os._exit(0)\n"
        "print('up', flush=True); sys.stdin.read()"
    )
    assert held_by(shared, 200 << 20) is None


@linux
def test_a_process_that_has_ended_holds_nothing():
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    assert memory.excess_bytes(process.pid, 1) is None


def test_a_program_out_of_memory_has_amazon_s_reason(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "failure").write_text("whatever")

    assert failure_reason(Ending(exit_code=137, out_of_memory=True), tmp_path) == memory.OUT_OF_MEMORY
    assert failure_reason(Ending(exit_code=137), tmp_path) == "AlgorithmError: whatever, exit code: 137"
    assert failure_reason(Ending(exit_code=0, out_of_memory=True), tmp_path) is None


class FullLog:
    """A log on a disk that is full until it is not."""

    def __init__(self):
        self.is_full, self.lines = True, []

    def write(self, lines):
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.lines += lines


def test_lines_for_which_there_is_no_room_are_written_later(tmp_path):
    log = FullLog()
    reserve = Reserve(tmp_path / "reserve", log.write)
    reserve.take()
    assert os.stat(tmp_path / "reserve").st_size == RESERVE_BYTES

    for number in range(2 * HELD_LINES):
        reserve.write([str(number)])
    log.is_full = False
    reserve.give_back()

    assert log.lines == [str(number) for number in range(HELD_LINES, 2 * HELD_LINES)]
    assert not (tmp_path / "reserve").exists()


def test_other_errors_of_the_log_are_errors(tmp_path):
    def broken(lines):
        raise OSError(errno.EIO, "broken")

    with pytest.raises(OSError, match="broken"):
        Reserve(tmp_path / "reserve", broken).write(["x"])


@pytest.mark.parametrize(
    ("exit_code", "failure", "kills", "killed"),
    [
        (137, None, 1, True),
        (137, None, 0, False),
        (1, 'ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"', 1, True),
        (1, "ValueError", 1, False),
        (0, "OutOfMemory: ", 1, False),
    ],
)
def test_a_kill_of_the_kernel_is_told_from_others(exit_code, failure, kills, killed, monkeypatch):
    monkeypatch.setattr(memory, "kernel_kills", lambda: 7 + kills)
    assert memory.kernel_has_killed(exit_code, failure, 7) is killed
