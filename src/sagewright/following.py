"""Following jobs and endpoints to their end: what is printed, and what is raised (`contract.md` 9.6 to 9.8)."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sagewright.ctrl_c import PatientFollower
from sagewright.exceptions import CapacityError, LocalJobFailed, UnexpectedStatusException
from sagewright.folding import folds
from sagewright.following_rules import RuleStatuses
from sagewright.logs import ColorWrap
from sagewright.patience import note_following
from sagewright.utils import secondary_training_status_changed, secondary_training_status_message

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
TROUBLESHOOTING = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-python-sdk-troubleshooting.html"
DONE = ("Completed", "Failed", "Stopped")
ENDS = (*DONE, "MaxRuntimeExceeded", "MaxWaitTimeExceeded")
TOLD_LINES = 20  # of a failed job's log, in the exception
TOLD_CHARACTERS = 500  # of each of them

MARKS = {
    "Completed": "!",
    "InProgress": ".",
    "Starting": ".",
    "Pending": ".",
    "Failed": "*",
    "Stopped": "s",
    "Stopping": "_",
}
_GOES_ON = ("InProgress", "Stopping", "Starting", "Pending")
_WORDS = {"INPROGRESS": "InProgress", "IN_PROGRESS": "InProgress"}  # of the kinds that shout

Description = Mapping[str, Any]


class Pace:
    """How long to wait before looking again: a tenth of the time it has taken so far, within bounds.

    A job on this machine may be over in a fifth of a second; one that takes hours need not be asked twice a second.

    Args:
        longest_s: The upper bound; v2's fixed interval.
    """

    def __init__(self, longest_s: float, shortest_s: float = 0.02) -> None:
        self.longest_s, self.shortest_s = longest_s, shortest_s
        self.began = time.monotonic()

    def wait(self) -> None:
        time.sleep(min(self.longest_s, max(self.shortest_s, (time.monotonic() - self.began) / 10)))
        note_following()


def wait_with_marks(
    follower: PatientFollower, pace: Pace, described: Callable[[], Description], status: str
) -> Description:
    """Look at a job until it has ended, with a character for each look; return its last description.

    Args:
        described: Looks at the job.
        status: The member of its description that says how it stands.
    """
    with follower:
        while True:
            description = described()
            stands = standing(description[status])
            print(MARKS.get(stands, "?"), end="", flush=True)  # noqa: T201
            if stands not in _GOES_ON:
                break
            follower.rest(pace.wait)
    print()  # noqa: T201
    return description


def standing(status: str) -> str:
    """Return a job's status in the words of training jobs: some kinds say `COMPLETED` and `IN_PROGRESS`."""
    return _WORDS.get(status, status.capitalize() if status.isupper() else status)


