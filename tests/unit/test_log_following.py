"""Following a job that runs: its status and log as they come, on a clock of the test's own."""

from __future__ import annotations

import io
import signal
import sys
from datetime import timedelta
from typing import Any

import pytest

from sagewright import following
from sagewright.exceptions import UnexpectedStatusException
from tests.parity.recording import THE_TIME, Refusal, training_description
from tests.parity.world import World


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("sagewright.following.time", clock)  # not the module's own functions: other threads sleep, too
    return clock


@pytest.fixture
def world() -> World:
    return World("sagewright")


def described(status: str, secondary: str, message: str, second: int, **changes: Any) -> dict[str, Any]:
    moment = THE_TIME + timedelta(seconds=second)
    transition = {"Status": secondary, "StartTime": moment, "StatusMessage": message}
    return training_description(
        TrainingJobStatus=status,
        SecondaryStatus=secondary,
        SecondaryStatusTransitions=[transition],
        LastModifiedTime=moment,
        **changes,
    )


def event(second: int, message: str) -> dict[str, Any]:
    return {"timestamp": int((THE_TIME + timedelta(seconds=second)).timestamp() * 1000), "message": message}


def page(token: str, *events: dict[str, Any]) -> dict[str, Any]:
    return {"events": list(events), "nextForwardToken": token}


STARTING = described("InProgress", "Starting", "Preparing the instances for training", 0)
TRAINING = described("InProgress", "Training", "Training image download completed.", 5)
COMPLETED = described("Completed", "Completed", "Training job completed", 9)


def running_job(world: World) -> None:
    """Let a job start, train, say three lines, and complete."""
    world.aws.answers["DescribeTrainingJob"] = [STARTING, STARTING, TRAINING, TRAINING, COMPLETED]
    streams = {"logStreams": [{"logStreamName": "job/algo-1-1"}]}
    world.aws.answers["DescribeLogStreams"] = [{"logStreams": []}, {"logStreams": []}, streams]
    world.aws.answers["GetLogEvents"] = [
        page("f/1", event(5, "first")),
        page("f/1"),
        page("f/2", event(6, "second"), event(7, "third")),
        page("f/2"),
    ]


