"""Logs and metrics at size: what a client waits for, in seconds.

There is no peer to divide by: moto keeps both in memory and finds no patterns in logs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sagewright.engine.abc import Datum, LogEvent
from sagewright.engine.engine import Engine
from sagewright.engine.parts import Caller

LINES, STREAMS, POINTS = 100_000, 10_000, 1_000_000
CALLER = Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:root", "u")


def main() -> None:
    """Print the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder))
        _lines(engine)
        _streams(engine)
        _points(engine)
        engine.close()


def _lines(engine: Engine) -> None:
    now_ms = int(time.time() * 1000)
    events = [LogEvent(now_ms, f'{{"level": "{"ERROR" if n % 100 == 0 else "INFO"}", "n": {n}}}') for n in range(LINES)]

    def append() -> None:
        for start in range(0, LINES, 1000):
            engine.parts.logs.append("/lines", "s", events[start : start + 1000])

    _timed(f"append {LINES:,} lines, 1,000 at a time", append)
    for pattern in ("ERROR", '{ $.level = "ERROR" && $.n > 5 }', "%ERR[A-Z]+%"):
        _timed(f"find `{pattern}` in them", lambda p=pattern: _filter(engine, p))  # type: ignore[misc]


def _filter(engine: Engine, pattern: str) -> None:
    token: str | None = None
    while True:
        more = {"nextToken": token} if token else {}
        params = {"logGroupName": "/lines", "filterPattern": pattern, **more}
        token = engine.call("logs", "FilterLogEvents", params, CALLER)["nextToken"]
        if token is None:
            return


def _streams(engine: Engine) -> None:
    for n in range(STREAMS):
        engine.parts.logs.append("/streams", f"job-{n}/algo-1-1", [LogEvent(n, "x")])
    by_name = {"logGroupName": "/streams"}
    by_time = {**by_name, "orderBy": "LastEventTime", "descending": True}
    for what, params in (("by name", by_name), ("by time, first", by_time), ("by time, again", by_time)):
        _timed(
            f"50 of {STREAMS:,} streams {what}",
            lambda p=params: engine.call("logs", "DescribeLogStreams", p, CALLER),  # type: ignore[misc]
        )


def _points(engine: Engine) -> None:
    end = time.time() // 60 * 60
    start = end - 86_400

    def put() -> None:
        for n in range(0, POINTS, 10_000):
            engine.parts.metrics.put(
                [Datum("n", "m", {}, start + 86_400 * k / POINTS, float(k)) for k in range(n, n + 10_000)]
            )

    _timed(f"put {POINTS:,} points", put)
    stat: dict[str, Any] = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60}
    for name in ("Average", "p99"):
        params = {
            "StartTime": datetime.fromtimestamp(start, timezone.utc),
            "EndTime": datetime.fromtimestamp(end, timezone.utc),
            "MetricDataQueries": [{"Id": "q", "MetricStat": {**stat, "Stat": name}}],
        }
        _timed(
            f"{name} of each minute of the day",
            lambda p=params: engine.call("cloudwatch", "GetMetricData", p, CALLER),  # type: ignore[misc]
        )


def _timed(what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    work()
    print(f"{what:60} {time.perf_counter() - begun:8.3f} s")


if __name__ == "__main__":
    main()
