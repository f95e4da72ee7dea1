"""Conditions of the API's `Search` (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, unique
from typing import Any

from sagewright.api_object import ApiObject

Document = dict[str, Any]


@unique
class Operator(Enum):
    """How a property is compared."""

    EQUALS = "Equals"
    NOT_EQUALS = "NotEquals"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL = "GreaterThanOrEqualTo"
    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL = "LessThanOrEqualTo"
    CONTAINS = "Contains"
    EXISTS = "Exists"
    NOT_EXISTS = "NotExists"


@unique
class BooleanOperator(Enum):
    """How conditions are joined."""

    AND = "And"
    OR = "Or"


class SearchObject(ApiObject):
    """A part of a search's expression."""

    def __init__(self, **kwargs: Any) -> None:
        vars(self).update(kwargs)

    def to_boto(self) -> Document:  # type: ignore[override]  # v2's is a method of the object
        """Return the part as it stands in a request."""
        return ApiObject.to_boto(self)


class Filter(SearchObject):
    """A condition on a property.

    Example:
        >>> from sagewright.utilities.search_expression import Filter, Operator
        >>> Filter("TrainingJobStatus", Operator.EQUALS, "Failed").to_boto()
        {'Name': 'TrainingJobStatus', 'Operator': 'Equals', 'Value': 'Failed'}
    """

    name: str | None = None
    operator: str | None = None
    value: str | None = None

    def __init__(self, name: str, operator: Operator | None = None, value: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name, self.operator, self.value = name, None if operator is None else operator.value, value


class NestedFilter(SearchObject):
    """Conditions on the items of a list, for example the channels of a job; all must hold of one item."""

    nested_property_name: str | None = None
    filters: list[Document] | None = None

    def __init__(self, property_name: str, filters: Sequence[Filter], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.nested_property_name, self.filters = property_name, [part.to_boto() for part in filters]


class SearchExpression(SearchObject):
    """Conditions that are joined.

    Raises:
        ValueError: There is none.
    """

    filters: list[Document] | None = None
    nested_filters: list[Document] | None = None
    operator: str | None = None
    sub_expressions: list[Document] | None = None

    def __init__(
        self,
        filters: Sequence[Filter] | None = None,
        nested_filters: Sequence[NestedFilter] | None = None,
        sub_expressions: Sequence[SearchExpression] | None = None,
        boolean_operator: BooleanOperator = BooleanOperator.AND,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if filters is None and nested_filters is None and sub_expressions is None:
            raise ValueError("You must specify at least one subexpression, filter, or nested filter")
        self.filters, self.nested_filters = _parts(filters), _parts(nested_filters)
        self.sub_expressions, self.operator = _parts(sub_expressions), boolean_operator.value


def _parts(given: Sequence[SearchObject] | None) -> list[Document] | None:
    return None if given is None else [part.to_boto() for part in given]
