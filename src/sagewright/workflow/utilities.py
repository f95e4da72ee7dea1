"""What steps and pipelines are built with (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of
from sagewright.deferring import StepContext, building, step_in_building
from sagewright.vocabulary.names import base_from_name
from sagewright.workflow.digests import (
    get_code_hash,
    get_config_hash,
    get_processing_code_hash,
    get_processing_dependencies,
    get_training_code_hash,
    hash_file,
    hash_files_or_dirs,
    hash_object,
)
from sagewright.workflow.entities import Entity
from sagewright.workflow.parameter_defaults import override_pipeline_parameter_var

__all__ = [
    "execute_job_functions",
    "get_code_hash",
    "get_config_hash",
    "get_processing_code_hash",
    "get_processing_dependencies",
    "get_training_code_hash",
    "hash_file",
    "hash_files_or_dirs",
    "hash_object",
    "list_to_request",
    "load_step_compilation_context",
    "override_pipeline_parameter_var",
    "step_compilation_context_manager",
    "trim_request_dict",
    "validate_step_args_input",
]

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


def list_to_request(entities: Sequence[Any]) -> list[Any]:
    """Return what stands for parts of a pipeline in its definition; a collection of steps becomes all of them."""
    found: list[Any] = []
    for entity in entities:
        if isinstance(entity, Entity):
            found.append(entity.to_request())
        elif hasattr(entity, "request_dicts"):
            found.extend(entity.request_dicts())
    return found


def load_step_compilation_context() -> StepContext | None:
    """Return the step that is being built; None: none is."""
    return step_in_building()


@contextmanager
def step_compilation_context_manager(
    pipeline_name: str,
    step_name: str,
    sagemaker_session: Any,
    code_hash: str | None,
    config_hash: str | None,
    pipeline_definition_config: Any,
    upload_runtime_scripts: bool,
    upload_workspace: bool,
    pipeline_build_time: str | None,
    function_step_secret_token: str | None = None,
) -> Iterator[StepContext]:
    """Let the calls made meanwhile be part of a step's definition; the last four concern `@step`."""
    step = StepContext(
        pipeline_name,
        step_name,
        sagemaker_session,
        code_hash,
        config_hash,
        pipeline_definition_config,
        pipeline_build_time,
        upload_runtime_scripts,
        upload_workspace,
    )
    with building(step):
        yield step


def validate_step_args_input(step_args: Any, expected_caller: set[str], error_message: str) -> None:
    """Check that a step's arguments are of the call that makes them.

    Raises:
        TypeError: They are none.
        ValueError: They are another call's.
    """
    from sagewright.workflow.pipeline_context import _StepArguments

    if not isinstance(step_args, _StepArguments):
        raise TypeError(f"{error_message}\nhint: does its object have a `PipelineSession`?")
    if step_args.caller_name not in expected_caller:
        raise ValueError(error_message)


def execute_job_functions(step_args: Any) -> None:
    """Make a call that was kept; what it returns may be another one that was kept."""
    from sagewright.workflow.pipeline_context import _StepArguments

    while isinstance(step_args, _StepArguments) and step_args.func is not None:
        step_args = step_args.func(*step_args.func_args, **step_args.func_kwargs)


def trim_request_dict(request_dict: Document, job_key: str, config: Any) -> Document:
    """Return a request without the name that each run gives anew; with `use_custom_job_prefix` with the name's base.

    Args:
        job_key: The member that holds the name.
        config: The context of the step that is being built.

    Raises:
        ValueError: The prefix is asked for, and there is no name.
    """
    definition = None if config is None else config.pipeline_definition_config
    if not getattr(definition, "use_custom_job_prefix", False):
        logger.warning(
            "Popping out '%s' from the pipeline definition by default since it will be overridden at pipeline "
            "execution time. Please utilize the PipelineDefinitionConfig to persist this field in the pipeline "
            "definition if desired.",
            job_key,
        )
        return {name: value for name, value in request_dict.items() if name != job_key}
    if job_key not in request_dict:
        return request_dict
    if not request_dict[job_key]:
        raise ValueError(
            f"Invalid input: use_custom_job_prefix flag is set but the name field [{job_key}] has not been specified. "
            "Please refer to the AWS Docs to identify which field should be set to enable the custom-prefixing feature "
            "for jobs created via a pipeline execution. https://docs.aws.amazon.com/sagemaker/latest/dg/"
            "build-and-manage-access.html#build-and-manage-step-permissions-prefix"
        )
    return {**request_dict, job_key: base_from_name(request_dict[job_key])}


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
