"""Log writers as processes of their own: several at once, killed at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sagewright.engine.clock import SystemClock
from sagewright.engine.streams.files import FileLogStore

WRITER = """
import sys
from pathlib import Path
from sagewright.engine.abc import LogEvent
from sagewright.engine.clock import SystemClock
from sagewright.engine.streams.files import FileLogStore

store = FileLogStore(Path(sys.argv[1]), SystemClock())
name, count = sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for number in range(count):
    store.append("g", "s", [LogEvent(number, f"{name}-{number}-" + "x" * 300)])
print("done", flush=True)
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def numbers_of(store: FileLogStore, name: str) -> list[int]:
    messages = [placed.event.message for placed in store.scan("g", "s")]
    assert all(len(message) == len(message.partition("x")[0]) + 300 for message in messages)
    return [int(message.split("-")[1]) for message in messages if message.startswith(f"{name}-")]


def test_two_processes_write_and_a_third_cuts(tmp_path):
    """Lines of two writers stay whole and in order, and none is lost while old ones are cut off."""
    store = FileLogStore(tmp_path, SystemClock())
    store.create_group("g")
    writers = [writer(tmp_path, name, 3000) for name in "ab"]
    went = 0
    while any(process.poll() is None for process in writers):
        went += store.expire("g", 2500)
    for process in writers:
        process.communicate(timeout=30)
    went += store.expire("g", 2500)
    assert went > 0
    for name in "ab":
        found = numbers_of(store, name)
        assert found == list(range(found[0], 3000))
        assert found[0] <= 2500


@pytest.mark.parametrize("round_", range(4))
def test_a_killed_writer_leaves_whole_lines(tmp_path, round_):
    store = FileLogStore(tmp_path, SystemClock())
    process = writer(tmp_path, "a", 1_000_000)
    while not (store.groups() and store.stream_names("g")):
        time.sleep(0.001)
    time.sleep(0.02 * (round_ + 1))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    found = numbers_of(store, "a")
    assert found == list(range(len(found)))
    survivor = writer(tmp_path, "b", 10)
    survivor.communicate(timeout=30)
    assert numbers_of(store, "b") == list(range(10))
