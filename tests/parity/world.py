"""What a scenario is played with: one SDK, genuine or ours, in front of a recording AWS."""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.parity.recording import BUCKET, REGION, ROLE, Recorder, plain

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest"
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

    def model(self, **changes: Any) -> Any:
        arguments = {"image_uri": IMAGE, "model_data": "s3://bucket/model.tar.gz", "role": ROLE, **changes}
        arguments.setdefault("sagemaker_session", self.session())
        return self["model.Model"](**arguments)

    def predictor(self, **changes: Any) -> Any:
        arguments = {"endpoint_name": "endpoint", **changes}
        arguments.setdefault("sagemaker_session", self.session())
        return self["predictor.Predictor"](**arguments)


def play(scenario: Play, package: str) -> dict[str, Any]:
    """Play a scenario and return all that a user or AWS sees of it: requests, outcome or error, and printed lines."""
    world, printed = World(package), io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            outcome = {"outcome": plain(scenario(world))}
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is recorded
        outcome = {"raises": type(error).__name__, "message": plain(str(error))}
    return {"calls": world.aws.writes(), **outcome, "printed": printed.getvalue()}
