"""Calls that a pipeline makes when it runs: what they were given is kept, and they are made when it is built.

A session that defers calls, as a pipeline's does, has a method `_deferred`; every other session is none the wiser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from sagewright.arguments import suggesting
from sagewright.vocabulary.variables import Join
from sagewright.workflow.execution_variables import ExecutionVariables

Function = TypeVar("Function", bound=Callable[..., Any])

_TAKES_ANY = 8  # `inspect.CO_VARKEYWORDS`, whose module costs


def runnable_by_pipeline(run_func: Function) -> Function:
    """Let a method that starts a job return a step's arguments where its object's session is a pipeline's.

    The object has its session as `sagemaker_session`.
    """
    function = run_func if run_func.__code__.co_flags & _TAKES_ANY else suggesting(run_func)

    @wraps(run_func)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = getattr(self, "sagemaker_session", None)
        # Looked up in the class: a session of a test may have any attribute.
        defers = getattr(type(session), "_deferred", None)
        return function(self, *args, **kwargs) if defers is None else defers(session, function, self, args, kwargs)

    return called  # type: ignore[return-value]


def defers(session: Any) -> bool:
    """Tell whether a session starts nothing: what would be started becomes a step of a pipeline."""
    return hasattr(type(session), "_deferred")


class StepContext:
    """The step whose part of a definition is being built.

    Attributes:
        code_hash: A digest of the step's code on this machine; None: it has none.
        config_hash: The same of its configuration.
        pipeline_build_time: What tells the buildings of a pipeline with functions apart.
        upload_runtime_scripts, upload_workspace: Whether no function of the pipeline has uploaded them yet.
    """

    def __init__(
        self,
        pipeline_name: str,
        step_name: str,
        sagemaker_session: Any = None,
        code_hash: str | None = None,
        config_hash: str | None = None,
        pipeline_definition_config: Any = None,
        pipeline_build_time: str | None = None,
        upload_runtime_scripts: bool = True,
        upload_workspace: bool = True,
    ) -> None:
        self.pipeline_name, self.step_name, self.sagemaker_session = pipeline_name, step_name, sagemaker_session
        self.code_hash, self.config_hash = code_hash, config_hash
        self.pipeline_definition_config = pipeline_definition_config
        self.pipeline_build_time = pipeline_build_time
        self.upload_runtime_scripts, self.upload_workspace = upload_runtime_scripts, upload_workspace


_BUILT: ContextVar[StepContext | None] = ContextVar("built", default=None)


def step_in_building() -> StepContext | None:
    """Return the step that is being built; None: the call is no part of a definition."""
    return _BUILT.get()


@contextmanager
def building(step: StepContext) -> Iterator[StepContext]:
    """Let the calls made meanwhile be part of a step's definition."""
    token = _BUILT.set(step)
    try:
        yield step
    finally:
        _BUILT.reset(token)


def place_of_step(session: Any, *names: str) -> str | None:
    """Return the S3 URI below which a pipeline keeps what the step in building reads; None outside of pipelines.

    Args:
        names: Folders below it.
    """
    step = step_in_building()
    return None if step is None else _below_pipeline(session, step, step.step_name, *names)


def code_place_of_step(session: Any, folder: str, digest: str | None = None) -> str | None:
    """Return the S3 URI below which a pipeline keeps the code of the step in building.

    Args:
        digest: Of the code; None: the step's own.

    Returns:
        None outside of pipelines, and where there is no code.
    """
    step = step_in_building()
    digest = digest or (None if step is None else step.code_hash)
    return None if step is None or digest is None else _below_pipeline(session, step, folder, digest)


def _below_pipeline(session: Any, step: StepContext, *names: str) -> str:
    parts = (session.default_bucket(), session.default_bucket_prefix, step.pipeline_name, *names)
    return "s3://" + "/".join(part.strip("/") for part in parts if part)


def place_in_run(session: Any, *names: str) -> Join | None:
    """Return the S3 URI below which each run of a pipeline stores what the step in building makes.

    Args:
        names: Folders below it.

    Returns:
        None outside of pipelines.
    """
    step = step_in_building()
    if step is None:
        return None
    prefix = [session.default_bucket_prefix] if session.default_bucket_prefix else []
    above = ["s3:/", session.default_bucket(), *prefix, step.pipeline_name, ExecutionVariables.PIPELINE_EXECUTION_ID]
    return Join("/", [*above, step.step_name, *names])


def code_prefix(prefix: str | None, otherwise: str) -> str:
    """Return the key below which a job's code goes: in a pipeline one that stays while the code does.

    Args:
        prefix: Of the session or of the place that was named.
        otherwise: Where it goes outside of pipelines.
    """
    step = step_in_building()
    if step is None or not step.code_hash:
        return otherwise
    return "/".join(part for part in ((prefix or "").strip("/"), step.pipeline_name, "code", step.code_hash) if part)
