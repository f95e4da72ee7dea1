"""The trained model and its file.

`model_algo-1` is a NumPy archive without pickled objects: `weights (k, d)`, `bias (k,)`, both float64 and for raw
features, and `facts`, a JSON document in bytes.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.linear_learner.hyperparameters import BINARY, MULTICLASS
from sagewright.engine.algorithms.linear_learner.losses import sigmoid, softmax

FILE = "model_algo-1"
FORMAT = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LinearModel:
    """A linear model on raw features.

    Attributes:
        weights: `(k, d) float64`; k is the number of classes, or 1.
        bias: `(k,) float64`.
        threshold: The least score of a positive answer, for a binary classifier.
        is_margin: A binary classifier's score is the raw margin (hinge loss) and no probability.
    """

    predictor_type: str
    weights: Floats
    bias: Floats
    threshold: float = 0.5
    is_margin: bool = False

    @property
    def feature_dim(self) -> int:
        return int(self.weights.shape[1])

    def scores(self, rows: npt.NDArray[np.floating]) -> Floats:
        """Return the scores of rows `(n, d)`: `(n,)`, or `(n, k)` for several classes."""
        z = rows @ self.weights.T + self.bias
        if self.predictor_type == MULTICLASS:
            return np.asarray(softmax(z), np.float64)
        if self.predictor_type == BINARY and not self.is_margin:
            return np.asarray(sigmoid(z[:, 0]), np.float64)
        return np.asarray(z[:, 0], np.float64)

    def predict(self, rows: Floats) -> Sequence[Mapping[str, Any]]:
        """Return `score`, and for classifiers `predicted_label` (`contract.md` 7.2.4)."""
        scores = self.scores(rows)
        if self.predictor_type == MULTICLASS:
            labels = scores.argmax(axis=1).tolist()
            return [{"score": s, "predicted_label": c} for s, c in zip(scores.tolist(), labels, strict=True)]
        if self.predictor_type == BINARY:
            return [{"score": s, "predicted_label": int(s >= self.threshold)} for s in scores.tolist()]
        return [{"score": s} for s in scores.tolist()]

    def save(self, folder: Path) -> None:
        """Write `model_algo-1`."""
        facts = {
            "format": FORMAT,
            "algorithm": "linear-learner",
            "predictor_type": self.predictor_type,
            "threshold": self.threshold,
            "is_margin": self.is_margin,
        }
        with (folder / FILE).open("wb") as file:
            text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
            np.savez(file, weights=self.weights, bias=self.bias, facts=text)


def load(folder: Path) -> LinearModel:
    """Read `model_algo-1`.

    Raises:
        CustomerError: It is missing or was written by something else.
    """
    try:
        with (folder / FILE).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            facts = json.loads(archive["facts"].tobytes())
            if facts["format"] != FORMAT or facts["algorithm"] != "linear-learner":
                raise ValueError(f"format {facts['format']} of {facts['algorithm']}")
            if archive["weights"].ndim != 2 or archive["bias"].shape != archive["weights"].shape[:1]:
                raise ValueError("the shapes of its weights and biases do not fit")
            return LinearModel(
                facts["predictor_type"],
                archive["weights"].astype(np.float64),
                archive["bias"].astype(np.float64),
                facts["threshold"],
                facts["is_margin"],
            )
    except FileNotFoundError:
        raise CustomerError(f"The model archive holds no file '{FILE}'.") from None
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise CustomerError(f"'{FILE}' is not a model of linear-learner: {error}") from None
