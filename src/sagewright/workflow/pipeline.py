"""Pipelines (v2's own path; `contract.md` 4)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.config.values import resolved
from sagewright.utils import Tags, format_tags
from sagewright.workflow.compiler import StepsCompiler
from sagewright.workflow.definition import VERSION, definition_text, interpolate, update_args
from sagewright.workflow.execution import PipelineExecution, get_function_step_result
from sagewright.workflow.execution_variables import ExecutionVariables
from sagewright.workflow.graph import PipelineGraph
from sagewright.workflow.parallelism_config import ParallelismConfiguration
from sagewright.workflow.pipeline_definition_config import PipelineDefinitionConfig
from sagewright.workflow.pipeline_experiment_config import PipelineExperimentConfig
from sagewright.workflow.publishing import (
    add_tags,
    definition_members,
    experiments_are_in,
    is_taken,
    started,
    tags_of,
)

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.workflow.parameters import Parameter
    from sagewright.workflow.selective_execution_config import SelectiveExecutionConfig

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_PipelineExecution = PipelineExecution  # v2's name
_DEFAULT_EXPERIMENT = PipelineExperimentConfig(
    ExecutionVariables.PIPELINE_NAME, ExecutionVariables.PIPELINE_EXECUTION_ID
)
_DEFAULT_DEFINITION = PipelineDefinitionConfig(use_custom_job_prefix=False)


@suggests
class Pipeline:
    """Steps that run in the order that their data ask for.

    Args:
        name: Of which there is one in an account and region.
        parameters: What a run is started with.
        pipeline_experiment_config: The experiment that runs belong to; None: none. By default the pipeline's name, and
            the run's for the trial, in the regions that have experiments.
        steps: Those inside condition steps are no steps of the pipeline by themselves.
        sagemaker_session: None: one on the target.
        pipeline_definition_config: How the definition is written.

    Example:
        >>> import json
        >>> from sagewright.workflow.fail_step import FailStep
        >>> from sagewright.workflow.parameters import ParameterString
        >>> from sagewright.workflow.pipeline import Pipeline
        >>> reason = ParameterString("Reason", default_value="none")
        >>> pipeline = Pipeline("prices", [reason], steps=[FailStep("Stop", error_message=reason)])
        >>> json.loads(pipeline.definition())["Steps"]
        [{'Name': 'Stop', 'Type': 'Fail', 'Arguments': {'ErrorMessage': {'Get': 'Parameters.Reason'}}}]
    """

    def __init__(
        self,
        name: str = "",
        parameters: Sequence[Parameter] | None = None,
        pipeline_experiment_config: PipelineExperimentConfig | None = _DEFAULT_EXPERIMENT,
        steps: Sequence[Any] | None = None,
        sagemaker_session: Session | None = None,
        pipeline_definition_config: PipelineDefinitionConfig | None = _DEFAULT_DEFINITION,
    ) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.name, self.sagemaker_session = name, sagemaker_session
        self.parameters, self.steps = parameters or [], steps or []
        self.pipeline_definition_config = pipeline_definition_config
        is_default = pipeline_experiment_config is _DEFAULT_EXPERIMENT
        has_none = is_default and not experiments_are_in(sagemaker_session.boto_region_name)
        self.pipeline_experiment_config = None if has_none else pipeline_experiment_config
        self._version, self._metadata = VERSION, {}  # type: ignore[var-annotated]  # v2's names

    def __repr__(self) -> str:
        return f"Pipeline(name={self.name!r}, steps={[getattr(step, 'name', step) for step in self.steps]!r})"

    # What it is -----------------------------------------------------------------------------------------------------

    def definition(self) -> str:
        """Return the definition, as JSON. Code on this machine is uploaded; nothing is started.

        Raises:
            ValueError: A step waits for one that is not there, or two have one name.
        """
        compiler = StepsCompiler(self.name, self.sagemaker_session, self.steps, self.pipeline_definition_config)
        return definition_text(self.parameters, self.pipeline_experiment_config, self.steps, compiler.build())

    def create(
        self,
        role_arn: str | None = None,
        description: str | None = None,
        tags: Tags = None,
        parallelism_config: Any = None,
    ) -> Document:
        """Create the pipeline.

        Args:
            role_arn: The role that runs it; None: the configuration's.
            parallelism_config: A `ParallelismConfiguration`, or its document.

        Returns:
            `CreatePipeline`'s answer.

        Raises:
            ValueError: There is no role.
        """
        members = self._members("create", role_arn, description, parallelism_config)
        given = tags_of(self.sagemaker_session, tags)
        if given is not None:
            members["Tags"] = given
        return self._asked("create_pipeline", **members)

    def update(
        self, role_arn: str | None = None, description: str | None = None, parallelism_config: Any = None
    ) -> Document:
        """Replace what the pipeline of this name is; see `create`."""
        return self._asked("update_pipeline", **self._members("update", role_arn, description, parallelism_config))

    def upsert(
        self,
        role_arn: str | None = None,
        description: str | None = None,
        tags: Tags = None,
        parallelism_config: Any = None,
    ) -> Document:
        """Create the pipeline, or replace what the one of this name is; see `create`.

        Returns:
            The answer to what was done.
        """
        from botocore.exceptions import ClientError

        role_arn = self._role("create or update", role_arn)
        try:
            return self.create(role_arn, description, tags, parallelism_config)
        except ClientError as error:
            if not is_taken(error):
                raise
        answer = self.update(role_arn, description, parallelism_config=parallelism_config)
        if tags is not None:
            add_tags(self.sagemaker_session, answer["PipelineArn"], format_tags(tags) or [])
        return answer

    def describe(self, pipeline_version_id: int | None = None) -> Document:
        """Return the pipeline's description, or that of one of its versions."""
        version = {"PipelineVersionId": pipeline_version_id} if pipeline_version_id else {}
        return self._asked("describe_pipeline", PipelineName=self.name, **version)

    def delete(self) -> Document:
        """Delete the pipeline; schedules that start it stay behind."""
        logger.info(
            "If triggers have been setup for this target, they will become orphaned.You will need to clean them up "
            "manually via the CLI or EventBridge console."
        )
        return self._asked("delete_pipeline", PipelineName=self.name)

    @property
    def latest_pipeline_version_id(self) -> int | None:
        """The latest version's number; None: there is none."""
        versions = self.list_pipeline_versions(max_results=1)["PipelineVersionSummaries"]
        return versions[0].get("PipelineVersionId") if versions else None

    def list_pipeline_versions(
        self, sort_order: str | None = None, max_results: int | None = None, next_token: str | None = None
    ) -> Document:
        """Return a page of the pipeline's versions."""
        given = {"SortOrder": sort_order, "NextToken": next_token, "MaxResults": max_results}
        return self._asked("list_pipeline_versions", PipelineName=self.name, **_given(given))

    # Its runs -------------------------------------------------------------------------------------------------------

    def start(
        self,
        parameters: Mapping[str, Any] | None = None,
        execution_display_name: str | None = None,
        execution_description: str | None = None,
        parallelism_config: Any = None,
        selective_execution_config: SelectiveExecutionConfig | None = None,
        pipeline_version_id: int | None = None,
    ) -> PipelineExecution:
        """Start a run.

        Args:
            parameters: Values of parameters by name; the others have their defaults.
            parallelism_config: A `ParallelismConfiguration`, or its document; None: the pipeline's.
            selective_execution_config: Which steps run; None: all.
            pipeline_version_id: None: the latest version.
        """
        selected = selective_execution_config
        if selected is not None and selected.reference_latest_execution:
            selected.source_pipeline_execution_arn = (
                selected.source_pipeline_execution_arn or self._latest_execution_arn()
            )
        members = {
            "PipelineExecutionDescription": execution_description,
            "PipelineExecutionDisplayName": execution_display_name,
            "ParallelismConfiguration": _document(parallelism_config),
            "SelectiveExecutionConfig": None if selected is None else selected.to_request(),
            "PipelineVersionId": pipeline_version_id,
            "PipelineParameters": format_start_parameters(parameters),
        }
        arn = started(self.sagemaker_session, {"PipelineName": self.name, **_given(members)})
        return PipelineExecution(arn, self.sagemaker_session)

    def list_executions(
        self,
        sort_by: str | None = None,
        sort_order: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Document:
        """Return a page of the pipeline's runs.

        Args:
            sort_by: `CreationTime` or `PipelineExecutionArn`.
            sort_order: `Ascending` or `Descending`.
        """
        given = {"SortBy": sort_by, "SortOrder": sort_order, "NextToken": next_token, "MaxResults": max_results}
        answer = self._asked("list_pipeline_executions", PipelineName=self.name, **_given(given))
        return {name: answer[name] for name in ("PipelineExecutionSummaries", "NextToken") if name in answer}

    def build_parameters_from_execution(
        self, pipeline_execution_arn: str, parameter_value_overrides: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the values that a run was started with, some of them replaced.

        Raises:
            ValueError: A value is to be replaced that the run does not have.
        """
        execution = PipelineExecution(pipeline_execution_arn, self.sagemaker_session)
        found: dict[str, Any] = {}
        token: str | None = None
        while True:
            page = execution.list_parameters(next_token=token)
            found.update({parameter["Name"]: parameter["Value"] for parameter in page["PipelineParameters"]})
            token = page.get("NextToken")
            if token is None:
                break
        unknown = set(parameter_value_overrides or {}) - set(found)
        if unknown:
            raise ValueError(
                f"The following parameter overrides provided: {unknown} are not present in the pipeline execution: "
                f"{pipeline_execution_arn}"
            )
        return {**found, **(parameter_value_overrides or {})}

    # What starts it by itself ---------------------------------------------------------------------------------------

    def put_triggers(self, triggers: Sequence[Any], role_arn: str | None = None) -> list[str]:
        """Create or update schedules that start the pipeline; return their ARNs.

        Args:
            role_arn: The role that EventBridge acts as; None: the configuration's.

        Raises:
            ValueError: There is no role, or a parameter has no default.
            TypeError: There are no triggers, or one is no `PipelineSchedule`.
            RuntimeError: There is no such pipeline.
        """
        role = resolved(role_arn, self.sagemaker_session, "SageMaker.Pipeline.RoleArn")
        if not role:
            raise ValueError("An AWS IAM role is required to create triggers for a pipeline.")
        if not triggers:
            raise TypeError("No Triggers provided. Please specify at least one to setup pipeline triggers.")
        from sagewright.workflow.scheduling import put_schedules

        return put_schedules(self, triggers, role)

    def describe_trigger(self, trigger_name: str) -> Document:
        """Return what there is to know of a schedule.

        Raises:
            TypeError: No name is given.
        """
        if not trigger_name:
            raise TypeError("No trigger name provided. Please specify at least one to describe pipeline triggers.")
        from sagewright.workflow.scheduling import described_schedule

        return described_schedule(self._scheduler, trigger_name)

    def delete_triggers(self, trigger_names: Sequence[str]) -> None:
        """Delete schedules; one that is not there is passed over."""
        from sagewright.workflow.scheduling import delete_schedules

        delete_schedules(self._scheduler, trigger_names)

    @property
    def _scheduler(self) -> Any:
        session = self.sagemaker_session
        return session.boto_session.client("scheduler", region_name=session.boto_region_name)

    def _members(self, what: str, role_arn: str | None, description: str | None, parallelism: Any) -> Document:
        role = self._role(what, role_arn)
        optional = {"PipelineDescription": description, "ParallelismConfiguration": _document(parallelism)}
        definition = definition_members(self.sagemaker_session, self.name, self.definition())
        return {"PipelineName": self.name, "RoleArn": role, **definition, **_given(optional)}

    def _role(self, what: str, given: str | None) -> str:
        role = resolved(given, self.sagemaker_session, "SageMaker.Pipeline.RoleArn")
        if not role:
            raise ValueError(f"An AWS IAM role is required to {what} a Pipeline.")
        return str(role)

    def _latest_execution_arn(self) -> str | None:
        page = self.list_executions(sort_by="CreationTime", sort_order="Descending", max_results=1)
        latest = page["PipelineExecutionSummaries"]
        return latest[0]["PipelineExecutionArn"] if latest else None

    def _asked(self, operation: str, **members: Any) -> Document:
        answer: Document = getattr(self.sagemaker_session.sagemaker_client, operation)(**members)
        return answer


def format_start_parameters(parameters: Mapping[str, Any] | None) -> list[Document] | None:
    """Return the values of parameters as `StartPipelineExecution` takes them: as text."""
    if parameters is None:
        return None
    return [{"Name": name, "Value": str(value)} for name, value in parameters.items()]


def _document(parallelism: Any) -> Any:
    return parallelism.to_request() if isinstance(parallelism, ParallelismConfiguration) else parallelism


def _given(members: Mapping[str, Any]) -> Document:
    return {name: value for name, value in members.items() if value is not None}


__all__ = [
    "Pipeline",
    "PipelineGraph",
    "format_start_parameters",
    "get_function_step_result",
    "interpolate",
    "update_args",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
