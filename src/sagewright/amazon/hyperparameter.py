"""A hyperparameter as an attribute of an estimator: checked when set, text when sent (`contract.md` 7.9)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sagewright.amazon.validation import Check
from sagewright.arguments import shows
from sagewright.vocabulary.variables import as_text, is_variable


def _any(_: Any) -> bool:
    return True


@shows
class Hyperparameter:
    """A descriptor that checks what an attribute is set to.

    Args:
        name: What the algorithm calls it; the attribute may be called otherwise.
        validate: A check, or several, that a value has to pass.
        validation_message: What is expected, for who sets another value.
        data_type: What values are made of before they are checked; what has none is left out of a request.

    Example:
        >>> from sagewright.amazon.hyperparameter import Hyperparameter
        >>> from sagewright.amazon.validation import gt
        >>> class Forest:
        ...     trees = Hyperparameter("num_trees", gt(0), "An integer greater than 0", int)
        >>> forest = Forest()
        >>> forest.trees = "50"
        >>> Hyperparameter.serialize_all(forest)
        {'num_trees': '50'}
    """

    def __init__(
        self,
        name: str,
        validate: Check | Iterable[Check] = _any,
        validation_message: str = "",
        data_type: type = str,
    ) -> None:
        self.name, self.validation_message, self.data_type = name, validation_message, data_type
        self.validation: list[Check] = [validate] if callable(validate) else list(validate)

    def __get__(self, obj: Any, objtype: Any = None) -> Any:
        if obj is None:
            return self
        values = vars(obj).get("_hyperparameters", {})
        if self.name not in values:
            raise AttributeError(f"`{self.name}` has not been set")
        return values[self.name]

    def __set__(self, obj: Any, value: Any) -> None:
        if value is not None and not is_variable(value):
            value = self._cast(value)
            self.validate(value)
        vars(obj).setdefault("_hyperparameters", {})[self.name] = value

    def __delete__(self, obj: Any) -> None:
        del obj._hyperparameters[self.name]

    def validate(self, value: Any) -> None:
        """Raise for a value that will not do.

        Raises:
            ValueError: It does not pass a check.
        """
        if value is not None and not all(check(value) for check in self.validation):
            raise self._refused(value)

    def from_text(self, text: str) -> Any:
        """Return the value that a job's hyperparameter, which is text, stands for."""
        return json.loads(text) if self.data_type is list else text

    @staticmethod
    def serialize_all(obj: Any) -> dict[str, Any]:
        """Return the hyperparameters of an object that have a value, as text; lists as JSON."""
        values = vars(obj).get("_hyperparameters", {})
        return {name: _text(value) for name, value in values.items() if value is not None}

    def _cast(self, value: Any) -> Any:
        """Return a value as the type that is sent.

        Raises:
            ValueError: It cannot be had without a loss.
        """
        if self.data_type is bool and isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if self.data_type is int and isinstance(value, float) and not value.is_integer():
            raise self._refused(value)
        return self.data_type(value)

    def _refused(self, value: Any) -> ValueError:
        expecting = f". Expecting: {self.validation_message}" if self.validation_message else ""
        return ValueError(f"Invalid hyperparameter value {value} for {self.name}{expecting}")


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else as_text(value)
