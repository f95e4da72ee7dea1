"""Checkpoints: the model after each of the last rounds, `xgboost-checkpoint.<round>` (`contract.md` 1.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.report import Report
from sagewright.engine.algorithms.xgboost import model_file

NAME = "xgboost-checkpoint"
MOST_KEPT = 5
_FORM = re.compile(rf"{NAME}\.(\d+)")


@dataclass(frozen=True)
class Checkpoint:
    """Where a training begins.

    Attributes:
        rounds: How many are done.
    """

    model: xgb.Booster | None = None
    rounds: int = 0


def resume(folder: Path | None, report: Report) -> Checkpoint:
    """Return the newest checkpoint that can be read; there may be none."""
    for number, path in reversed(_found(folder)):
        try:
            model = model_file.load(path)
        except CustomerError as error:
            report.warning(f"The checkpoint {path} is passed over: {error}")
            continue
        report.info(f"Checkpoint loaded from {path}")
        report.info(f"Resuming from iteration {number + 1}")
        return Checkpoint(model, number + 1)
    return Checkpoint()


def keep(model: xgb.Booster, folder: Path, number: int) -> None:
    """Store the model as it is after a round, and remove what is older than the last few."""
    model_file.write_whole(folder / f"{NAME}.{number}", model.save_raw("ubj"))
    for _, path in _found(folder)[:-MOST_KEPT]:
        path.unlink(missing_ok=True)


def _found(folder: Path | None) -> list[tuple[int, Path]]:
    if folder is None or not folder.is_dir():
        return []
    matches = [(_FORM.fullmatch(path.name), path) for path in folder.iterdir()]
    return sorted((int(match[1]), path) for match, path in matches if match)
