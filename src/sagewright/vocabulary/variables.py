"""Values that are not known before a pipeline runs: its parameters, and what its steps will have made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Expression:
    """What stands for itself in a pipeline's definition."""

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in a pipeline's definition."""
        raise NotImplementedError


class PipelineVariable(Expression):
    """A value that a pipeline's run decides. It stands in a request where text or a number would.

    Who builds requests hands it on as it is: it has no length, no letters and no text.
    """

    def to_string(self) -> PipelineVariable:
        """Return the value as the text that the run will make of it."""
        return Join(on="", values=[self])

    @property
    def _referenced_steps(self) -> list[Any]:
        """The steps, or their names, that the value comes from."""
        return []

    def __add__(self, other: object) -> Any:
        raise TypeError("Pipeline variables do not support concatenation.\nhint: `Join(on='', values=[...])`.")

    __radd__ = __add__

    def __str__(self) -> str:
        raise TypeError(
            "Pipeline variables do not support __str__ operation. Please use `.to_string()` to convert it to string "
            "type in execution time or use `.expr` to translate it to Json for display purpose in Python SDK."
        )

    def __int__(self) -> int:
        raise TypeError("Pipeline variables do not support __int__ operation.")

    def __float__(self) -> float:
        raise TypeError("Pipeline variables do not support __float__ operation.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expr})"


class Join(PipelineVariable):
    """Text that a run puts together.

    Args:
        on: Stands between the values.
        values: Text, numbers and variables.

    Example:
        >>> from sagewright.workflow.functions import Join
        >>> Join(on="/", values=["s3:/", "bucket", 1]).expr
        {'Std:Join': {'On': '/', 'Values': ['s3:/', 'bucket', 1]}}
    """

    def __init__(self, on: str = "", values: Sequence[Any] = ()) -> None:
        self.on, self.values = on, values if isinstance(values, list) else list(values)

    def to_string(self) -> PipelineVariable:
        """Return itself: it is text."""
        return self

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in a pipeline's definition."""
        values = [value.expr if hasattr(value, "expr") else value for value in self.values]
        return {"Std:Join": {"On": self.on, "Values": values}}

    @property
    def _referenced_steps(self) -> list[Any]:
        return [step for value in self.values if is_variable(value) for step in value._referenced_steps]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Join) and (self.on, self.values) == (other.on, other.values)

    def __hash__(self) -> int:
        return hash(Join)  # its values may change, and hold what has no hash

    def __repr__(self) -> str:
        return f"Join(on={self.on!r}, values={self.values!r})"


def is_variable(value: object) -> bool:
    """Tell whether a value is not known before a pipeline runs."""
    return isinstance(value, PipelineVariable)


def as_text(value: Any) -> Any:
    """Return a value as text; what only a pipeline's run decides, as the text that the run will make of it."""
    return value.to_string() if isinstance(value, PipelineVariable) else str(value)
