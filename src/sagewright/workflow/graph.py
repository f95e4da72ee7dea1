"""Which steps of a pipeline follow which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows
from sagewright.workflow.base_step import Step
from sagewright.workflow.compiler import StepsCompiler, step_map
from sagewright.workflow.condition_step import ConditionStep
from sagewright.workflow.dependencies import names_before
from sagewright.workflow.step_collection import StepCollection
from sagewright.workflow.step_outputs import StepOutput, get_step

if TYPE_CHECKING:
    from sagewright.workflow.pipeline import Pipeline


@shows
class PipelineGraph:
    """Which steps of a pipeline follow which; iterating over it gives the steps, each after those that it waits for.

    Attributes:
        step_map: Steps and collections by name, with those inside others.
        adjacency_list: Name of a step to the names of those that wait for it.

    Raises:
        ValueError: A step waits for itself.
    """

    def __init__(self, steps: Sequence[Any]) -> None:
        self.step_map = step_map(steps)
        self.adjacency_list = self._followers()
        if self.is_cyclic():
            raise ValueError("Cycle detected in pipeline step graph.")

    @classmethod
    def from_pipeline(cls, pipeline: Pipeline) -> PipelineGraph:
        """Return the graph of a pipeline."""
        compiler = StepsCompiler(
            pipeline.name, pipeline.sagemaker_session, pipeline.steps, pipeline.pipeline_definition_config
        )
        return cls(compiler.build())

    def is_cyclic(self) -> bool:
        """Tell whether a step waits for itself."""
        above: set[str] = set()
        seen: set[str] = set()

        def leads_back(name: str) -> bool:
            seen.add(name)
            above.add(name)
            found = any(
                follower in above or (follower not in seen and leads_back(follower))
                for follower in self.adjacency_list[name]
            )
            above.discard(name)
            return found

        return any(leads_back(name) for name in self.adjacency_list if name not in seen)

    def get_steps_in_sub_dag(self, current_step: Any, sub_dag_steps: set[str] | None = None) -> set[str]:
        """Return the names of a step, or of the steps of a collection, and of all that follow.

        Raises:
            ValueError: The pipeline has no such step.
        """
        found = set() if sub_dag_steps is None else sub_dag_steps
        for step in current_step.steps if isinstance(current_step, StepCollection) else [current_step]:
            if step.name not in self.adjacency_list:
                raise ValueError(f"Step: {step.name} does not exist in the pipeline.")
            found.add(step.name)
            for follower in self.adjacency_list[step.name]:
                self.get_steps_in_sub_dag(self.step_map[follower], found)
        return found

    def __iter__(self) -> Iterator[Step]:
        """Give the steps, each after those that it waits for."""
        order: list[str] = []
        seen: set[str] = set()

        def visit(name: str) -> None:
            seen.add(name)
            for follower in self.adjacency_list[name]:
                if follower not in seen:
                    visit(follower)
            order.append(name)

        for name in self.adjacency_list:
            if name not in seen:
                visit(name)
        return iter([self.step_map[name] for name in reversed(order)])

    def _followers(self) -> dict[str, list[str]]:
        before: dict[str, dict[str, None]] = defaultdict(dict)
        for step in self.step_map.values():
            if isinstance(step, Step):
                before[step.name].update(dict.fromkeys(names_before(step, self.step_map)))
            if isinstance(step, ConditionStep):
                for given in [*step.if_steps, *step.else_steps]:
                    inside = get_step(given) if isinstance(given, StepOutput) else given
                    first = inside.steps[0] if isinstance(inside, StepCollection) else inside
                    before[first.name][step.name] = None
        followers: dict[str, list[str]] = {}
        for name, earlier in before.items():
            for other in earlier:
                followers.setdefault(other, []).append(name)
        return {**followers, **{name: [] for name in before if name not in followers}}
