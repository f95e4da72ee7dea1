"""Finding the named pipes of a channel in Pipe mode (`contract.md` 1.8)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from sagewright.engine.algorithms.abc import CustomerError

PATIENCE_S = 60.0
_PAUSE_S = 0.005


def is_pipe(config: Mapping[str, str]) -> bool:
    """Tell from a channel's entry of `inputdataconfig.json` whether it comes through pipes."""
    return config.get("TrainingInputMode") == "Pipe"


def pipe_of(folder: Path, epoch: int = 0) -> Path:
    """Return an epoch's pipe, when it is there: the one before must have been read to its end or closed.

    It can be opened once. Who reads to its end has read all objects of the channel, one after another.

    Args:
        folder: Where the channel's files would lie in File mode.

    Raises:
        CustomerError: It does not come.
    """
    path = folder.with_name(f"{folder.name}_{epoch}")
    deadline = time.monotonic() + PATIENCE_S
    while not path.exists():
        if time.monotonic() >= deadline:
            raise CustomerError(f"The channel '{folder.name}' has no pipe for epoch {epoch}.")
        time.sleep(_PAUSE_S)
    return path
