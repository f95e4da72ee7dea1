"""Following AutoML jobs to their end: what is printed, and what is raised (`contract.md` 9.6 to 9.8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sagewright.ctrl_c import PatientFollower
from sagewright.following import DONE, Description, Pace, check_job, wait_with_marks

if TYPE_CHECKING:
    from sagewright.session import Session


def follow_automl_job(session: Session, job: str, *, wait: bool, poll: float) -> None:
    """Print a dot for each look at an AutoML job, which shows no log; with `wait` until it has ended.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    pace, description = Pace(poll), _described(session, job)
    with _follower(session, job) as follower:
        print(".", end="", flush=True)  # noqa: T201
        while wait and description["AutoMLJobStatus"] not in DONE:
            follower.rest(pace.wait)
            print(".", end="", flush=True)  # noqa: T201
            description = _described(session, job)
    print()  # noqa: T201
    if wait:
        _check(session, job, description)


def wait_for_automl_job(session: Session, job: str, poll: float) -> Description:
    """Wait for an AutoML job's end, with a character for each look.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    looks = partial(_described, session, job)
    description = wait_with_marks(_follower(session, job), Pace(poll), looks, "AutoMLJobStatus")
    _check(session, job, description)
    return description


def _described(session: Session, job: str) -> Description:
    # It knows the jobs of both versions; `DescribeAutoMLJob` only those of the first.
    description: Description = session.sagemaker_client.describe_auto_ml_job_v2(AutoMLJobName=job)
    return description


def _check(session: Session, job: str, description: Description) -> None:
    check_job(session, job, description, "AutoML job", description["AutoMLJobStatus"], None)


def _follower(session: Session, job: str) -> PatientFollower:
    def stop() -> None:
        session.sagemaker_client.stop_auto_ml_job(AutoMLJobName=job)

    ways = (
        f"Follow it again with session.logs_for_auto_ml_job({job!r}, wait=True), get it with AutoML.attach({job!r}), "
        f"end it with session.sagemaker_client.stop_auto_ml_job(AutoMLJobName={job!r})."
    )
    return PatientFollower(session, job, stop=stop, ways=ways)