def test_running_job_is_shown_line_by_line(world: World, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    running_job(world)
    world.estimator().fit("s3://bucket/train", job_name="job")
    assert capsys.readouterr().out.splitlines() == [
        "2024-05-06 07:08:09 Starting - Preparing the instances for training..",
        "first",
        "",
        "2024-05-06 07:08:14 Training - Training image download completed.",
        "second",
        "third",
        "",
        "2024-05-06 07:08:18 Completed - Training job completed",
        "Training seconds: 34",
        "Billable seconds: 34",
    ]


def test_each_event_is_asked_for_once(world: World, clock: Clock) -> None:
    running_job(world)
    world.session().logs_for_job("job", wait=True)
    tokens = [asked.get("nextToken") for asked in world.aws.asked("GetLogEvents")]
    assert tokens[:4] == [None, "f/1", "f/1", "f/2"]


def test_short_jobs_are_looked_at_often_and_long_ones_seldom(world: World, clock: Clock) -> None:
    world.aws.answers["DescribeTrainingJob"] = [STARTING] * 200 + [COMPLETED]
    world.session().logs_for_job("job", wait=True, poll=10)
    assert clock.slept[0] == pytest.approx(0.02)
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 10


def test_following_stops_at_its_timeout(world: World, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    world.aws.answers["DescribeTrainingJob"] = STARTING
    world.session().logs_for_job("job", wait=True, timeout=30)
    assert "Timeout Exceeded. 30 seconds elapsed." in capsys.readouterr().out
    assert 30 < clock.now - 1000 < 45


def test_log_group_that_is_not_there_yet_is_none_the_worse(
    world: World, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    world.aws.answers["DescribeTrainingJob"] = [STARTING, COMPLETED]
    world.aws.answers["DescribeLogStreams"] = Refusal("ResourceNotFoundException", "no such group")
    world.session().logs_for_job("job", wait=True)
    assert "Training seconds: 34" in capsys.readouterr().out


def test_logs_that_may_not_be_read_are_an_error(world: World, clock: Clock) -> None:
    world.aws.answers["DescribeLogStreams"] = Refusal("InvalidParameterException", "no")
    with pytest.raises(Exception, match="InvalidParameterException"):
        world.session().logs_for_job("job")


def test_failure_brings_the_end_of_the_log(world: World, clock: Clock) -> None:
    reason = "AlgorithmError: ValueError: no rows\nhint: look at the channel `train`"
    world.aws.answers["DescribeTrainingJob"] = described("Failed", "Failed", "Failed", 9, FailureReason=reason)
    world.aws.answers["DescribeLogStreams"] = {"logStreams": [{"logStreamName": "job/algo-1-1"}]}
    world.aws.answers["GetLogEvents"] = page("f", event(1, "Traceback:"), event(1, "ValueError: no rows"))
    with pytest.raises(UnexpectedStatusException) as caught:
        world.session().wait_for_job("job")
    assert reason in str(caught.value)
    assert str(caught.value).endswith("The end of the job's log:\n  Traceback:\n  ValueError: no rows")
    assert (caught.value.actual_status, caught.value.allowed_statuses) == ("Failed", ["Completed", "Stopped"])


def test_failure_is_told_where_the_log_cannot_be_read(world: World, clock: Clock) -> None:
    world.aws.answers["DescribeTrainingJob"] = described("Failed", "Failed", "Failed", 9, FailureReason="why")
    world.aws.answers["DescribeLogStreams"] = Refusal("AccessDeniedException", "no")
    with pytest.raises(UnexpectedStatusException, match="Reason: why"):
        world.session().wait_for_job("job")


def test_stopped_job_is_told(world: World, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    world.aws.answers["DescribeTrainingJob"] = described("Stopped", "Stopped", "Stopped", 9)
    world.session().wait_for_job("job")
    assert "Job ended with status 'Stopped' rather than 'Completed'." in caplog.text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "expected"), [("", "\x1b[34mhello\x1b[0m\n"), ("1", "hello\n")])
def test_lines_are_coloured_on_terminals_only(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, no_color: str, expected: str
) -> None:
    world.aws.answers["DescribeLogStreams"] = {"logStreams": [{"logStreamName": "job/algo-1-1"}]}
    world.aws.answers["GetLogEvents"] = [page("f", event(1, "hello")), page("f")]
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    world.session().logs_for_job("job")
    assert terminal.getvalue().endswith("\n" + expected)


def test_endpoint_is_marked_as_it_comes(world: World, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    states = ["Creating", "Creating", "InService"]
    world.aws.answers["DescribeEndpoint"] = [{"EndpointStatus": status} for status in states]
    assert world.session().wait_for_endpoint("endpoint")["EndpointStatus"] == "InService"
    assert capsys.readouterr().out.strip() == "--!"


def interrupted_at(clock: Clock, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Have Ctrl-C pressed during the sleep of that number."""

    sleeps = clock.sleep

    def sleep(seconds: float) -> None:
        sleeps(seconds)
        if len(clock.slept) == number:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(clock, "sleep", sleep)


def test_ctrl_c_leaves_the_job_and_says_how_to_come_back(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    running_job(world)
    interrupted_at(clock, monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        world.session().logs_for_job("job", wait=True)
    told = capsys.readouterr().err
    assert "job goes on" in told
    assert "Estimator.attach('job')" in told
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not world.aws.asked("StopTrainingJob")


@pytest.mark.parametrize("answer", ["c", "s"])
def test_ctrl_c_on_a_terminal_asks_and_no_line_is_shown_twice(
    answer: str,
    world: World,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    running_job(world)
    interrupted_at(clock, monkeypatch, 2)
    answers = iter(["what?", answer])
    monkeypatch.setattr("sagewright.ctrl_c._is_interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    world.session().logs_for_job("job", wait=True)
    lines = capsys.readouterr().out.splitlines()
    assert [lines.count(word) for word in ("first", "second", "third")] == [1, 1, 1]
    assert len(world.aws.asked("StopTrainingJob")) == (answer == "s")


def test_ctrl_c_while_lines_are_fetched_waits_until_they_are_shown(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    running_job(world)
    shown = following.JobLog.show

    def show(log: Any) -> None:
        signal.raise_signal(signal.SIGINT) if len(clock.slept) == 2 else None
        shown(log)

    monkeypatch.setattr("sagewright.following.JobLog.show", show)
    with pytest.raises(KeyboardInterrupt):
        world.session().logs_for_job("job", wait=True)
    assert "first" in capsys.readouterr().out


def test_time_is_told_by_status_and_metrics_that_were_not_found(
    world: World, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    definitions = [{"Name": "loss", "Regex": "loss=(.*)"}, {"Name": "lost", "Regex": "lost=(.*)"}]
    transitions = [
        {"Status": status, "StatusMessage": "", "StartTime": THE_TIME + timedelta(seconds=start), "EndTime": end}
        for status, start, end in (
            ("Starting", 0, THE_TIME + timedelta(seconds=1.5)),
            ("Training", 1.5, THE_TIME + timedelta(seconds=31.5)),
            ("Completed", 31.5, THE_TIME + timedelta(seconds=31.5)),
        )
    ]
    done = {
        **COMPLETED,
        "SecondaryStatusTransitions": transitions,
        "FinalMetricDataList": [{"MetricName": "loss", "Value": 1.0, "Timestamp": THE_TIME}],
    }
    world.aws.answers["DescribeTrainingJob"] = done
    with caplog.at_level("INFO", "sagemaker"):
        world.estimator(metric_definitions=definitions).fit("s3://bucket/train", job_name="job")
    assert any(message.endswith(": Starting 1.5 s, Training 30.0 s") for message in caplog.messages)
    told = [message for message in caplog.messages if message.startswith("No value of the metric")]
    assert len(told) == 1
    assert "`lost`" in told[0]
