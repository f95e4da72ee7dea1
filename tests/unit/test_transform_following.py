"""Following transform jobs: Ctrl-C in between, and streams that come late."""

from __future__ import annotations

import pytest

from sagewright.exceptions import UnexpectedStatusException
from sagewright.following import Pace
from sagewright.session import Session
from tests.parity.recording import BUCKET, Recorder, transform_description


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def session(recorder):
    return Session(boto_session=recorder.boto_session(), default_bucket=BUCKET)


def running(recorder, looks, *ends):
    under_way = transform_description(TransformJobStatus="InProgress")
    recorder.answers["DescribeTransformJob"] = [*[under_way] * looks, *(ends or [transform_description()])]


def test_ctrl_c_leaves_the_job_and_says_how_to_come_back(recorder, session, monkeypatch, capsys):
    running(recorder, 5)

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Pace, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        session.logs_for_transform_job("job", wait=True)

    said = capsys.readouterr().err
    assert "job goes on. Follow it again with session.logs_for_transform_job('job', wait=True)" in said
    assert "Transformer.attach('job')" in said
    assert recorder.asked("StopTransformJob") == []


def test_streams_that_come_late_are_shown(recorder, session, monkeypatch, capsys):
    monkeypatch.setattr(Pace, "wait", lambda _: None)
    running(recorder, 2, transform_description(TransformJobStatus="Failed", FailureReason="ClientError: see"))
    recorder.answers["DescribeLogStreams"] = [
        {"logStreams": [{"logStreamName": "job/i-1-1"}]},
        {"logStreams": [{"logStreamName": "job/i-1-1"}, {"logStreamName": "job/i-1-1/data-log"}]},
    ]
    event = {"timestamp": 1, "ingestionTime": 1, "message": "record 3 is bad"}
    recorder.answers["GetLogEvents"] = [
        {"events": [], "nextForwardToken": "a"},
        {"events": [event], "nextForwardToken": "b"},
        {"events": [], "nextForwardToken": "b"},
    ]
    with pytest.raises(UnexpectedStatusException, match="ClientError: see"):
        session.logs_for_transform_job("job", wait=True)
    assert "record 3 is bad" in capsys.readouterr().out
    assert recorder.asked("DescribeLogStreams")[0]["logGroupName"] == "/aws/sagemaker/TransformJobs"
