"""Run the benchmarks and print one line each."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile

NAMES = (
    "imports",
    "requests",
    "session",
    "job_start",
    "script_start",
    "warm_pool",
    "throughput",
    "hosts",
    "describe",
    "predict",
    "invoke",
    "multi_model",
    "objects",
    "server",
    "channels",
    "xgboost_job",
    "repack",
    "transform",
    "observe",
    "records",
)


def main() -> None:
    wanted = sys.argv[1:] or NAMES
    for name in wanted:
        if name not in NAMES:
            sys.exit(f"no benchmark `{name}`\nhint: choose from {', '.join(NAMES)}")
    print("Median of the runs, ours and the baseline's taken in turns; a shared machine makes them noisy.\n")
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="sagewright-bench-", ignore_cleanup_errors=True) as home:
            os.environ["SAGEWRIGHT_HOME"] = home
            importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
