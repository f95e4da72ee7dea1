"""What a built-in algorithm is.

Notation: `n` rows, `d` features; arrays are C-contiguous.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sagewright.engine.algorithms.collective import Collective
    from sagewright.engine.algorithms.report import Report


class CustomerError(Exception):
    """The job cannot go on, and the customer can mend it; the text may end in a line `hint: ...`."""


@dataclass(frozen=True)
class Channel:
    """The rows of one channel.

    Attributes:
        features: `(n, d) float32`.
        labels: `(n,) float32`; empty where the rows carry none.
        source: What to call the rows in messages, for example a file's name.
    """

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.float32]
    source: str


class Model(Protocol):
    """A trained model."""

    @property
    def feature_dim(self) -> int:
        """The number of features that a row must have."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model into a folder that exists."""
        ...

    def predict(self, rows: npt.NDArray[np.float64]) -> Sequence[Mapping[str, Any]]:
        """Return one answer per row of `rows`, `(n, d) float64`, in order: JSON values under the answer's names."""
        ...


class Algorithm(Protocol):
    """A built-in algorithm.

    Attributes:
        name: As it stands in the log, for example `Linear Learner`.
        label_size: How many leading columns of a training row are labels, where the content type does not say.
    """

    name: str
    label_size: int

    @property
    def channels(self) -> Sequence[str]:
        """The channels it knows; the first one is required."""
        ...

    def parse(self, given: Mapping[str, str]) -> Any:
        """Return typed hyperparameters, as `train` takes them.

        Raises:
            CustomerError: One is missing, unknown or out of range.
        """
        ...

    def train(self, parameters: Any, channels: Mapping[str, Channel], report: Report, hosts: Collective) -> Model:
        """Train a model, the same on every host.

        Args:
            channels: This host's share of the rows.
            hosts: All hosts of the job, each of which does the same.

        Raises:
            CustomerError: The data do not fit the hyperparameters.
        """
        ...

    def load(self, folder: Path) -> Model:
        """Read what `Model.save` has written; nothing in the file is executed.

        Raises:
            CustomerError: There is no such model.
        """
        ...
