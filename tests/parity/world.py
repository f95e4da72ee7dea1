"""What a scenario is played with: one SDK, genuine or ours, in front of a recording AWS."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.parity.recording import BUCKET, REGION, ROLE, Recorder, plain

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest"
FRAMEWORK_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-framework:1"
Play = Callable[["World"], Any]


@dataclass
class World:
    """One SDK and the AWS that it talks to.

    Attributes:
        package: `sagemaker` or `sagewright`.
        aws: Answers, and remembers.
    """

    package: str
    aws: Recorder = field(default_factory=Recorder)

    def __getitem__(self, path: str) -> Any:
        """Return a name of the SDK: `world["estimator.Estimator"]`."""
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(f"{self.package}.{module}" if module else self.package), name)

    def session(self, region: str = REGION, **changes: Any) -> Any:
        return self["session.Session"](
            **{"boto_session": self.aws.boto_session(region), "default_bucket": BUCKET, **changes}
        )

    def estimator(self, **changes: Any) -> Any:
        arguments = {"image_uri": IMAGE, "role": ROLE, "instance_count": 1, "instance_type": "ml.m5.large", **changes}
        arguments.setdefault("sagemaker_session", self.session())
        return self["estimator.Estimator"](**arguments)

    def train(self, inputs: Any = "s3://bucket/train", **changes: Any) -> Any:
        """Fit an estimator without waiting, under a name that is known."""
        estimator = self.estimator(**changes)
        estimator.fit(inputs, wait=False, job_name="job")
        return estimator

    def framework(self, path: str, **changes: Any) -> Any:
        """Return a framework's estimator, in an image that is named, with a script that is there."""
        self.files(train_py="print(1)")
        arguments = {
            "entry_point": "train.py",
            "image_uri": FRAMEWORK_IMAGE,
            "role": ROLE,
            "instance_count": 1,
            "instance_type": "ml.m5.large",
            **changes,
        }
        arguments.setdefault("sagemaker_session", self.session())
        return self[path](**{name: value for name, value in arguments.items() if value != "left out"})

    def files(self, **contents: str) -> None:
        """Work in a folder of its own that holds these files: `__` stands for `/` in a name, `_` for `.`."""
        for name, content in contents.items():
            path = Path(name.replace("__", "/").replace("_", "."))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def model(self, **changes: Any) -> Any:
        arguments = {"image_uri": IMAGE, "model_data": "s3://bucket/model.tar.gz", "role": ROLE, **changes}
        arguments.setdefault("sagemaker_session", self.session())
        return self["model.Model"](**arguments)

    def predictor(self, **changes: Any) -> Any:
        arguments = {"endpoint_name": "endpoint", **changes}
        arguments.setdefault("sagemaker_session", self.session())
        return self["predictor.Predictor"](**arguments)


def play(scenario: Play, package: str) -> dict[str, Any]:
    """Play a scenario and return all that a user or AWS sees of it: requests, outcome or error, lines, warnings."""
    world, printed = World(package), io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DeprecationWarning)
        try:
            with contextlib.redirect_stdout(printed), _folder():
                outcome = {"outcome": plain(scenario(world))}
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is recorded
            outcome = {"raises": type(error).__name__, "message": plain(str(error))}
    warned = [str(warning.message) for warning in caught if "sagemaker>=" in str(warning.message)]
    seen = {"calls": world.aws.writes(), **outcome, "printed": printed.getvalue()}
    return {**seen, "warned": warned} if warned else seen


@contextlib.contextmanager
def _folder() -> Iterator[None]:
    """Work in a new folder, so that scenarios name files by relative paths."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
