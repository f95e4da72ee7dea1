"""Following jobs of all kinds but training to their end: what is printed and raised (`contract.md` 9.6 to 9.8)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sagewright.ctrl_c import PatientFollower
from sagewright.folding import folded
from sagewright.following import DONE, Description, JobLog, Pace, check_job, standing, wait_with_marks

if TYPE_CHECKING:
    from sagewright.session import Session


class JobKind(NamedTuple):
    """What jobs of a kind are looked at, stopped and found again by.

    Attributes:
        called: In messages: `Processing job`.
        describe, named: The client's operation, and its argument that takes the name.
        status: The member of a description that says how the job stands.
        stop: Tells a job to stop.
        ways: How to come back to a job, with `{job!r}` for its name.
        log_group: None: it writes no log of its own.
    """

    called: str
    describe: str
    named: str
    status: str
    stop: Callable[[Session, str], object]
    ways: str
    log_group: str | None = None


PROCESSING = JobKind(
    "Processing job",
    "describe_processing_job",
    "ProcessingJobName",
    "ProcessingJobStatus",
    lambda session, job: session.stop_processing_job(job),
    "Follow it again with session.logs_for_processing_job({job!r}, wait=True), get it with "
    "ProcessingJob.from_processing_name(session, {job!r}), end it with session.stop_processing_job({job!r}).",
    "/aws/sagemaker/ProcessingJobs",
)
TRANSFORM = JobKind(
    "Transform job",
    "describe_transform_job",
    "TransformJobName",
    "TransformJobStatus",
    lambda session, job: session.stop_transform_job(job),
    "Follow it again with session.logs_for_transform_job({job!r}, wait=True), get a transformer with "
    "Transformer.attach({job!r}), end it with session.stop_transform_job({job!r}).",
    "/aws/sagemaker/TransformJobs",
)
TUNING = JobKind(
    "HyperParameterTuning job",
    "describe_hyper_parameter_tuning_job",
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobStatus",
    lambda session, job: session.stop_tuning_job(job),
    "Follow it again with session.wait_for_tuning_job({job!r}), get a tuner with "
    "HyperparameterTuner.attach({job!r}), end it with session.stop_tuning_job({job!r}).",
)
AUTOML = JobKind(
    "AutoML job",
    "describe_auto_ml_job_v2",  # it knows the jobs of both versions; `DescribeAutoMLJob` only those of the first
    "AutoMLJobName",
    "AutoMLJobStatus",
    lambda session, job: session.sagemaker_client.stop_auto_ml_job(AutoMLJobName=job),
    "Follow it again with session.logs_for_auto_ml_job({job!r}, wait=True), get it with AutoML.attach({job!r}), "
    "end it with session.sagemaker_client.stop_auto_ml_job(AutoMLJobName={job!r}).",
)
COMPILATION = JobKind(
    "Compilation job",
    "describe_compilation_job",
    "CompilationJobName",
    "CompilationJobStatus",
    lambda session, job: session.sagemaker_client.stop_compilation_job(CompilationJobName=job),
    "Follow it again with session.wait_for_compilation_job({job!r}), end it with "
    "session.sagemaker_client.stop_compilation_job(CompilationJobName={job!r}).",
)
EDGE_PACKAGING = JobKind(
    "EdgePackaging job",
    "describe_edge_packaging_job",
    "EdgePackagingJobName",
    "EdgePackagingJobStatus",
    lambda session, job: session.sagemaker_client.stop_edge_packaging_job(EdgePackagingJobName=job),
    "Follow it again with session.wait_for_edge_packaging_job({job!r}), end it with "
    "session.sagemaker_client.stop_edge_packaging_job(EdgePackagingJobName={job!r}).",
)
OPTIMIZATION = JobKind(
    "Optimization job",
    "describe_optimization_job",
    "OptimizationJobName",
    "OptimizationJobStatus",
    lambda session, job: session.sagemaker_client.stop_optimization_job(OptimizationJobName=job),
    "Follow it again with session.wait_for_optimization_job({job!r}), end it with "
    "session.sagemaker_client.stop_optimization_job(OptimizationJobName={job!r}).",
)
RECOMMENDATIONS = JobKind(
    "Inference recommendations job",
    "describe_inference_recommendations_job",
    "JobName",
    "Status",
    lambda session, job: session.sagemaker_client.stop_inference_recommendations_job(JobName=job),
    "Follow it again with session.wait_for_inference_recommendations_job({job!r}), end it with "
    "session.sagemaker_client.stop_inference_recommendations_job(JobName={job!r}).",
    "/aws/sagemaker/InferenceRecommendationsJobs",
)


def wait_for_job(kind: JobKind, session: Session, job: str, poll: float) -> Description:
    """Wait for a job's end, with a character for each look; return its last description.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    looks = partial(_described, kind, session, job)
    description = wait_with_marks(_follower(kind, session, job), Pace(poll), looks, kind.status)
    _check(kind, session, job, description)
    return description


def follow_job(
    kind: JobKind, session: Session, job: str, *, wait: bool, poll: float, streams: Callable[[Description], int]
) -> None:
    """Print a job's log, which folds in a notebook; with `wait` until it has ended.

    Args:
        streams: How many there will be in the log, by the job's description.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    with folded(f"{kind.called} {job}"):
        description = _described(kind, session, job)
        log = JobLog(session, job, streams(description), kind.log_group or "", is_line_open=False)
        description = _followed(kind, session, job, description, log.show, wait=wait, poll=poll)
        log.show()  # what came between the last look and the end
        if wait:
            log.end_line()
            _check(kind, session, job, description)


def follow_job_by_dots(kind: JobKind, session: Session, job: str, *, wait: bool, poll: float) -> None:
    """Print a dot for each look at a job that shows no log; with `wait` until it has ended.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """

    def mark() -> None:
        print(".", end="", flush=True)  # noqa: T201

    description = _followed(kind, session, job, _described(kind, session, job), mark, wait=wait, poll=poll)
    mark()
    print()  # noqa: T201
    if wait:
        _check(kind, session, job, description)


def _followed(
    kind: JobKind,
    session: Session,
    job: str,
    description: Description,
    show: Callable[[], None],
    *,
    wait: bool,
    poll: float,
) -> Description:
    """Show something at each look while the job runs; return its last description."""
    pace = Pace(poll)
    with _follower(kind, session, job) as follower:
        while wait and standing(description[kind.status]) not in DONE:
            show()
            follower.rest(pace.wait)
            description = _described(kind, session, job)
    return description


def _described(kind: JobKind, session: Session, job: str) -> Description:
    description: Description = getattr(session.sagemaker_client, kind.describe)(**{kind.named: job})
    return description


def _check(kind: JobKind, session: Session, job: str, description: Description) -> None:
    check_job(session, job, description, kind.called, standing(description[kind.status]), kind.log_group)


def _follower(kind: JobKind, session: Session, job: str) -> PatientFollower:
    return PatientFollower(session, job, stop=partial(kind.stop, session, job), ways=kind.ways.format(job=job))
