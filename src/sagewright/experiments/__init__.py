"""Experiments: runs, what they log, and what they are grouped by (`contract.md` 6.3, 6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.experiments.experiment import Experiment
from sagewright.experiments.run import Run, SortByType, SortOrderType, list_runs, load_run

__all__ = ["Experiment", "Run", "SortByType", "SortOrderType", "list_runs", "load_run"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
