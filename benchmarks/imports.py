"""`import sagewright` and an Estimator, over bare Python."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

from benchmarks.timing import in_turns, report

OURS = """
import sys, sagewright
estimator = sagewright.estimator.Estimator("image", "arn:aws:iam::123456789012:role/r", 1, "ml.m5.large")
heavy = {"boto3", "numpy", "pandas"} & set(sys.modules)
assert not heavy, heavy
"""


def main() -> None:
    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    run(OURS)
    ours, theirs = in_turns(lambda: run(OURS), lambda: run("pass"), 15)
    report("import sagewright and make an Estimator", ours, theirs, "bare python", "50 ms more at most")
    for module in _modules():
        name = f"sagewright.{module}"
        ours, theirs = in_turns(lambda name=name: run(f"import {name}"), lambda: run("pass"), 5)
        report(f"import {name}", ours, theirs, "bare python", "50 ms more at most")


def _modules() -> list[str]:
    """Return the public modules below the package, by the names of the compatibility table's first level."""
    import sagewright

    return sorted(entry.name for entry in pkgutil.iter_modules(sagewright.__path__) if entry.name in sagewright.__all__)
