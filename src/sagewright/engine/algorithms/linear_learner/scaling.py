"""Standardising features and labels, and folding that into the weights afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.collective import ALONE, Collective

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Scaling:
    """`scaled = (x - mean) / deviation`, `(d,) float64` each; for labels `(1,)`."""

    mean: npt.NDArray[np.float64]
    deviation: npt.NDArray[np.float64]

    def apply(self, values: Floats) -> npt.NDArray[np.float32]:
        """Return scaled values, of the same shape."""
        return ((values - self.mean) / self.deviation).astype(np.float32)


def fit(values: Floats, hosts: Collective = ALONE, *, centre: bool, scale: bool) -> Scaling:
    """Return the scaling of the columns of all hosts' rows, `(n, d)` here; a constant column keeps its size."""
    values = values.astype(np.float64)
    total, n = hosts.sum(values.sum(axis=0), np.float64(len(values)))
    mean = total / n
    deviation = np.ones(values.shape[1])
    if scale:
        deviation = np.sqrt(hosts.sum(((values - mean) ** 2).sum(axis=0))[0] / n)
    kept = np.where(deviation > 1e-12 * np.maximum(1.0, np.abs(mean)), deviation, 1.0)
    return Scaling(mean if centre else np.zeros(values.shape[1]), kept)


def unscaled(
    weights: Floats, bias: Floats, features: Scaling, label: Scaling
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the weights `(k, d)` and bias `(k,)` that give on raw features what the given ones give on scaled ones."""
    raw = weights.astype(np.float64) / features.deviation
    offset = bias.astype(np.float64) - raw @ features.mean
    return raw * label.deviation, offset * label.deviation + label.mean
