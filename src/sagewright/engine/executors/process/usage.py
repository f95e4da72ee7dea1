"""What a host's program uses of the machine, each minute (`contract.md` 1.10), as Linux tells it.

`CPUUtilization` is in percent of one CPU, so that four busy ones are 400; `MemoryUtilization` and `DiskUtilization` are
in percent of the machine's memory, and of the disk that `/opt/ml` lies on. A job that ends within the minute has one
value of each, for the time that it took.
"""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

from sagewright.engine.abc import Datum, MetricStore
from sagewright.engine.planning.document import Metrics
from sagewright.engine.warm import keeping

PERIOD_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage:
    """Measures a program and everything it has started.

    Args:
        pid: The process under which all of them are.
        host: `algo-1`, ...
        warm: The host's folder for programs that are forks of a warm interpreter, and so are not under `pid`.
    """

    def __init__(
        self, pid: int, ml: Path, store: MetricStore, metrics: Metrics, host: str, now: float, warm: Path
    ) -> None:
        self._pid, self._ml, self._store, self._namespace, self._warm = pid, ml, store, metrics.namespace, warm
        given = metrics.dimensions
        self._dimensions = {"Host": given.get("Host") or f"{given.get('TrainingJobName', '')}/{host}"}
        self._since, self._cpu_s, self._has_memory = now, 0.0, False

    def look(self, now: float) -> None:
        """Publish, if a minute has passed."""
        if now - self._since >= PERIOD_S:
            cpu_s, memory_bytes = measure(self._pid, *keeping.running(self._warm))
            self._publish(now, cpu_s, memory_bytes)

    def finish(self, now: float) -> None:
        """Publish what is left to say when the program has ended and was waited for."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        elsewhere = keeping.used(self._warm)
        peak = max(used.ru_maxrss * 1024, *(memory for _, memory in elsewhere), 0)  # of the largest of its processes
        if now - self._since > 0.0:
            cpu_s = used.ru_utime + used.ru_stime + sum(seconds for seconds, _ in elsewhere)
            self._publish(now, cpu_s, None if self._has_memory else peak)

    def _publish(self, now: float, cpu_s: float, memory_bytes: int | None) -> None:
        values = {"CPUUtilization": max(0.0, 100 * (cpu_s - self._cpu_s) / (now - self._since))}
        if memory_bytes is not None:
            values["MemoryUtilization"] = 100 * memory_bytes / (os.sysconf("SC_PHYS_PAGES") * _PAGE)
            self._has_memory = True
        with contextlib.suppress(OSError):
            disk = os.statvfs(self._ml)
            values["DiskUtilization"] = 100 * (1 - disk.f_bavail / disk.f_blocks) if disk.f_blocks else 0.0
        with contextlib.suppress(OSError):  # the disk is full
            self._store.put(
                [
                    Datum(self._namespace, name, self._dimensions, now, value, "Percent")
                    for name, value in values.items()
                ]
            )
        self._since, self._cpu_s = now, cpu_s


def measure(*pids: int) -> tuple[float, int]:
    """Return the CPU seconds that processes and all beneath them have used, and the memory in bytes that they hold."""
    cpu_ticks = memory_bytes = 0
    waiting = list(pids)
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
            fields = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
            cpu_ticks += sum(int(field) for field in fields[11:15])  # its own, and of the children it has waited for
            memory_bytes += int(fields[21]) * _PAGE
            waiting += [int(child) for child in Path(f"/proc/{current}/task/{current}/children").read_text().split()]
    return cpu_ticks / _TICKS, memory_bytes
