"""The log of a built-in algorithm (`contract.md` 7.1.5). Metric definitions read it, so its form is an interface."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO


@dataclass
class Report:
    """Writes the lines of one host.

    Attributes:
        head: What a line begins with: a form for `strftime`, in which `{level}` stands for the level.
    """

    algorithm: str
    host: str
    stream: TextIO = field(default_factory=lambda: sys.stdout)
    head: str = "[%m/%d/%Y %H:%M:%S {level} 0]"

    def plain(self, text: str) -> None:
        """Write a line as it is."""
        self.stream.write(text + "\n")
        self.stream.flush()

    def info(self, text: str) -> None:
        self._line("INFO", text)

    def warning(self, text: str) -> None:
        self._line("WARNING", text)

    def error(self, text: str) -> None:
        self._line("ERROR", text)

    def quality(self, phase: str, metric: str, value: float, kind: str, epoch: int | None = None) -> None:
        """Report how good the model is.

        Args:
            kind: `loss` for what is to be small, `score` for what is to be large.
            epoch: None: at the end.
        """
        when = "" if epoch is None else f"epoch={epoch}, "
        self.info(f"#quality_metric: host={self.host}, {when}{phase} {metric} <{kind}>={value!r}")

    def progress(self, done: int, of: int) -> None:
        self.info(f"#progress_metric: host={self.host}, completed {100 * done / of:.2f} % of epochs")

    def throughput(self, records: int, seconds: float) -> None:
        rate = records / max(seconds, 1e-9)
        self.info(f"#throughput_metric: host={self.host}, train throughput={rate!r} records/second")

    def criterion(self, epoch: int, name: str, value: float) -> None:
        self.info(f"#early_stopping_criteria_metric: host={self.host}, epoch={epoch}, criteria={name}, value={value!r}")

    def metrics(self, started_at: float, dimensions: Mapping[str, str], values: Mapping[str, float]) -> None:
        """Write a `#metrics` line of single values."""
        document: dict[str, Any] = {
            "StartTime": started_at,
            "EndTime": time.time(),
            "Dimensions": {"Algorithm": self.algorithm, "Host": self.host, **dimensions},
            "Metrics": {name: {"sum": value, "count": 1, "min": value, "max": value} for name, value in values.items()},
        }
        self.plain(f"#metrics {json.dumps(document)}")

    def _line(self, level: str, text: str) -> None:
        head = time.strftime(self.head, time.gmtime()).format(level=level)
        for line in text.split("\n"):
            self.plain(f"{head} {line}")
