"""The run that a program is in: jobs that are started meanwhile belong to it."""

from __future__ import annotations

import logging
from typing import Any

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_runs: list[Any] = []  # one at most


def current_run() -> Any:
    """Return the run that the program is in; None: it is in none."""
    return _runs[-1] if _runs else None


def enter(run: Any) -> None:
    """Let a run be the one that the program is in."""
    _runs[:] = [run]


def leave() -> None:
    """Be in no run any more."""
    _runs.clear()


def experiment_config_of(given: Document | None) -> Document | None:
    """Return the experiment that a job belongs to: the one that is given, else that of the run the program is in."""
    run = current_run()
    if not given:
        return None if run is None else dict(run.experiment_config)
    if run is not None:
        logger.warning(
            "The function is invoked within an Experiment Run context but another experiment_config (%s) was supplied, "
            "so ignoring the experiment_config fetched from the Run object.",
            given,
        )
    return given
