"""What `docker run IMAGE train` and `... serve` do."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from sagewright.engine.algorithms.container import guarded
from sagewright.engine.algorithms.job import read_config
from sagewright.engine.algorithms.report import Report

NAME = "XGBoost"
LINE_HEAD = "[%Y-%m-%d:%H:%M:%S:{level}]"
CUSTOMER_FAULT = 1  # exit code (`contract.md` 7.3.2)


def main(arguments: list[str], base: Path) -> int:
    """Return the exit code."""
    import_library()
    if arguments == ["train"]:
        return train(base)
    if arguments == ["serve"]:
        from sagewright.engine.algorithms.xgboost.serving import serve

        return serve(base / "model")
    print(f"usage: train | serve, not {' '.join(arguments)}", file=sys.stderr)  # noqa: T201
    return CUSTOMER_FAULT


def import_library() -> None:
    """Import the library without scikit-learn: only its wrapper classes want it, and it takes three times as long."""
    is_absent = "sklearn" not in sys.modules
    if is_absent:
        sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("xgboost")
    finally:
        if is_absent:
            del sys.modules["sklearn"]


def train(base: Path) -> int:
    """Train from and to the folders of `/opt/ml`."""
    report = Report(NAME, read_config(base, "resourceconfig").get("current_host", "algo-1"), head=LINE_HEAD)

    def work() -> None:
        from sagewright.engine.algorithms.xgboost.training import train_job

        train_job(base, report)

    return guarded(work, base, report, CUSTOMER_FAULT)
