"""One XGBoost container's `/opt/ml`, trained in-process."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import xgboost as xgb

from sagewright.engine.algorithms.xgboost.container import train


class Job:
    """Files in, exit code and log out."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str]):
        self.base, self.capsys, self.log = base, capsys, ""
        self.inputs: dict[str, dict[str, str]] = {}
        self.config("resourceconfig", {"current_host": "algo-1", "hosts": ["algo-1"]})

    def config(self, name, document):
        path = self.base / "input/config" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def file(self, channel, name, data, content_type="text/csv", **config):
        path = self.base / "input/data" / channel / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        given = {"ContentType": content_type} if content_type else {}
        self.inputs[channel] = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", **given, **config}

    def rows(self, channel, features, labels, name="part.csv", **config):
        self.file(channel, name, csv_of(labels, features), **config)

    def train(self, **hyperparameters):
        given = {"num_round": 5, **hyperparameters}
        self.config("hyperparameters", {name: str(value) for name, value in given.items() if value is not None})
        self.config("inputdataconfig", self.inputs)
        code = train(self.base)
        self.log = self.capsys.readouterr().out
        return code

    def failure(self, **hyperparameters):
        assert self.train(**hyperparameters) == 1
        return (self.base / "output/failure").read_text()

    @property
    def model(self) -> xgb.Booster:
        booster = xgb.Booster()
        booster.load_model(bytearray((self.base / "model/xgboost-model").read_bytes()))
        return booster


def csv_of(*columns, delimiter=","):
    text = io.StringIO()
    np.savetxt(text, np.column_stack(columns), delimiter=delimiter, fmt="%.9g")
    return text.getvalue().replace("nan", "")


def data(rows=300, features=4, seed=0, missing=0.1):
    """Return `(rows, features) float32` with missing values, and a label that they explain."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows, features)).astype(np.float32)
    labels = (values[:, 0] * 2 - values[:, 1] + draw.normal(size=rows) * 0.3).astype(np.float32)
    values[draw.random(values.shape) < missing] = np.nan
    return values, labels
