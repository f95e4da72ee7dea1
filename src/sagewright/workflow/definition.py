"""A pipeline's definition, as text (`contract.md` 4.1)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sagewright.vocabulary.variables import Expression
from sagewright.workflow.answering_step import AnsweringStep, Output
from sagewright.workflow.compiler import step_map
from sagewright.workflow.entities import Entity

VERSION = "2020-12-01"

logger = logging.getLogger("sagemaker")


def definition_text(
    parameters: Sequence[Any], experiment_config: Any, steps: Sequence[Any], built: Sequence[Any]
) -> str:
    """Return a pipeline's definition.

    Args:
        steps: Those that the pipeline was given.
        built: The same and those that they refer to, built.

    Raises:
        TypeError: A value stands in it that has no place in a definition.
    """
    experiment = None if experiment_config is None else experiment_config.to_request()
    document: dict[str, Any] = {
        "Version": VERSION,
        "Metadata": {},
        "Parameters": [parameter.to_request() for parameter in parameters if not _is_fixed(parameter)],
        "PipelineExperimentConfig": experiment,
        "Steps": [step.to_request() for step in built],
    }
    return json.dumps(expressed(document, _answered_by(steps)), default=_refuse)


def interpolate(
    request_obj: Any,
    callback_output_to_step_map: Mapping[str, str],
    lambda_output_to_step_map: Mapping[str, str],
    pipeline_name: str,
) -> Any:
    """Return a document in which what a run decides is put as expressions.

    Args:
        callback_output_to_step_map, lambda_output_to_step_map: Names of outputs to the steps that they are of.
        pipeline_name: v2 has it; it changes nothing.
    """
    steps = {"CallbackOutput": callback_output_to_step_map, "LambdaOutput": lambda_output_to_step_map}
    return expressed(request_obj, lambda output: steps[type(output).__name__][str(output.output_name)])


def update_args(args: dict[str, Any], **kwargs: Any) -> None:
    """Put values into arguments, but for those that are None."""
    args.update({name: value for name, value in kwargs.items() if value is not None})


def expressed(value: Any, step_of: Callable[[Output], str]) -> Any:
    """Return a document in which what a run decides is put as expressions.

    Args:
        step_of: Returns the name of the step that an output is of.
    """
    if isinstance(value, Expression):
        return value.expr
    if isinstance(value, Output):
        return value.expr(step_of(value))
    if isinstance(value, Mapping):
        return {name: expressed(item, step_of) for name, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [expressed(item, step_of) for item in value]
    return value


def _is_fixed(parameter: Any) -> bool:
    """Tell whether something else stands among the parameters, which v2 passes over without a word."""
    if isinstance(parameter, Entity):
        return False
    kind = "a plain value" if isinstance(parameter, (str, int, float)) else "no parameter"
    logger.warning(
        "`parameters` of the pipeline holds %r, %s, which no run can give otherwise; it is left out.\n"
        "hint: make it a parameter, such as ParameterString(name, default_value=...).",
        parameter,
        kind,
    )
    return True


def _answered_by(steps: Sequence[Any]) -> Callable[[Output], str]:
    answered = [step for step in step_map(steps).values() if isinstance(step, AnsweringStep)]
    owners = {(type(output), output.output_name): step.name for step in answered for output in step.outputs}

    def step_of(output: Output) -> str:
        name = owners.get((type(output), output.output_name))
        if name is None:
            raise KeyError(output.output_name)
        return name

    return step_of


def _refuse(value: Any) -> Any:
    raise TypeError(
        f"Not able to interpolate Pipeline definition: `{value!r}` is a {type(value).__name__}, which a definition "
        "cannot hold.\nhint: give text, numbers, lists, dicts, or a pipeline's variables."
    )
