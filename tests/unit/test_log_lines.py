"""From a program's bytes to log lines and metrics."""

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.executors.log_lines import MAX_LINE_BYTES, LineSplitter, LogWriter
from sagewright.engine.planning.document import Metrics
from sagewright.engine.streams.memory import MemoryLogStore
from sagewright.engine.streams.memory_metrics import MemoryMetricStore

TEXT = "eins\nzwei – drei\r\nvier\nohne Ende"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_do_not_depend_on_how_the_bytes_are_cut(size):
    splitter, data = LineSplitter(), TEXT.encode()
    lines = [line for start in range(0, len(data), size) for line in splitter.feed(data[start : start + size])]
    assert lines + splitter.finish() == ["eins", "zwei – drei", "vier", "ohne Ende"]


def test_a_line_that_never_ends_is_cut_in_pieces():
    splitter = LineSplitter()
    lines = splitter.feed(b"x" * (2 * MAX_LINE_BYTES + 10))
    assert [len(line) for line in lines] == [MAX_LINE_BYTES, MAX_LINE_BYTES]
    assert splitter.finish() == ["x" * 10]


def test_numbers_in_lines_become_points_and_the_last_is_kept():
    clock, logs, metrics = FakeClock(100.0), MemoryLogStore(FakeClock()), MemoryMetricStore()
    definitions = [{"Name": "loss", "Regex": r"loss=(\S+)"}, {"Name": "none", "Regex": "nothing (.*)"}]
    writer = LogWriter(logs, "group", "stream", metrics, Metrics("space", {"Job": "a"}, definitions), clock)
    writer.write(["loss=0.5", "loss=abc", "something else"])
    clock.sleep(1)
    writer.write(["loss=0.25"])
    assert writer.last == {"loss": (0.25, 101.0)}
    points = metrics.query("space", "loss", {"Job": "a"}, 0, 1000)
    assert [(point.timestamp, point.value) for point in points] == [(100.0, 0.5), (101.0, 0.25)]
    assert [event.message for event in logs.read("group", "stream")[0]] == [
        "loss=0.5",
        "loss=abc",
        "something else",
        "loss=0.25",
    ]


def test_an_expression_that_would_never_end_is_given_up_and_said_so():
    logs, metrics = MemoryLogStore(FakeClock()), MemoryMetricStore()
    definitions = [{"Name": "slow", "Regex": r"(a+)+b=(\d)"}, {"Name": "loss", "Regex": r"loss=(\S+)"}]
    writer = LogWriter(logs, "g", "s", metrics, Metrics("space", {}, definitions), FakeClock(1.0), guarded=True)
    writer.write(["a" * 60 + "loss=1"] * 3 + ["loss=2"])
    assert writer.last == {"loss": (2.0, 1.0)}
    assert [point.value for point in metrics.query("space", "loss", {}, 0, 9)] == [1.0, 1.0, 1.0, 2.0]
    told = [event.message for event in logs.read("g", "s")[0] if event.message.startswith("sagewright: ")]
    assert told == ["sagewright: the Regex of the metric `slow` takes too long; it is looked for no more"]


def test_a_program_s_use_of_the_machine_is_what_it_is():
    import os
    import subprocess
    import sys

    from sagewright.engine.executors.process.usage import measure

    code = """
import time
block = bytearray(b"x") * (60 << 20)
while time.process_time() < 0.3:
    pass
print(1, flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        cpu_s, memory_bytes = measure(program.pid)
        all_s, all_bytes = measure(os.getpid())
        program.communicate(b"\n")
    assert 0.25 <= cpu_s < 5
    assert memory_bytes > 60 << 20
    assert all_s > cpu_s
    assert all_bytes > memory_bytes
