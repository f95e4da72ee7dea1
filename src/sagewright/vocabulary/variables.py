"""Values that are not known before a pipeline runs: its parameters, and what its steps will have made."""

from __future__ import annotations

from typing import Any


class PipelineVariable:
    """A value that a pipeline's run decides. It stands in a request where text or a number would.

    Who builds requests hands it on as it is: it has no length, no letters and no text.
    """

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in a pipeline's definition."""
        raise NotImplementedError


def is_variable(value: object) -> bool:
    """Tell whether a value is not known before a pipeline runs."""
    return isinstance(value, PipelineVariable)


def as_text(value: Any) -> Any:
    """Return a value as text, unless only a pipeline's run decides it."""
    return value if isinstance(value, PipelineVariable) else str(value)
