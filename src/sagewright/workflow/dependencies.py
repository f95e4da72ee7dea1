"""Which steps a step waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.vocabulary.variables import PipelineVariable
from sagewright.workflow.base_step import Step, StepTypeEnum
from sagewright.workflow.functions import JsonGet
from sagewright.workflow.properties import PropertyFile
from sagewright.workflow.step_outputs import StepOutput, get_step

Steps = Mapping[str, Any]


def names_before(step: Step, steps: Steps) -> list[str]:
    """Return the names of all steps that a step waits for.

    Args:
        steps: Steps and collections of steps by name.

    Raises:
        ValueError: One of them is not there, or the step reads a property file that nothing leaves.
    """
    found = dict.fromkeys(_last_of(before, steps) for before in step.depends_on or ())
    for variable in variables_in(step.step_only_arguments):
        for before in variable._referenced_steps:
            found[_last_of(before, steps)] = None
        if isinstance(variable, JsonGet) and variable.property_file:
            check_property_file(step, variable, steps)
    return list(found)


def variables_in(document: Any) -> Iterator[PipelineVariable]:
    """Give the variables of a document, in its order."""
    if isinstance(document, PipelineVariable):
        yield document
    elif isinstance(document, Mapping):
        for value in document.values():
            yield from variables_in(value)
    elif isinstance(document, (list, tuple)):
        for value in document:
            yield from variables_in(value)


def check_property_file(step: Step, read: JsonGet, steps: Steps) -> None:
    """Check that a property file is left by the step that is said to leave it.

    Raises:
        ValueError: It is not.
    """
    if read.step_name is None or read.step_name not in steps:
        raise ValueError(f"Step {read.step_name} is undefined.")
    source = steps[read.step_name]
    file = _file(step, read, source)
    arguments = source.arguments
    outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs", ())
    if all(output["OutputName"] != file.output_name for output in outputs):
        raise ValueError(
            f"Processing output name '{file.output_name}' defined in property file '{file.name}' not found in "
            f"processing step '{source.name}'."
        )


def _file(step: Step, read: JsonGet, source: Any) -> PropertyFile:
    if isinstance(read.property_file, PropertyFile):
        return read.property_file
    invalid = f"Invalid JsonGet function {read.expr} in step '{step.name}'."
    if source.step_type != StepTypeEnum.PROCESSING:
        raise ValueError(
            f"{invalid} JsonGet function (with property_file) can only be evaluated on processing step outputs."
        )
    for file in source.property_files:
        if file.name == read.property_file:
            return file  # type: ignore[no-any-return]  # a processing step's
    raise ValueError(f"{invalid} Property file reference '{read.property_file}' is undefined in step '{source.name}'.")


def _last_of(given: Any, steps: Steps) -> str:
    """Return the name of a step, or of the last one of a collection."""
    if isinstance(given, StepOutput):
        given = get_step(given)
    if isinstance(given, str):
        if given not in steps:
            raise ValueError(f"Step {given} is undefined.")
        given = steps[given]
    inside = getattr(given, "steps", None)
    return str(inside[-1].name if inside else given.name)
