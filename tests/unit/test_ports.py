from __future__ import annotations

import contextlib
import socket
import sys

import pytest

from sagewright.engine.executors.process import ports


def test_no_two_hosts_choose_the_same_port(monkeypatch):
    monkeypatch.setattr(ports, "PORTS", range(20_500, 20_520))
    with contextlib.ExitStack() as held:
        chosen = [held.enter_context(ports.reserved()) for _ in range(10)]
    assert len(set(chosen)) == 10


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are Linux's")
def test_a_port_is_free_again_when_its_host_has_ended(monkeypatch):
    monkeypatch.setattr(ports, "PORTS", range(20_520, 20_521))
    for _ in range(2):
        with ports.reserved() as port:
            assert port == 20_520


def test_a_port_that_somebody_listens_on_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ports.is_taken(port)
    assert not ports.is_taken(port)
