"""Looking for what was made of what (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import refused, shows, suggests
from sagewright.lineage.records import name_of
from sagewright.requests.documents import given

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

_DRAWS = "it draws in a notebook with the library pyvis; `edges` and `vertices` of a result hold what it would draw"


class LineageEntityEnum(Enum):
    """What something is to lineage."""

    TRIAL = "Trial"
    ACTION = "Action"
    ARTIFACT = "Artifact"
    CONTEXT = "Context"
    TRIAL_COMPONENT = "TrialComponent"


class LineageSourceEnum(Enum):
    """What something is to SageMaker."""

    CHECKPOINT = "Checkpoint"
    DATASET = "DataSet"
    ENDPOINT = "Endpoint"
    IMAGE = "Image"
    MODEL = "Model"
    MODEL_DATA = "ModelData"
    MODEL_DEPLOYMENT = "ModelDeployment"
    MODEL_GROUP = "ModelGroup"
    MODEL_REPLACE = "ModelReplaced"
    TENSORBOARD = "TensorBoard"
    TRAINING_JOB = "TrainingJob"
    APPROVAL = "Approval"
    PROCESSING_JOB = "ProcessingJob"
    TRANSFORM_JOB = "TransformJob"


class LineageQueryDirectionEnum(Enum):
    """Where to look: at what something was made of, or at what was made of it."""

    BOTH = "Both"
    ASCENDANTS = "Ascendants"
    DESCENDANTS = "Descendants"


class Edge:
    """That something was made of something."""

    def __init__(self, source_arn: str, destination_arn: str, association_type: str | None) -> None:
        self.source_arn, self.destination_arn, self.association_type = source_arn, destination_arn, association_type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edge) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.source_arn, self.destination_arn, self.association_type))

    def __str__(self) -> str:
        return str(vars(self))

    def __repr__(self) -> str:
        return f"\n\t{vars(self)}"


class Vertex:
    """Something that was found.

    Attributes:
        lineage_entity: A `LineageEntityEnum`'s value.
        lineage_source: A `LineageSourceEnum`'s value.
    """

    def __init__(self, arn: str, lineage_entity: str, lineage_source: str | None, sagemaker_session: Any) -> None:
        self.arn, self.lineage_entity, self.lineage_source = arn, lineage_entity, lineage_source
        self._session = sagemaker_session

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vertex) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self._facts())

    def __str__(self) -> str:
        return str({"arn": self.arn, "lineage_entity": self.lineage_entity, "lineage_source": self.lineage_source})

    def __repr__(self) -> str:
        return f"\n\t{self}"

    def _facts(self) -> tuple[str, str, str | None]:
        return self.arn, self.lineage_entity, self.lineage_source

    def to_lineage_object(self) -> Any:
        """Return the artifact, action, context or trial component, as the service describes it.

        Raises:
            ValueError: It is none of these.
        """
        # They look for each other through this module.
        from sagewright.lineage.action import Action
        from sagewright.lineage.artifact import Artifact, DatasetArtifact, ImageArtifact, ModelArtifact
        from sagewright.lineage.context import Context, EndpointContext
        from sagewright.lineage.lineage_trial_component import LineageTrialComponent

        entity, source, session = self.lineage_entity, self.lineage_source, self._session
        if entity == LineageEntityEnum.CONTEXT.value:
            context = EndpointContext if source == LineageSourceEnum.ENDPOINT.value else Context
            return context.load(context_name=name_of(self.arn), sagemaker_session=session)
        if entity == LineageEntityEnum.ARTIFACT.value:
            kinds = {"Model": ModelArtifact, "DataSet": DatasetArtifact, "Image": ImageArtifact}
            return kinds.get(source or "", Artifact).load(artifact_arn=self.arn, sagemaker_session=session)
        if entity == LineageEntityEnum.ACTION.value:
            return Action.load(action_name=self.arn.split("/")[1], sagemaker_session=session)
        if entity == LineageEntityEnum.TRIAL_COMPONENT.value:
            name = name_of(self.arn)
            return LineageTrialComponent.load(trial_component_name=name, sagemaker_session=session)
        raise ValueError("Vertex cannot be converted to a lineage object.")


@shows
class LineageQueryResult:
    """What was found.

    Attributes:
        edges, vertices: In the order of the answer, each once.
        startarn: Where the search began.
    """

    def __init__(
        self,
        edges: list[Edge] | None = None,
        vertices: list[Vertex] | None = None,
        startarn: list[str] | None = None,
    ) -> None:
        self.edges, self.vertices, self.startarn = edges or [], vertices or [], startarn or []

    def __str__(self) -> str:
        return "{" + "\n\n".join(f"'{name}': {value}," for name, value in vars(self).items()) + "\n}"

    visualize = refused("LineageQueryResult.visualize", _DRAWS)


class PyvisVisualizer:
    """Not built: it draws with the library pyvis."""

    __init__ = refused("PyvisVisualizer", _DRAWS)
    render = refused("PyvisVisualizer.render", _DRAWS)


@suggests
class LineageFilter:
    """What is looked for.

    Args:
        entities: `LineageEntityEnum`s, or their values.
        sources: `LineageSourceEnum`s, or their values.
        properties: By name.
    """

    def __init__(
        self,
        entities: Sequence[LineageEntityEnum | str] | None = None,
        sources: Sequence[LineageSourceEnum | str] | None = None,
        created_before: datetime | None = None,
        created_after: datetime | None = None,
        modified_before: datetime | None = None,
        modified_after: datetime | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        self.entities, self.sources, self.properties = entities, sources, properties
        self.created_before, self.created_after = created_before, created_after
        self.modified_before, self.modified_after = modified_before, modified_after

    def __repr__(self) -> str:
        return f"LineageFilter({self._to_request_dict()})"

    def _to_request_dict(self) -> Document:
        return given(
            Types=_values(self.sources),
            LineageTypes=_values(self.entities),
            CreatedBefore=self.created_before,
            CreatedAfter=self.created_after,
            ModifiedBefore=self.modified_before,
            ModifiedAfter=self.modified_after,
            Properties=self.properties or None,
        )


@suggests
class LineageQuery:
    """Looks for what was made of what.

    Example:
        >>> from sagewright.lineage.query import LineageEntityEnum, LineageFilter
        >>> LineageFilter(entities=[LineageEntityEnum.ARTIFACT])
        LineageFilter({'LineageTypes': ['Artifact']})
    """

    def __init__(self, sagemaker_session: Session) -> None:
        self._session = sagemaker_session

    def query(
        self,
        start_arns: Sequence[str],
        direction: LineageQueryDirectionEnum = LineageQueryDirectionEnum.BOTH,
        include_edges: bool = True,
        query_filter: LineageFilter | None = None,
        max_depth: int = 10,
    ) -> LineageQueryResult:
        """Return what can be reached.

        Args:
            start_arns: Where to begin.
            max_depth: How many steps to go.
        """
        answer = self._session.sagemaker_client.query_lineage(
            StartArns=start_arns,
            Direction=direction.value,
            IncludeEdges=include_edges,
            Filters={} if query_filter is None else query_filter._to_request_dict(),
            MaxDepth=max_depth,
        )
        edges = [Edge(one["SourceArn"], one["DestinationArn"], one.get("AssociationType")) for one in answer["Edges"]]
        vertices = [
            Vertex(one["Arn"], one["LineageType"], one.get("Type"), self._session) for one in answer["Vertices"]
        ]
        return _one_account(list(dict.fromkeys(edges)), list(dict.fromkeys(vertices)), list(start_arns))


def related(
    session: Session,
    arn: str,
    direction: LineageQueryDirectionEnum,
    entity: LineageEntityEnum,
    source: LineageSourceEnum | None = None,
) -> list[Vertex]:
    """Return what is related to something, of one kind."""
    wanted = LineageFilter(entities=[entity], sources=None if source is None else [source])
    return LineageQuery(session).query([arn], direction, False, wanted).vertices


def described(vertices: Sequence[Vertex]) -> list[Any]:
    """Return what was found as the service describes it."""
    return [vertex.to_lineage_object() for vertex in vertices]


def training_jobs_of(session: Session, arn: str, direction: LineageQueryDirectionEnum) -> list[str]:
    """Return the ARNs of the training jobs that are related to something."""
    found = related(session, arn, direction, LineageEntityEnum.TRIAL_COMPONENT, LineageSourceEnum.TRAINING_JOB)
    client = session.sagemaker_client
    components = [client.describe_trial_component(TrialComponentName=name_of(vertex.arn)) for vertex in found]
    return [component["Source"]["SourceArn"] for component in components]


def pipeline_execution_of(session: Session, job_arns: Sequence[str]) -> str | None:
    """Return the run of a pipeline that has started the first of some jobs that one has; None: none has."""
    for arn in job_arns:
        for tag in session.sagemaker_client.list_tags(ResourceArn=arn)["Tags"]:
            if tag["Key"] == "sagemaker:pipeline-execution-arn":
                return str(tag["Value"])
    return None


def _one_account(edges: list[Edge], vertices: list[Vertex], start_arns: list[str]) -> LineageQueryResult:
    """Return what was found with artifacts that two accounts share as one: the source's."""
    for edge in edges:
        one, other = edge.source_arn, edge.destination_arn
        if one != other and "artifact" in one and "artifact" in other and one.split("/")[1] == other.split("/")[1]:
            for each in edges:
                if each.destination_arn == other:
                    each.destination_arn = one
                elif each.source_arn == other:
                    each.source_arn = one
            vertices = [vertex for vertex in vertices if vertex.arn != other]
    kept = [edge for edge in edges if edge.source_arn != edge.destination_arn]
    return LineageQueryResult(kept, vertices, start_arns)


def _values(options: Sequence[Any] | None) -> list[str] | None:
    return [option.value if isinstance(option, Enum) else option for option in options] if options else None
