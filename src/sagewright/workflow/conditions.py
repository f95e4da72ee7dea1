"""What condition steps ask (v2's own path)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.vocabulary.variables import Expression, is_variable
from sagewright.workflow.entities import DefaultEnumMeta, Entity, Valued

Document = dict[str, Any]


class ConditionTypeEnum(Enum, metaclass=DefaultEnumMeta):
    """What a condition asks, by the service's word."""

    EQ = "Equals"
    GT = "GreaterThan"
    GTE = "GreaterThanOrEqualTo"
    IN = "In"
    LT = "LessThan"
    LTE = "LessThanOrEqualTo"
    NOT = "Not"
    OR = "Or"


class Condition(Valued, Entity):
    """What a condition step asks."""

    def __init__(self, condition_type: ConditionTypeEnum = ConditionTypeEnum.EQ) -> None:
        self.condition_type = condition_type

    @property
    @abstractmethod
    def _referenced_steps(self) -> list[Any]:
        """The steps, or their names, that its values come from."""


class ConditionComparison(Condition):
    """Compares two values, each a variable or a plain one."""

    def __init__(
        self, condition_type: ConditionTypeEnum = ConditionTypeEnum.EQ, left: Any = None, right: Any = None
    ) -> None:
        super().__init__(condition_type)
        self.left, self.right = left, right

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {"Type": self.condition_type.value, "LeftValue": self.left, "RightValue": self.right}

    @property
    def _referenced_steps(self) -> list[Any]:
        return _steps_of([self.left, self.right])


@suggests
class ConditionEquals(ConditionComparison):
    """Asks whether two values are equal."""

    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(ConditionTypeEnum.EQ, left, right)


@suggests
class ConditionGreaterThan(ConditionComparison):
    """Asks whether the left value is greater than the right one."""

    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(ConditionTypeEnum.GT, left, right)


@suggests
class ConditionGreaterThanOrEqualTo(ConditionComparison):
    """Asks whether the left value is greater than the right one, or equal to it."""

    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(ConditionTypeEnum.GTE, left, right)


@suggests
class ConditionLessThan(ConditionComparison):
    """Asks whether the left value is less than the right one."""

    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(ConditionTypeEnum.LT, left, right)


@suggests
class ConditionLessThanOrEqualTo(ConditionComparison):
    """Asks whether the left value is less than the right one, or equal to it.

    Example:
        >>> from sagewright.workflow.conditions import ConditionLessThanOrEqualTo
        >>> from sagewright.workflow.functions import JsonGet
        >>> ConditionLessThanOrEqualTo(JsonGet("Evaluate", "report", "rmse"), 6.0).to_request()["RightValue"]
        6.0
    """

    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(ConditionTypeEnum.LTE, left, right)


@suggests
class ConditionIn(Condition):
    """Asks whether a value is one of several."""

    def __init__(self, value: Any, in_values: Sequence[Any]) -> None:
        super().__init__(ConditionTypeEnum.IN)
        self.value, self.in_values = value, in_values

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {"Type": self.condition_type.value, "QueryValue": self.value, "Values": self.in_values}

    @property
    def _referenced_steps(self) -> list[Any]:
        return _steps_of([self.value, *self.in_values])


@suggests
class ConditionNot(Condition):
    """Asks whether a condition does not hold."""

    def __init__(self, expression: Condition) -> None:
        super().__init__(ConditionTypeEnum.NOT)
        self.expression = expression

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {"Type": self.condition_type.value, "Condition": self.expression.to_request()}

    @property
    def _referenced_steps(self) -> list[Any]:
        return self.expression._referenced_steps


@suggests
class ConditionOr(Condition):
    """Asks whether one of several conditions holds."""

    def __init__(self, conditions: Sequence[Condition] | None = None) -> None:
        super().__init__(ConditionTypeEnum.OR)
        self.conditions = conditions or []

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {
            "Type": self.condition_type.value,
            "Conditions": [condition.to_request() for condition in self.conditions],
        }

    @property
    def _referenced_steps(self) -> list[Any]:
        return [step for condition in self.conditions for step in condition._referenced_steps]


def primitive_or_expr(value: Any) -> Any:
    """Return what stands for a value in a definition: a plain one itself."""
    return value.expr if isinstance(value, Expression) else value


def _steps_of(values: Sequence[Any]) -> list[Any]:
    return [step for value in values if is_variable(value) for step in value._referenced_steps]


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "Condition",
            "ConditionComparison",
            "ConditionEquals",
            "ConditionGreaterThan",
            "ConditionGreaterThanOrEqualTo",
            "ConditionIn",
            "ConditionLessThan",
            "ConditionLessThanOrEqualTo",
            "ConditionNot",
            "ConditionOr",
            "ConditionTypeEnum",
            "primitive_or_expr",
        ],
    )
