"""What CloudWatch is told of invocations (`contract.md` 2.6)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sagewright.engine.abc import Datum
from sagewright.engine.hosting.delivery import Moved
from sagewright.engine.hosting.later import put_later
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import ApiError

NAMESPACE = "AWS/SageMaker"
MICROSECONDS = "Microseconds"
COMPONENT_DIMENSION = "InferenceComponentName"


@dataclass
class Meter:
    """Measures one invocation.

    Attributes:
        dimensions: Whose it is; each value is told of all of them.
        instances: How many share the work.
    """

    parts: Parts
    dimensions: Sequence[Mapping[str, str]]
    instances: int
    _began: float = field(default_factory=time.perf_counter)
    _model_s: float = 0.0
    _more: list[tuple[str, float, str]] = field(default_factory=list)

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Count the time of a block as the model's."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._model_s += time.perf_counter() - began

    def note(self, name: str, value: float, unit: str = "None") -> None:
        """Add a value of another metric."""
        self._more.append((name, value, unit))

    def end(self, error: Exception | None = None) -> None:
        """Report the invocation."""
        status = _status(error)
        whole_s = time.perf_counter() - self._began
        values = [
            ("Invocations", 1.0, "None"),
            ("Invocation4XXErrors", float(400 <= status < 500), "None"),
            ("Invocation5XXErrors", float(status >= 500), "None"),
            ("InvocationModelErrors", float(_is_models(error)), "None"),
            ("ModelLatency", self._model_s * 1e6, MICROSECONDS),
            ("OverheadLatency", max(0.0, whole_s - self._model_s) * 1e6, MICROSECONDS),
            *self._more,
        ]
        now = self.parts.clock.now()
        put_later(
            self.parts.metrics,
            [
                Datum(NAMESPACE, name, dimensions, now, value, unit)
                for dimensions in self.dimensions
                for name, value, unit in [*values, (_share(dimensions), 1.0 / max(1, self.instances), "None")]
            ],
        )


def _share(dimensions: Mapping[str, str]) -> str:
    """Return what the share of an instance, or of a component's copy, in the invocations is called."""
    return "InvocationsPerCopy" if COMPONENT_DIMENSION in dimensions else "InvocationsPerInstance"


def _status(error: Exception | None) -> int:
    """Return the status that an invocation counts with: the container's, where it answered with one."""
    if error is None:
        return 200
    if not isinstance(error, ApiError):
        return 500
    if error.code == "ModelError":
        original = int(error.members["OriginalStatusCode"])
        return original if 400 <= original < 600 else 500
    return 500 if error.code == "ModelStreamError" else error.status


def _is_models(error: Exception | None) -> bool:
    return isinstance(error, ApiError) and error.code in ("ModelError", "ModelStreamError")


@contextlib.contextmanager
def counted(meter: Meter) -> Iterator[Meter]:
    """Report an invocation when the block ends; one that was sent nowhere is none."""
    try:
        yield meter
    except Moved:
        raise
    except Exception as error:
        meter.end(error)
        raise
    meter.end()
