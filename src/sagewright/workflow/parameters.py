"""The parameters of pipelines (v2's own path)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.vocabulary.variables import PipelineVariable
from sagewright.workflow.entities import DefaultEnumMeta, Entity


class ParameterTypeEnum(Enum, metaclass=DefaultEnumMeta):
    """What a parameter holds."""

    STRING = "String"
    INTEGER = "Integer"
    BOOLEAN = "Boolean"
    FLOAT = "Float"

    @property
    def python_type(self) -> type:
        """The type of its values here."""
        types = {"String": str, "Integer": int, "Boolean": bool, "Float": float}
        return types[self.value]


@suggests
class Parameter(PipelineVariable, Entity):
    """A value that is given when a pipeline is started.

    Args:
        name: Its name in the pipeline.
        default_value: The value where none is given; None: one has to be.

    Raises:
        TypeError: The default value is of another type.
    """

    def __init__(
        self,
        name: str = "",
        parameter_type: ParameterTypeEnum = ParameterTypeEnum.STRING,
        default_value: Any = None,
    ) -> None:
        self.name, self.parameter_type, self.default_value = name, parameter_type, default_value
        if default_value and not isinstance(default_value, parameter_type.python_type):
            raise TypeError(
                "The default value specified does not match the Parameter Python type.\n"
                f"hint: `{name}` takes {parameter_type.python_type.__name__}, not `{default_value!r}`."
            )

    def to_request(self) -> Any:
        """Return what declares it in the definition."""
        default = {} if self.default_value is None else {"DefaultValue": self.default_value}
        return {"Name": self.name, "Type": self.parameter_type.value, **default}

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in the definition."""
        return {"Get": f"Parameters.{self.name}"}

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r}, default_value={self.default_value!r})"


@suggests
class ParameterString(Parameter):
    """Text that is given when a pipeline is started.

    Args:
        name: Its name in the pipeline.
        default_value: The value where none is given; None: one has to be.
        enum_values: The only values that are allowed.

    Example:
        >>> from sagewright.workflow.parameters import ParameterString
        >>> ParameterString("Rows", default_value="s3://bucket/rows").expr
        {'Get': 'Parameters.Rows'}
    """

    def __init__(self, name: str, default_value: str | None = None, enum_values: list[str] | None = None) -> None:
        super().__init__(name, ParameterTypeEnum.STRING, default_value)
        self.enum_values = enum_values

    def to_string(self) -> PipelineVariable:
        """Return itself: it is text."""
        return self

    def to_request(self) -> Any:
        """Return what declares it in the definition."""
        return {**super().to_request(), **({"EnumValues": self.enum_values} if self.enum_values else {})}


@suggests
class ParameterInteger(Parameter):
    """A whole number that is given when a pipeline is started; see `ParameterString`."""

    def __init__(self, name: str, default_value: int | None = None) -> None:
        super().__init__(name, ParameterTypeEnum.INTEGER, default_value)


@suggests
class ParameterFloat(Parameter):
    """A number that is given when a pipeline is started; see `ParameterString`."""

    def __init__(self, name: str, default_value: float | None = None) -> None:
        super().__init__(name, ParameterTypeEnum.FLOAT, default_value)


@suggests
class ParameterBoolean(Parameter):
    """A truth value that is given when a pipeline is started; see `ParameterString`."""

    def __init__(self, name: str = "", default_value: bool | None = None) -> None:
        super().__init__(name, ParameterTypeEnum.BOOLEAN, default_value)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "Parameter",
            "ParameterBoolean",
            "ParameterFloat",
            "ParameterInteger",
            "ParameterString",
            "ParameterTypeEnum",
        ],
    )
