"""The ranges that a tuning job searches, and that an algorithm's hyperparameters keep to (`contract.md` 3.3)."""

from __future__ import annotations

import json
from typing import Any

from sagewright.arguments import suggests
from sagewright.vocabulary.variables import as_text

__all__ = ["CategoricalParameter", "ContinuousParameter", "IntegerParameter", "ParameterRange"]


@suggests
class ParameterRange:
    """A range of numbers.

    Args:
        min_value, max_value: The bounds, which belong to it.
        scaling_type: How it is searched: `Auto`, `Linear`, `Logarithmic` or `ReverseLogarithmic`.
    """

    __all_types__ = ("Continuous", "Categorical", "Integer")

    def __init__(self, min_value: Any, max_value: Any, scaling_type: Any = "Auto") -> None:
        self.min_value, self.max_value, self.scaling_type = min_value, max_value, scaling_type

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.min_value!r}, {self.max_value!r}, {self.scaling_type!r})"

    def is_valid(self, value: Any) -> bool:
        """Tell whether a number lies in the range."""
        return bool(self.min_value <= value <= self.max_value)

    @classmethod
    def cast_to_type(cls, value: Any) -> Any:
        """Return a value as the type that the range holds."""
        return float(value)

    def as_tuning_range(self, name: str) -> dict[str, Any]:
        """Return the range as a tuning job's request has it."""
        return {
            "Name": name,
            "MinValue": as_text(self.min_value),
            "MaxValue": as_text(self.max_value),
            "ScalingType": self.scaling_type,
        }


class ContinuousParameter(ParameterRange):
    """A range of real numbers.

    Example:
        >>> from sagewright.parameter import ContinuousParameter
        >>> ContinuousParameter(0.01, 0.2).as_tuning_range("eta")
        {'Name': 'eta', 'MinValue': '0.01', 'MaxValue': '0.2', 'ScalingType': 'Auto'}
    """

    __name__ = "Continuous"


class CategoricalParameter(ParameterRange):
    """A list of values.

    Args:
        values: A list, or the one value; all become text.

    Example:
        >>> from sagewright.parameter import CategoricalParameter
        >>> CategoricalParameter(["sgd", "adam"]).as_tuning_range("optimizer")
        {'Name': 'optimizer', 'Values': ['sgd', 'adam']}
    """

    __name__ = "Categorical"

    def __init__(self, values: Any) -> None:
        self.values = [as_text(value) for value in (values if isinstance(values, list) else [values])]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.values!r})"

    def is_valid(self, value: Any) -> bool:
        """Tell whether a value, as text, is one of the list."""
        return value in self.values

    @classmethod
    def cast_to_type(cls, value: Any) -> Any:
        """Return a value as text."""
        return str(value)

    def as_tuning_range(self, name: str) -> dict[str, Any]:
        """Return the list as a tuning job's request has it."""
        return {"Name": name, "Values": self.values}

    def as_json_range(self, name: str) -> dict[str, Any]:
        """Return the list as a tuning job's request has it whose hyperparameters are JSON, as the frameworks' are."""
        return {"Name": name, "Values": [json.dumps(value) for value in self.values]}


class IntegerParameter(ParameterRange):
    """A range of whole numbers.

    Example:
        >>> from sagewright.parameter import IntegerParameter
        >>> IntegerParameter(1, 8, "Logarithmic").as_tuning_range("max_depth")
        {'Name': 'max_depth', 'MinValue': '1', 'MaxValue': '8', 'ScalingType': 'Logarithmic'}
    """

    __name__ = "Integer"

    @classmethod
    def cast_to_type(cls, value: Any) -> Any:
        """Return a value as a whole number."""
        return int(value)
