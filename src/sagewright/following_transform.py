"""Following transform jobs to their end: what is printed, and what is raised (`contract.md` 9.6 to 9.8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sagewright.ctrl_c import PatientFollower
from sagewright.folding import folds
from sagewright.following import DONE, Description, JobLog, Pace, check_job, wait_with_marks

if TYPE_CHECKING:
    from sagewright.session import Session

LOG_GROUP = "/aws/sagemaker/TransformJobs"
STREAMS = 2  # of an instance: what the server says, and what is said of the objects


@folds("Transform job")
def follow_transform_job(session: Session, job: str, *, wait: bool, poll: float) -> None:
    """Print a transform job's log; with `wait` until it has ended.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    description = _described(session, job)
    streams = STREAMS * description["TransformResources"]["InstanceCount"]
    log = JobLog(session, job, streams, LOG_GROUP, is_line_open=False)
    pace = Pace(poll)
    with _follower(session, job) as follower:
        while wait and description["TransformJobStatus"] not in DONE:
            log.show()
            follower.rest(pace.wait)
            description = _described(session, job)
    log.show()  # what came between the last look and the end
    if wait:
        log.end_line()
        _check(session, job, description)


def wait_for_transform_job(session: Session, job: str, poll: float) -> Description:
    """Wait for a transform job's end, with a character for each look.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    looks = partial(_described, session, job)
    description = wait_with_marks(_follower(session, job), Pace(poll), looks, "TransformJobStatus")
    _check(session, job, description)
    return description


def _described(session: Session, job: str) -> Description:
    description: Description = session.sagemaker_client.describe_transform_job(TransformJobName=job)
    return description


def _check(session: Session, job: str, description: Description) -> None:
    check_job(session, job, description, "Transform job", description["TransformJobStatus"], LOG_GROUP)


def _follower(session: Session, job: str) -> PatientFollower:
    stop = partial(session.stop_transform_job, job)
    ways = (
        f"Follow it again with session.logs_for_transform_job({job!r}, wait=True), get a transformer with "
        f"Transformer.attach({job!r}), end it with session.stop_transform_job({job!r})."
    )
    return PatientFollower(session, job, stop=stop, ways=ways)
