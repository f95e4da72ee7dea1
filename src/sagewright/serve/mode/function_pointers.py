"""The modes of `ModelBuilder` (v2's own path)."""

from __future__ import annotations

from enum import Enum


class Mode(Enum):
    """Where a built model runs.

    Attributes:
        IN_PROCESS: In this process, without a server.
        LOCAL_CONTAINER: Behind a model server on this machine, whatever the target is.
        SAGEMAKER_ENDPOINT: On an endpoint of the target.
    """

    IN_PROCESS = 1
    LOCAL_CONTAINER = 2
    SAGEMAKER_ENDPOINT = 3

    def __str__(self) -> str:
        return self.name
