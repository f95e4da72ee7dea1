"""Record what genuine `sagemaker` v2 does in every scenario: `python -m tests.parity.record [TOPIC ...]`.

The topic `interface` is v2's public interface (`interface.py`); `handed_on` is what modules have besides because they
use it, which the package itself reads.

It runs where v2 is installed; the tests need only what is recorded. Run it again when scenarios are added or when
another v2 is the measure.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.parity.interface import handed_on, interface
from tests.parity.scenarios import SCENARIOS
from tests.parity.world import play

PACKAGE = "sagemaker"
FOLDER = Path(__file__).with_name("recorded")
OWN = Path(__file__).parents[2] / "src" / "sagewright"  # of records that the package itself reads


def main() -> None:
    os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
    _keep_to_itself()
    _hurry()
    for topic in sys.argv[1:] or ("interface", "handed_on", *SCENARIOS):
        if topic == "interface":
            _write(topic, interface(PACKAGE))
        elif topic == "handed_on":
            _write(topic, handed_on(PACKAGE), OWN)
        else:
            _write(topic, {name: play(scenario, PACKAGE) for name, scenario in SCENARIOS[topic].items()})


def _keep_to_itself() -> None:
    """Keep v2 from telling Amazon of its use."""
    reporting = importlib.import_module(f"{PACKAGE}.telemetry.telemetry_logging")
    vars(reporting)["_requests_helper"] = lambda *_: None


def _hurry() -> None:
    """Let the time that v2 sleeps pass at once."""
    real, slept = time.time, [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds

    vars(time).update(sleep=sleep, time=lambda: real() + slept[0])


def _write(topic: str, recorded: dict[str, Any], folder: Path = FOLDER) -> None:
    what = "is" if topic in ("interface", "handed_on") else "does in these scenarios"
    origin = f"What the PyPI package `sagemaker` {what}, by `python -m tests.parity.record`."
    document = {"origin": origin, "package": PACKAGE, "version": version(PACKAGE), "recorded": recorded}
    (folder / f"{topic}.json").write_text(
        json.dumps(document, indent=1 if folder is FOLDER else None, sort_keys=True) + "\n"
    )


if __name__ == "__main__":
    main()
