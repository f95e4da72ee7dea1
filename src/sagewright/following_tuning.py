"""Following tuning jobs to their end: what is printed, and what is raised (`contract.md` 9.6 to 9.8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sagewright.ctrl_c import PatientFollower
from sagewright.following import Description, Pace, check_job, wait_with_marks

if TYPE_CHECKING:
    from sagewright.session import Session


def wait_for_tuning_job(session: Session, job: str, poll: float) -> Description:
    """Wait for a tuning job's end, with a character for each look.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    looks = partial(session.sagemaker_client.describe_hyper_parameter_tuning_job, HyperParameterTuningJobName=job)
    status = "HyperParameterTuningJobStatus"
    description = wait_with_marks(_follower(session, job), Pace(poll), looks, status)
    check_job(session, job, description, "HyperParameterTuning job", description[status], None)
    return description


def _follower(session: Session, job: str) -> PatientFollower:
    stop = partial(session.stop_tuning_job, job)
    ways = (
        f"Follow it again with session.wait_for_tuning_job({job!r}), get a tuner with "
        f"HyperparameterTuner.attach({job!r}), end it with session.stop_tuning_job({job!r})."
    )
    return PatientFollower(session, job, stop=stop, ways=ways)
