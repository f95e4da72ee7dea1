from __future__ import annotations

import os

import pytest

from sagewright.engine.steward import bell
from sagewright.engine.steward.bell import Bell


@pytest.fixture
def started(monkeypatch):
    """What was started, each with the descriptor that it holds until it listens."""
    begun: list[int] = []
    monkeypatch.setattr(bell, "start_steward", lambda home, starting: begun.append(os.dup(starting)))
    yield begun
    for descriptor in begun:
        os.close(descriptor)


def test_one_steward_is_started_however_often_the_bell_rings(tmp_path, started):
    for _ in range(20):
        Bell(tmp_path).ring()
    assert len(started) == 1


def test_another_is_started_when_one_has_ended_before_it_listened(tmp_path, started):
    Bell(tmp_path).ring()
    os.close(started.pop())
    Bell(tmp_path).ring()
    assert len(started) == 1


def test_another_is_started_when_one_takes_too_long(tmp_path, started):
    Bell(tmp_path).ring()
    os.utime(tmp_path / bell.STARTING, (0, 0))
    Bell(tmp_path).ring()
    Bell(tmp_path).ring()
    assert len(started) == 2


def test_a_steward_that_listens_is_rung(tmp_path, started):
    os.mkfifo(tmp_path / bell.PIPE)
    listening = os.open(tmp_path / bell.PIPE, os.O_RDONLY | os.O_NONBLOCK)
    Bell(tmp_path).ring()
    assert (os.read(listening, 9), started) == (b"!", [])
    os.close(listening)
