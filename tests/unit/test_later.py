from __future__ import annotations

import subprocess
import sys

from sagewright.engine.abc import Datum
from sagewright.engine.hosting.later import flush, put_later
from sagewright.engine.streams.memory_metrics import MemoryMetricStore
from sagewright.engine.streams.sqlite import SqliteMetricStore

WORKERS = """
import multiprocessing, pathlib, sys
from sagewright.engine.abc import Datum
from sagewright.engine.hosting.later import put_later
from sagewright.engine.streams.sqlite import SqliteMetricStore

path = pathlib.Path(sys.argv[1])

def work(number):
    put_later(SqliteMetricStore(path), [Datum("n", "m", {}, float(number), 1.0)])

work(0)
workers = [multiprocessing.get_context("fork").Process(target=work, args=(number,)) for number in (1, 2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
"""


def times(store):
    return [datum.timestamp for datum in store.query("n", "m", {}, 0, 10)]


def test_points_wait_until_somebody_reads():
    store = MemoryMetricStore()
    put_later(store, [Datum("n", "m", {}, 1.0, 2.0)])
    flush()
    assert times(store) == [1.0]
    flush()
    assert times(store) == [1.0]


def test_a_process_and_its_forks_each_write_what_is_theirs(tmp_path):
    subprocess.run([sys.executable, "-W", "ignore", "-c", WORKERS, str(tmp_path / "m")], check=True, timeout=60)
    assert times(SqliteMetricStore(tmp_path / "m")) == [0.0, 1.0, 2.0]


def test_a_store_that_cannot_write_hurts_nobody(caplog):
    class Full(MemoryMetricStore):
        def put(self, data):
            raise OSError("full")

    put_later(Full(), [Datum("n", "m", {}, 1.0, 2.0)])
    flush()
    assert "1 points of metrics are lost" in caplog.text
