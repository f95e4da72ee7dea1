"""The step that records where things come from (v2's own path)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.base_step import Step, StepTypeEnum
from sagewright.workflow.entities import Valued
from sagewright.workflow.properties import Properties, PropertiesByName
from sagewright.workflow.utilities import validate_step_args_input

Document = dict[str, Any]

ENTITY_TYPE_ACTION = "Action"
ENTITY_TYPE_ARTIFACT = "Artifact"
ENTITY_TYPE_CONTEXT = "Context"
_TYPES = (ENTITY_TYPE_ACTION, ENTITY_TYPE_ARTIFACT, ENTITY_TYPE_CONTEXT)

# What a step is made with -> the type of entity.
_KINDS: Mapping[str, str] = MappingProxyType(
    {"actions": ENTITY_TYPE_ACTION, "artifacts": ENTITY_TYPE_ARTIFACT, "contexts": ENTITY_TYPE_CONTEXT}
)


@suggests
class LineageEntityReference(Valued):
    """An end of an association: an entity that the same step makes, or one that there is.

    Args:
        name, type: What the step makes: `Action`, `Artifact` or `Context`.
        arn: Of an entity that there is; instead of name and type.

    Raises:
        ValueError: It is neither, or both, or of another type.

    Example:
        >>> from sagewright.workflow.lineage_step import LineageEntityReference
        >>> LineageEntityReference("training", "Action").to_request()
        {'Name': 'training', 'Type': 'Action'}
    """

    def __init__(self, name: Any = None, type: str | None = None, arn: Any = None) -> None:
        if arn is not None and (name is not None or type is not None):
            raise ValueError("A LineageEntityReference takes either arn, or name and type -- not both.")
        if arn is None and (name is None or type is None):
            raise ValueError("A LineageEntityReference requires either arn, or both name and type.")
        if arn is None and type not in _TYPES:
            raise ValueError(f"Unsupported lineage entity type '{type}'. Expected one of {', '.join(_TYPES)}.")
        self.name, self.type, self.arn = name, type, arn

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {"Name": self.name, "Type": self.type} if self.arn is None else {"Arn": self.arn}


@suggests
class LineageAssociation(Valued):
    """That one entity has to do with another.

    Args:
        association_type: `ContributedTo`, `AssociatedWith`, `DerivedFrom`, `Produced` or `SameAs`.

    Raises:
        TypeError: An end is no `LineageEntityReference`.
    """

    def __init__(
        self,
        source: LineageEntityReference,
        destination: LineageEntityReference,
        association_type: str | None = None,
    ) -> None:
        for role, end in (("source", source), ("destination", destination)):
            if not isinstance(end, LineageEntityReference):
                raise TypeError(
                    f"The {role} of a LineageAssociation must be a LineageEntityReference, got {type(end).__name__}."
                )
        self.source, self.destination, self.association_type = source, destination, association_type

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        kind = {} if self.association_type is None else {"AssociationType": self.association_type}
        return {"Source": self.source.to_request(), "Destination": self.destination.to_request(), **kind}


@suggests
class LineageStep(Step):
    """Records actions, artifacts and contexts, then how they have to do with each other.

    Its properties are `ActionArns["name"]`, `ArtifactArns["name"]`, `ContextArns["name"]` and `Associations`.

    Args:
        name: Of the step.
        actions, artifacts, contexts: What `Action.create()`, `Artifact.create()` and `Context.create()` return with a
            `PipelineSession`: one, or a list.
        associations: Between what the step makes, and what there is.
        depends_on: Steps that have to end before.

    Raises:
        ValueError: There is nothing to record, an entity is of another call, or an association names an entity that
            the step does not make.
        TypeError: An entity or an association is none.
    """

    def __init__(
        self,
        name: str,
        actions: Any = None,
        artifacts: Any = None,
        contexts: Any = None,
        associations: Sequence[LineageAssociation] | None = None,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, display_name, description, StepTypeEnum.LINEAGE, depends_on)
        given = {"actions": actions, "artifacts": artifacts, "contexts": contexts}
        self._entities = {kind: _checked(kind, entities) for kind, entities in given.items()}
        self.associations = list(associations or ())
        self._check()
        arns = {f"{kind}Arns": _Arns(name, f"{kind}Arns", self) for kind in _TYPES}
        named: dict[str, Properties] = {**arns, "Associations": Properties(name, "Associations", step=self)}
        self._properties = PropertiesByName(name, named, self)

    @property
    def actions(self) -> list[Any]:
        """The actions that the step makes."""
        return self._entities["actions"]

    @property
    def artifacts(self) -> list[Any]:
        """The artifacts that the step makes."""
        return self._entities["artifacts"]

    @property
    def contexts(self) -> list[Any]:
        """The contexts that the step makes."""
        return self._entities["contexts"]

    @property
    def arguments(self) -> Any:
        """The entities and associations."""
        request: Document = {
            kind.capitalize(): [entity.args for entity in entities]
            for kind, entities in self._entities.items()
            if entities
        }
        if self.associations:
            request["Associations"] = [association.to_request() for association in self.associations]
        return request

    @property
    def properties(self) -> Any:
        """What the step will have made: ARNs by name."""
        return self._properties

    def _check(self) -> None:
        if not any(self._entities.values()) and not self.associations:
            raise ValueError(
                "A LineageStep requires at least one entity in actions, artifacts or contexts, or one association."
            )
        for association in self.associations:
            if not isinstance(association, LineageAssociation):
                raise TypeError(
                    "Each entry in associations must be a LineageAssociation, got "
                    f"{type(association).__name__}.\nhint: `Association.create()` cannot name what the step makes."
                )
        made = set(self._made())
        for association in self.associations:
            for role, end in (("source", association.source), ("destination", association.destination)):
                if isinstance(end.name, str) and (end.name, end.type) not in made:
                    raise ValueError(
                        f"The {role} of an association references {end.type} '{end.name}', which this step does not "
                        "create. A name and type reference must name an entity created by the same LineageStep; use "
                        "arn to reference an entity created elsewhere."
                    )

    def _made(self) -> Iterator[tuple[str, str]]:
        for kind, entities in self._entities.items():
            for entity in entities:
                name = entity.args.get(f"{_KINDS[kind]}Name")
                if isinstance(name, str):
                    yield name, _KINDS[kind]


class _Arns(Properties):
    """ARNs by the name of what they are of."""

    def __init__(self, step_name: str, path: str, step: Any = None) -> None:
        super().__init__(step_name, path, step=step)

    def __getitem__(self, item: str) -> Properties:
        """Return the ARN of an entity."""
        return Properties(self.step_name, f"{self.path}['{item}']", step=self._step)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Arns, (self.step_name, self.path)


def _checked(kind: str, given: Any) -> list[Any]:
    entities = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    maker = _KINDS[kind]
    for entity in entities:
        validate_step_args_input(
            entity,
            {f"create_{maker.lower()}"},
            f"The {kind} of LineageStep must be obtained from {maker}.create() called with a PipelineSession. "
            "Associations are passed to the associations argument instead, because Association.create() cannot "
            "reference an entity created by the same step.",
        )
    return entities


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "ENTITY_TYPE_ACTION",
            "ENTITY_TYPE_ARTIFACT",
            "ENTITY_TYPE_CONTEXT",
            "LineageAssociation",
            "LineageEntityReference",
            "LineageStep",
        ],
    )
