"""Waiting for something to read."""

from __future__ import annotations

import fcntl
import os
import resource
import socket

import pytest

from sagewright.engine.readiness import readable


def test_what_can_be_read_is_told() -> None:
    one, other = socket.socketpair()
    reading, writing = os.pipe()
    with one, other:
        assert readable([one, reading], 0) == []
        other.send(b"x")
        assert readable([one, reading]) == [one]
        os.close(writing)  # the end is something to read
        assert readable([reading, one], 1.0) == [reading, one]
    os.close(reading)


def test_descriptors_may_have_any_number() -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1100:
        pytest.skip("so many descriptors cannot be had")
    reading, writing = os.pipe()
    high = fcntl.fcntl(reading, fcntl.F_DUPFD_CLOEXEC, 1050)
    try:
        os.write(writing, b"x")
        assert readable([high], 1.0) == [high]
    finally:
        for descriptor in (reading, writing, high):
            os.close(descriptor)
