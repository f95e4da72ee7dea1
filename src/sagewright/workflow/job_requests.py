"""The requests of steps' jobs: of a call that was kept, or of the object that would start the job (outdated)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sagewright import settings
from sagewright.deferring import defers, step_in_building
from sagewright.workflow.pipeline_context import _StepArguments
from sagewright.workflow.utilities import execute_job_functions, trim_request_dict

Document = dict[str, Any]

# What starting a job changes in the object that starts it.
_TRACES = ("latest_job", "latest_training_job", "latest_transform_job", "latest_tuning_job", "_reset_output_path")


def kept_request(step_args: _StepArguments) -> Document:
    """Make a call that was kept; return the request that it ends in."""
    execute_job_functions(step_args)
    request: Document = step_args.func_args[0].sagemaker_session.context.args
    return request


def request_of(owner: Any, call: Callable[[], Any]) -> Document:
    """Return the request that a call of an object's ends in; nothing is sent, whatever its session is.

    Args:
        call: Starts a job of `owner`, and does not wait for it.
    """
    session = owner.sagemaker_session
    with _untouched(owner), settings.PREFLIGHT.lent("off"):
        if not defers(session):
            with _keeping(session) as kept:
                call()
            return kept[-1]
        answer = call()
        if isinstance(answer, _StepArguments):
            execute_job_functions(answer)
        request: Document = session.context.args
        return request


def trimmed(request: Document, name: str) -> Document:
    """Return a request without what each run decides anew: the job's name, and its place in an experiment.

    Args:
        name: The member that holds the job's name.
    """
    request = trim_request_dict(request, name, step_in_building())
    shown = (request.pop("ExperimentConfig", None) or {}).get("TrialComponentDisplayName")
    return {**request, "ExperimentConfig": {"TrialComponentDisplayName": shown}} if shown else request


@contextmanager
def _keeping(session: Any) -> Iterator[list[Document]]:
    """Let a session keep what it would send."""
    kept: list[Document] = []

    def keep(operation: str, request: Document) -> Document:
        kept.append(request)
        return {}

    session.__dict__.update(_send=keep, _tell=lambda *_: None)
    try:
        yield kept
    finally:
        del session.__dict__["_send"], session.__dict__["_tell"]


@contextmanager
def _untouched(owner: Any) -> Iterator[None]:
    """Leave no trace in an object that it has started a job, which it has not."""
    before = {name: vars(owner)[name] for name in _TRACES if name in vars(owner)}
    jobs = list(getattr(owner, "jobs", ()))
    try:
        yield
    finally:
        vars(owner).update(before)
        if "jobs" in vars(owner):
            owner.jobs = jobs
