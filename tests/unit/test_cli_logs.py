"""`sagewright logs`."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from sagewright import cli, targets


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(tmp_path / "home"))
    client = targets.boto_session().client("logs")
    client.create_log_group(logGroupName="/shop")
    for stream in ("till-1", "till-2"):
        client.create_log_stream(logGroupName="/shop", logStreamName=stream)
    return client


def write(client, message, stream="till-1", ago_s=0.0):
    event = {"timestamp": int((time.time() - ago_s) * 1000), "message": message}
    client.put_log_events(logGroupName="/shop", logStreamName=stream, logEvents=[event])


def printed(capsys):
    return [line.split(" ", 1)[1] for line in capsys.readouterr().out.splitlines()]


def test_groups_are_listed(client, capsys):
    assert cli.main(["logs"]) == 0
    assert capsys.readouterr().out == "/shop\n"


def test_events_are_printed_and_chosen(client, capsys):
    write(client, "an old error", ago_s=600)
    write(client, "error one")
    write(client, "fine", "till-2")
    assert cli.main(["logs", "/shop"]) == 0
    assert printed(capsys) == ["till-1 an old error", "till-1 error one", "till-2 fine"]
    assert cli.main(["logs", "/shop", "--filter", "error", "--since", "5"]) == 0
    assert printed(capsys) == ["till-1 error one"]
    assert cli.main(["logs", "/shop", "--stream", "till-2"]) == 0
    assert printed(capsys) == ["till-2 fine"]


def test_a_group_is_followed(client, capsys, monkeypatch):
    write(client, "first")
    later = iter(["second", "third"])

    def sleep(_):
        try:
            write(client, next(later))
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("sagewright.cli.logs.time", SimpleNamespace(**{**vars(time), "sleep": sleep}))
    assert cli.main(["logs", "/shop", "--follow"]) == 0
    assert printed(capsys) == ["till-1 first", "till-1 second", "till-1 third"]


def test_what_is_not_there_is_said(client, capsys):
    assert cli.main(["logs", "/none"]) == 2
    assert "The specified log group does not exist" in capsys.readouterr().err
    assert cli.main(["logs", "/shop", "--filter", "{"]) == 2
