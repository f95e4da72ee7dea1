"""Where an estimator's jobs run: on the target, on this machine (v2's local mode), or in this very process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sagewright import settings, targets
from sagewright.local.folders import is_folder

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase
    from sagewright.session import Session


def check_output_path(session: Session, output_path: Any) -> None:
    """Check that only local mode has a folder for its output.

    Raises:
        RuntimeError: Another one has.
    """
    if is_folder(output_path) and not session.local_mode:
        raise RuntimeError(
            "The 'file://' output paths are only supported when using Local Mode. To resolve this issue, ensure you're "
            "running in Local Mode with a LocalSession, or use an 's3://' output path for jobs running on SageMaker "
            "instances."
        )


def check_debug(estimator: EstimatorBase) -> None:
    """Check that a job can run in this process.

    Raises:
        ValueError: It would run elsewhere, or on several hosts.
    """
    if not estimator.sagemaker_session.local_mode and targets.current().home is None:
        raise ValueError(
            f"`debug` runs a job in this process, and the target is {targets.current()}.\n"
            'hint: name the instance type "local".'
        )
    if estimator.instance_groups or (estimator.instance_count or 1) > 1:
        raise ValueError("`debug` runs a job in this process: that has room for one host.\nhint: instance_count=1.")


@contextmanager
def running(*, debug: bool) -> Iterator[None]:
    """Let jobs that are submitted meanwhile run where `debug` says."""
    if not debug:
        yield
        return
    with settings.EXECUTOR.lent("inline"):
        yield
