"""What steps will have made, by the names that the service's descriptions have (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.vocabulary.variables import Expression
from sagewright.workflow.entities import Valued
from sagewright.workflow.step_outputs import StepOutput

Shape = Mapping[str, Any]


class Properties(StepOutput):
    """A member of the description that a step's job will have: `step.properties.ModelArtifacts.S3ModelArtifacts`.

    Its members are those of botocore's model of the service, which is read when the first of them is asked for.

    Args:
        step_name: The step's name.
        path: The member's path in the description; None: the description itself.
        shape_name, shape_names: The shapes of the service's model that say which members there are.
        service_name: `sagemaker` or `emr`.
        step: The step.

    Example:
        >>> from sagewright.workflow.properties import Properties
        >>> job = Properties("Train", shape_name="DescribeTrainingJobResponse")
        >>> job.ModelArtifacts.S3ModelArtifacts.expr
        {'Get': 'Steps.Train.ModelArtifacts.S3ModelArtifacts'}
    """

    def __init__(
        self,
        step_name: str,
        path: str | None = None,
        shape_name: str | None = None,
        shape_names: Sequence[str] | None = None,
        service_name: str = "sagemaker",
        step: Any = None,
    ) -> None:
        super().__init__(step)
        self.step_name, self.path, self.service_name = step_name, path, service_name
        self._shape_names = [*([] if shape_name is None else [shape_name]), *(shape_names or ())]

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in the definition."""
        return {"Get": ".".join(part for part in ("Steps", self.step_name, self.path) if part is not None)}

    @property
    def _referenced_steps(self) -> list[Any]:
        return [self._step or self.step_name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        members = _members(self._shape_names, self.service_name)
        if name not in members:
            from sagewright.vocabulary.suggestions import nearest

            near = nearest(name, [*members, *self.__dict__.get("_named", ())])
            hint = f"\nhint: did you mean `{near}`?" if near else ""
            raise AttributeError(f"`{self._shown()}` has no property `{name}`{hint}")
        path = name if self.path is None else f"{self.path}.{name}"
        found = _properties(self.step_name, path, members[name], self.service_name, self._step)
        self.__dict__[name] = found
        return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_members(self._shape_names, self.service_name)})

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the step, which holds clients; its name is enough for the definition.
        return Properties, (self.step_name, self.path, None, self._shape_names, self.service_name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Properties:
        return self  # it says of what step it is, which stays that step

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shown()})"

    def _shown(self) -> str:
        return str(self.expr["Get"])


class PropertiesByName(Properties):
    """Properties that a step gives names of its own.

    Args:
        named: Name to the property.
    """

    def __init__(self, step_name: str, named: Mapping[str, Any], step: Any = None) -> None:
        super().__init__(step_name, step=step)
        self.__dict__.update(named)
        self._named = named

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._named})

    def __reduce__(self) -> tuple[Any, ...]:
        return PropertiesByName, (self.step_name, self._named)


class _Items(Properties):
    """Properties with items, all of one shape."""

    _MEMBER = ""

    def __init__(
        self,
        step_name: str,
        path: str,
        shape_name: str | None = None,
        service_name: str = "sagemaker",
        step: Any = None,
    ) -> None:
        super().__init__(step_name, path, shape_name, service_name=service_name, step=step)
        self.shape_name = shape_name
        self._items: dict[int | str, Properties] = {}

    def __getitem__(self, item: int | str) -> Properties:
        """Return the item of an index or a name."""
        if item not in self._items:
            shape = _shapes(self.service_name)[str(self.shape_name)][self._MEMBER]["shape"]
            key = f"'{item}'" if isinstance(item, str) else item
            self._items[item] = _properties(self.step_name, f"{self.path}[{key}]", shape, self.service_name, self._step)
        return self._items[item]

    def __iter__(self) -> Any:
        raise TypeError(f"`{self._shown()}` has items that only a pipeline's run knows.\nhint: take one by its index.")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.step_name, self.path, self.shape_name, self.service_name)


class PropertiesList(_Items):
    """Properties by index, or by what the service takes for one: `Outputs["train"]`."""

    _MEMBER = "member"


class PropertiesMap(_Items):
    """Properties by name."""

    _MEMBER = "value"


@suggests
class PropertyFile(Valued, Expression):
    """A JSON file that a processing step leaves, whose values a pipeline can read (`JsonGet`).

    Args:
        name: What it is called in the pipeline.
        output_name: The step's output that it lies in.
        path: Its path there.
    """

    def __init__(self, name: str, output_name: str, path: str) -> None:
        self.name, self.output_name, self.path = name, output_name, path

    @property
    def expr(self) -> dict[str, Any]:
        """What declares it in the definition."""
        return {"PropertyFileName": self.name, "OutputName": self.output_name, "FilePath": self.path}


PropertiesMeta = type(Properties)  # v2's name for the class of these classes


def _properties(step_name: str, path: str, shape_name: str, service: str, step: Any) -> Properties:
    kinds = {"list": PropertiesList, "map": PropertiesMap}
    kind = kinds.get(_shapes(service).get(shape_name, {}).get("type", ""))
    if kind is not None:
        return kind(step_name, path, shape_name, service, step)
    return Properties(step_name, path, shape_name, service_name=service, step=step)


def _members(shape_names: Sequence[str], service: str) -> dict[str, str]:
    """Return the members of shapes, with the shape of each."""
    shapes = _shapes(service)
    structures = [shape for name in shape_names if (shape := shapes.get(name, {})).get("type") == "structure"]
    return {name: member["shape"] for shape in structures for name, member in shape["members"].items()}


@cache
def _shapes(service: str) -> Mapping[str, Shape]:
    from botocore.loaders import Loader  # reading a service's model takes a tenth of a second

    found: Mapping[str, Shape] = Loader().load_service_model(service, "service-2")["shapes"]
    return found


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["Properties", "PropertiesList", "PropertiesMap", "PropertyFile"])
