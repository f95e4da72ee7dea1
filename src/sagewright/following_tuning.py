"""Following tuning jobs to their end: what is printed, and what is raised (`contract.md` 9.6 to 9.8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sagewright.ctrl_c import PatientFollower
from sagewright.following import Description, Pace, check_job

if TYPE_CHECKING:
    from sagewright.session import Session

MARKS = {"Completed": "!", "InProgress": ".", "Failed": "*", "Stopped": "s", "Stopping": "_"}


def wait_for_tuning_job(session: Session, job: str, poll: float) -> Description:
    """Wait for a tuning job's end, with a character for each look.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    pace = Pace(poll)
    with _follower(session, job) as follower:
        while True:
            description: Description = session.sagemaker_client.describe_hyper_parameter_tuning_job(
                HyperParameterTuningJobName=job
            )
            status = description["HyperParameterTuningJobStatus"]
            print(MARKS.get(status, "?"), end="", flush=True)  # noqa: T201
            if status not in ("InProgress", "Stopping"):
                break
            follower.rest(pace.wait)
    print()  # noqa: T201
    check_job(session, job, description, "HyperParameterTuning job", status, None)
    return description


def _follower(session: Session, job: str) -> PatientFollower:
    stop = partial(session.stop_tuning_job, job)
    ways = (
        f"Follow it again with session.wait_for_tuning_job({job!r}), get a tuner with "
        f"HyperparameterTuner.attach({job!r}), end it with session.stop_tuning_job({job!r})."
    )
    return PatientFollower(session, job, stop=stop, ways=ways)
