"""What tunes and searches."""

from __future__ import annotations

from tests.parity.gaps import Gap, Refused

GAPS: dict[str, Gap] = {
    "tuner.HyperparameterTuner.visualize_jobs": Refused("plot `analytics().dataframe()` instead"),
}