@folds("Training job")
def follow_training_job(
    session: Session, job: str, *, wait: bool, poll: float, timeout: float | None, with_rules: bool = True
) -> None:
    """Print a training job's status and log; with `wait` until it has ended.

    Args:
        with_rules: Print what its rules find, too.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    description = session.sagemaker_client.describe_training_job(TrainingJobName=job)
    print(secondary_training_status_message(description, None), end="")  # noqa: T201
    log = JobLog(session, job, description["ResourceConfig"].get("InstanceCount", 1))
    rules, pace = RuleStatuses(), Pace(poll)
    over = description["TrainingJobStatus"] in DONE
    with PatientFollower(session, job) as follower:
        while wait and not over:
            log.show()
            if timeout is not None and time.monotonic() - pace.began > timeout:
                print(f"\nTimeout Exceeded. {timeout} seconds elapsed.")  # noqa: T201
                return
            follower.rest(pace.wait)
            before, description = description, session.sagemaker_client.describe_training_job(TrainingJobName=job)
            if secondary_training_status_changed(description, before):
                log.show()
                print()  # noqa: T201
                print(secondary_training_status_message(description, before), end="")  # noqa: T201
                log.is_line_open = True
            if with_rules and rules.has_news(description):
                log.end_line()
                rules.show(description)
            over = description["TrainingJobStatus"] in DONE
    log.show()  # what came between the last look and the end
    if wait:
        log.end_line()
        check_training_job(session, job, description)
        _print_seconds(description)
        logger.info(time_breakdown(description))


def wait_for_training_job(session: Session, job: str, poll: float) -> Description:
    """Wait for a training job's end, with its status as it changes.

    Raises:
        UnexpectedStatusException: It has ended, and not well.
    """
    pace, before = Pace(poll), None
    with PatientFollower(session, job) as follower:
        while True:
            description: Description = session.sagemaker_client.describe_training_job(TrainingJobName=job)
            if secondary_training_status_changed(description, before):
                print()  # noqa: T201
                print(secondary_training_status_message(description, before), end="")  # noqa: T201
            else:
                print(".", end="")  # noqa: T201
            sys.stdout.flush()
            before = description
            if description["TrainingJobStatus"] in DONE:
                break
            follower.rest(pace.wait)
    print()  # noqa: T201
    check_training_job(session, job, description)
    return description


def check_training_job(session: Session, job: str, description: Description) -> None:
    """Raise what a job's end calls for.

    Raises:
        UnexpectedStatusException: It has failed. The message holds the reason and, beyond v2's, the end of the log.
    """
    check_job(session, job, description, "Training job", description["TrainingJobStatus"], LOG_GROUP)


def check_job(session: Session, job: str, description: Description, kind: str, status: str, group: str | None) -> None:
    """Raise what the end of a job calls for.

    Args:
        kind: What it is called: `Training job`, `Transform job`.
        group: Its log group; None: it writes no log of its own.

    Raises:
        UnexpectedStatusException: As for `check_training_job`.
    """
    if status == "Completed":
        return
    if status == "Stopped":
        logger.warning(
            "Job ended with status 'Stopped' rather than 'Completed'. This could mean the job timed out or stopped "
            "early for some other reason: Consider checking whether it completed as you expect."
        )
        return
    reason = description.get("FailureReason", "(No reason provided)")
    failed = LocalJobFailed if session.local_mode else UnexpectedStatusException
    raise (CapacityError if "CapacityError" in reason else failed)(
        f"Error for {kind} {job}: {status}. Reason: {reason}. Check troubleshooting guide for common errors: "
        f"{TROUBLESHOOTING}{_told(session, job, group) if group else ''}",
        ["Completed", "Stopped"],
        status,
    )


class JobLog:
    """The log streams of a job, shown as they grow.

    Args:
        hosts: How many streams there will be; none is looked for when so many are known.
        is_line_open: A status, or dots, stand on a line that has not ended.
    """

    def __init__(
        self, session: Session, job: str, hosts: int, group: str = LOG_GROUP, *, is_line_open: bool = True
    ) -> None:
        self.session, self.job, self.hosts, self.group = session, job, hosts, group
        self.tokens: dict[str, str | None] = {}
        self.is_line_open = is_line_open

    def show(self) -> None:
        """Print what is new in all streams, in the order of time; a dot while there is nothing to follow."""
        self._find_streams()
        if not self.tokens:
            print(".", end="", flush=True)  # noqa: T201
            self.is_line_open = True
            return
        found = [
            (event["timestamp"], number, event["message"])
            for number, stream in enumerate(sorted(self.tokens))
            for event in self._new(stream)
        ]
        events = sorted(found, key=lambda event: event[0])  # lines of the same millisecond stay in their order
        if events:
            self.end_line()
        show_line = ColorWrap()
        for _, number, message in events:
            show_line(number, message)
        sys.stdout.flush()

    def end_line(self) -> None:
        """End the line that a status or dots stand on."""
        if self.is_line_open:
            print()  # noqa: T201
            self.is_line_open = False

    def _find_streams(self) -> None:
        if len(self.tokens) >= self.hosts:
            return
        for name in stream_names(self.session, self.job, self.group):
            self.tokens.setdefault(name, None)

    def _new(self, stream: str) -> Iterator[Mapping[str, Any]]:
        """Yield the events behind those shown before."""
        while True:
            token = self.tokens[stream]
            page = self.session.logs_client.get_log_events(
                logGroupName=self.group,
                logStreamName=stream,
                startFromHead=True,
                **({"nextToken": token} if token else {}),
            )
            self.tokens[stream] = page["nextForwardToken"]
            yield from page["events"]
            if not page["events"]:
                return


def stream_names(session: Session, job: str, group: str = LOG_GROUP) -> list[str]:
    """Return the log streams of a job; none while it has written nothing."""
    from botocore.exceptions import ClientError

    try:
        page = session.logs_client.describe_log_streams(
            logGroupName=group, logStreamNamePrefix=f"{job}/", orderBy="LogStreamName", limit=50
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ResourceNotFoundException", "ThrottlingException"):
            return []
        raise
    return [stream["logStreamName"] for stream in page["logStreams"]]


def _told(session: Session, job: str, group: str) -> str:
    """Return the last lines of a job's log, to stand behind the reason of its failure."""
    from botocore.exceptions import BotoCoreError, ClientError

    lines: list[str] = []
    try:
        for stream in stream_names(session, job, group):
            page = session.logs_client.get_log_events(logGroupName=group, logStreamName=stream, limit=TOLD_LINES)
            lines += [event["message"] for event in page["events"]]
    except (ClientError, BotoCoreError):
        return ""
    shown = "\n".join(f"  {_shortened(line)}" for line in lines[-TOLD_LINES:])
    return f"\n\nThe end of the job's log:\n{shown}" if lines else ""


def _shortened(line: str) -> str:
    """Return a line that an exception can show: its end is what tells most."""
    return line if len(line) <= TOLD_CHARACTERS else f"... {line[-TOLD_CHARACTERS:]}"


def _print_seconds(description: Description) -> None:
    count = description["ResourceConfig"].get("InstanceCount", 1)
    training, billable = description.get("TrainingTimeInSeconds"), description.get("BillableTimeInSeconds")
    if training is not None:
        print(f"Training seconds: {training * count}")  # noqa: T201
    if billable is not None:
        print(f"Billable seconds: {billable * count}")  # noqa: T201
        if description.get("EnableManagedSpotTraining") and training:
            print(f"Managed Spot Training savings: {(1 - billable / training) * 100:.1f}%")  # noqa: T201


def time_breakdown(description: Description) -> str:
    """Return where a job's time went, by its statuses, as `job: Starting 0.1 s, Training 2.0 s`."""
    spent: dict[str, float] = {}
    for entry in description.get("SecondaryStatusTransitions", ()):
        seconds = (entry["EndTime"] - entry["StartTime"]).total_seconds() if "EndTime" in entry else 0.0
        spent[entry["Status"]] = spent.get(entry["Status"], 0.0) + seconds
    parts = [f"{status} {seconds:.1f} s" for status, seconds in spent.items() if status not in ENDS]
    return f"{description['TrainingJobName']}: {', '.join(parts)}"


def warn_of_metrics_not_found(description: Description, definitions: Iterable[Mapping[str, str]]) -> None:
    """Warn of each metric that was defined for a job and that no line of its log held."""
    found = {metric["MetricName"] for metric in description.get("FinalMetricDataList", ())}
    for definition in definitions:
        if definition["Name"] not in found:
            logger.warning(
                "No value of the metric `%s` was found in the log of %s: no line has a number where its Regex `%s` "
                "captures.",
                definition["Name"],
                description["TrainingJobName"],
                definition["Regex"],
            )
