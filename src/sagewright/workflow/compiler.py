"""Building a pipeline's steps: each makes its request once, and steps that others refer to come along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.deferring import StepContext, building
from sagewright.vocabulary.names import sagemaker_timestamp
from sagewright.workflow.base_step import Step, StepTypeEnum
from sagewright.workflow.condition_step import ConditionStep
from sagewright.workflow.dependencies import variables_in
from sagewright.workflow.digests import get_code_hash, get_config_hash
from sagewright.workflow.function_step import _FunctionStep
from sagewright.workflow.properties import PropertyFile
from sagewright.workflow.step_collection import StepCollection
from sagewright.workflow.step_outputs import StepOutput, get_step

Document = dict[str, Any]


class CompiledStep(Step):
    """A step whose request is made."""

    def __init__(self, request: Document) -> None:
        super().__init__(
            request["Name"],
            request.get("DisplayName"),
            request.get("Description"),
            StepTypeEnum(request["Type"]),
            request.get("DependsOn", []),
        )
        self._request = request

    @property
    def arguments(self) -> Any:
        """The request of the step's job."""
        return self._request["Arguments"]

    @property
    def property_files(self) -> list[PropertyFile]:
        """The property files that the step leaves."""
        files = self._request.get("PropertyFiles", ())
        return [PropertyFile(file["PropertyFileName"], file["OutputName"], file["FilePath"]) for file in files]

    @property
    def properties(self) -> Any:
        """Not of a step that is built."""
        raise NotImplementedError("A step that is built has no properties.\nhint: take those of the step itself.")

    def to_request(self) -> Any:
        """Return the request."""
        return self._request


def step_map(steps: Sequence[Any], found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return steps and collections by name, with those inside condition steps and collections.

    Raises:
        ValueError: Two have one name.
    """
    found = {} if found is None else found
    for item in steps:
        step = get_step(item) if isinstance(item, StepOutput) else item
        if step.name in found:
            raise ValueError(
                "Pipeline steps cannot have duplicate names. In addition, steps added in the ConditionStep cannot be "
                f"added in the Pipeline steps list.\nhint: `{step.name}` is there twice."
            )
        found[step.name] = step
        if isinstance(step, ConditionStep):
            step_map([*step.if_steps, *step.else_steps], found)
        if isinstance(step, StepCollection):
            step_map(step.steps, found)
    return found


class StepsCompiler:
    """Builds the steps of one pipeline, once.

    Args:
        pipeline_name: The pipeline's.
        steps: Steps, collections of steps, and outputs of steps.
        pipeline_definition_config: How the definition is written.
    """

    def __init__(
        self,
        pipeline_name: str,
        sagemaker_session: Any,
        steps: Sequence[Any],
        pipeline_definition_config: Any = None,
    ) -> None:
        self.pipeline_name, self.sagemaker_session = pipeline_name, sagemaker_session
        self.pipeline_definition_config = pipeline_definition_config
        self.pipeline_build_time = sagemaker_timestamp()
        self.upload_runtime_scripts = self.upload_workspace = True  # until a function's step has uploaded them
        self._given = list(steps)
        self._by_name = step_map(self._given)
        self._known: dict[int, Step] = {}
        self._waiting: list[Step] = []
        self._read_as_json: set[str] = set()
        self._is_built = False

    def build(self) -> list[Step]:
        """Return the steps, built, in the order in which they became known.

        Raises:
            RuntimeError: They have been built.
            ValueError: A step is waited for that is not there.
        """
        if self._is_built:
            raise RuntimeError("Cannot build a pipeline more than once with the same compiler.")
        self._is_built = True
        self._meet(self._single(self._given))
        built = []
        while self._waiting:
            built.append(self._built(self._waiting.pop(0)))
        self._let_functions_return_json(built)
        return built

    def _built(self, step: Step) -> Step:
        if isinstance(step, ConditionStep):
            return self._built_condition(step)
        context = StepContext(
            self.pipeline_name,
            step.name,
            self.sagemaker_session,
            get_code_hash(step),
            get_config_hash(step),
            self.pipeline_definition_config,
            self.pipeline_build_time,
            self.upload_runtime_scripts,
            self.upload_workspace,
        )
        with building(context):
            request = step.to_request()
        self.upload_runtime_scripts, self.upload_workspace = context.upload_runtime_scripts, context.upload_workspace
        before = self._before(step, request["Arguments"])
        return CompiledStep({**request, "DependsOn": before} if before else request)

    def _built_condition(self, step: ConditionStep) -> ConditionStep:
        before = self._before(step, step.step_only_arguments)
        return ConditionStep(
            step.name,
            depends_on=before,
            display_name=step.display_name,
            description=step.description,
            conditions=step.conditions,
            if_steps=[self._built(inside) for inside in self._single(step.if_steps)],
            else_steps=[self._built(inside) for inside in self._single(step.else_steps)],
        )

    def _before(self, step: Step, arguments: Any) -> list[str]:
        """Return the names of the steps that a step is said to wait for; meet those that it refers to, too."""
        referred = self._single(
            [source for variable in variables_in(arguments) for source in variable._referenced_steps]
        )
        functions = [before for before in referred if isinstance(before, _FunctionStep)]
        self._read_as_json.update(function.name for function in functions)
        named = self._single([*(step.depends_on or ()), *functions])
        self._meet(named)
        self._meet(referred)
        return [before.name for before in named]

    def _let_functions_return_json(self, built: Sequence[Step]) -> None:
        """Let functions whose returns others' arguments refer to leave them as JSON too: a definition reads that."""
        for step in built:
            if isinstance(step, ConditionStep):
                self._let_functions_return_json([*step.if_steps, *step.else_steps])
            elif step.name in self._read_as_json:
                step.arguments["AlgorithmSpecification"]["ContainerArguments"] += ["--serialize_output_to_json", "true"]

    def _meet(self, steps: Sequence[Step]) -> None:
        """Let steps be built that are not known yet; those inside a condition step are built with it."""
        for step in steps:
            if id(step) not in self._known:
                self._waiting.append(step)
            for known in self._with_inside(step):
                self._known[id(known)] = known

    def _with_inside(self, step: Step) -> list[Step]:
        if not isinstance(step, ConditionStep):
            return [step]
        inside = self._single([*step.if_steps, *step.else_steps])
        return [step, *(deeper for within in inside for deeper in self._with_inside(within))]

    def _single(self, given: Sequence[Any]) -> list[Step]:
        """Return what is named or given as single steps, each once.

        Raises:
            ValueError: There is none of a name, or something is no step.
        """
        found: dict[int, Step] = {}
        for item in given:
            step = self._named(item) if isinstance(item, str) else item
            step = get_step(step) if isinstance(step, StepOutput) else step
            if not isinstance(step, (Step, StepCollection)):
                raise ValueError(f"Invalid input step type: {type(step)}")
            for single in step.steps if isinstance(step, StepCollection) else [step]:
                found.setdefault(id(single), single)
        return list(found.values())

    def _named(self, name: str) -> Any:
        if name not in self._by_name:
            raise ValueError(f"The input steps do not contain the step of name: {name}")
        return self._by_name[name]
