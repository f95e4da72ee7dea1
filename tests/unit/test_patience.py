from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from sagewright import patience, targets
from sagewright.following import Pace
from sagewright.session import Session
from tests.parity.recording import _MODELS, ACCOUNT, ROLE, Recorder, Refusal

EXPIRED, THROTTLED = "ExpiredTokenException", "ThrottlingException"


class Wire:
    """Answers requests below botocore's retries; remembers the keys that signed them."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.signers = list(codes), list[str]()

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        self.signers.append(request.headers["Authorization"].decode().split("Credential=")[1].split("/")[0])
        code = self.codes.pop(0) if self.codes else None
        body = {"__type": code, "message": "told"} if code else {"TrainingJobStatus": "Completed"}
        raw = type("Raw", (), {"stream": lambda *_, **__: iter([json.dumps(body).encode()])})()
        return AWSResponse(request.url, 400 if code else 200, HTTPHeaders(), raw)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[float]]:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    yield slept
    patience._following.__dict__.clear()


def session_on(wire: Wire, **keys: str) -> Session:
    core = botocore.session.Session()
    core.register_component("data_loader", _MODELS)
    boto_session = boto3.Session(region_name="us-east-1", botocore_session=core, **keys)
    boto_session.events.register_first("before-send", wire)  # type: ignore[arg-type]
    return Session(boto_session=boto_session)


def keys_of(name: str) -> dict[str, str]:
    return {"aws_access_key_id": name, "aws_secret_access_key": "x"}


def write_keys(folder: Path, name: str) -> None:
    (folder / "credentials").write_text(f"[default]\naws_access_key_id={name}\naws_secret_access_key=x\n")


def test_reads_that_are_throttled_are_sent_again_ever_more_slowly(pauses: list[float]) -> None:
    wire = Wire(*[THROTTLED] * 9)
    session = session_on(wire, **keys_of("A"))
    assert session.describe_training_job("job")["TrainingJobStatus"] == "Completed"
    assert len(wire.signers) == 10
    assert pauses[-1] > pauses[2] > 1
    assert max(pauses) <= patience.LONGEST_PAUSE_S


def test_what_makes_something_is_not_sent_again() -> None:
    wire = Wire(*[THROTTLED] * 9)
    session = session_on(wire, **keys_of("A"))
    with pytest.raises(ClientError, match="Throttling"):
        session.sagemaker_client.create_model(ModelName="m", ExecutionRoleArn=ROLE)
    assert len(wire.signers) == 2  # as botocore is told


def test_it_gives_up_after_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    with pytest.raises(ClientError, match="Throttling"):
        session_on(Wire(*[THROTTLED] * 99), **keys_of("A")).describe_training_job("job")
    assert 600 < clock[0] < 700


def test_other_errors_are_errors_at_once() -> None:
    wire = Wire("ValidationException")
    with pytest.raises(ClientError, match="told"):
        session_on(wire, **keys_of("A")).describe_training_job("job")
    assert len(wire.signers) == 1


def test_renewed_credentials_are_taken_while_a_job_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_keys(tmp_path, "OLD")
    wire = Wire(*[EXPIRED] * 5)
    session = session_on(wire)
    assert session.sagemaker_client is not None
    write_keys(tmp_path, "NEW")
    Pace(0.1).wait()
    assert session.describe_training_job("job")["TrainingJobStatus"] == "Completed"
    assert wire.signers[0] == "OLD"
    assert wire.signers[-1] == "NEW"
    assert capsys.readouterr().err.count("the credentials have expired") == 1


def test_expired_credentials_are_an_error_where_nothing_is_followed_or_nobody_can_renew_them(tmp_path: Path) -> None:
    write_keys(tmp_path, "OLD")
    with pytest.raises(ClientError, match="Expired"):
        session_on(Wire(EXPIRED)).describe_training_job("job")
    Pace(0.1).wait()
    wire = Wire(EXPIRED)
    with pytest.raises(ClientError, match="Expired"):
        session_on(wire, **keys_of("GIVEN")).describe_training_job("job")
    assert set(wire.signers) == {"GIVEN"}  # keys that a session was given are never swapped for others


def test_sessions_in_threads_sign_as_who_they_are() -> None:
    wires = {name: Wire() for name in ("ALICE", "BOB", "CAROL")}
    sessions = {name: session_on(wire, **keys_of(name)) for name, wire in wires.items()}

    def ask(name: str) -> None:
        for _ in range(20):
            sessions[name].describe_training_job("job")

    threads = [threading.Thread(target=ask, args=(name,)) for name in wires for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: set(wire.signers) for name, wire in wires.items()} == {name: {name} for name in wires}
    assert all(len(wire.signers) == 40 for wire in wires.values())


# Where requests go, and as whom -------------------------------------------------------------------------------------


@pytest.fixture
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "_announced", threading.Event())


def start(aws: Recorder) -> None:
    session = Session(boto_session=aws.boto_session(), default_bucket="bucket")
    session.create_endpoint("endpoint", "config", wait=False)
    session.create_endpoint("endpoint", "config", wait=False)


@pytest.mark.usefixtures("unsaid")
def test_the_first_submit_says_as_whom(capsys: pytest.CaptureFixture[str]) -> None:
    aws = Recorder()
    start(aws)
    said = f"sagewright: running on the target aws: account {ACCOUNT}, assumed-role/Role/s, region us-east-1\n"
    assert capsys.readouterr().err.count(said) == 1
    assert len(aws.asked("GetCallerIdentity")) == 1


@pytest.mark.usefixtures("unsaid")
def test_it_is_not_asked_again_where_sts_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    aws = Recorder(answers={"GetCallerIdentity": Refusal("AccessDenied", "no")})
    start(aws)
    assert "account unknown (STS does not tell), region us-east-1" in capsys.readouterr().err
    assert len(aws.asked("GetCallerIdentity")) == 1
    assert len(aws.asked("CreateEndpoint")) == 2
