"""Connections with bounds, on a transport that only remembers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from sagewright.engine.server.connections import BoundedProtocol, Bounds

BOUNDS = Bounds(connections=2, head_bytes=1000, head_s=20.0, stalled_s=60.0, slowest_bytes_s=100)


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = self.aborted = self.paused = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


async def _application(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(3600)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def connect(loop: asyncio.AbstractEventLoop, state: ServerState | None = None) -> tuple[BoundedProtocol, Transport]:
    config = uvicorn.Config(_application, log_config=None, ws="none", lifespan="off")
    protocol, transport = BoundedProtocol(config, state or ServerState(), {}, loop), Transport()
    protocol.bounds = BOUNDS
    protocol.connection_made(transport)
    return protocol, transport


@pytest.mark.parametrize(
    "sent",
    [
        [b"GET / HTTP/1.1\r\n", *[b"name: " + b"x" * 90 + b"\r\n"] * 11],
        [b"GET / HTTP/1.1\r\n", *[b"a: b\r\n"] * 100],
        [b"GET /", *[b"x" * 100] * 11],
        [b"GET / HTTP/1.1\r\nname: ", *[b"x" * 100] * 11],
        [b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nname: ", *[b"x" * 100] * 11],
        [b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;", *[b"x" * 100] * 11],
    ],
)
def test_a_head_has_a_largest_size(loop, sent):
    protocol, transport = connect(loop)
    for piece in sent:
        protocol.data_received(piece)
    assert transport.written.startswith(b"HTTP/1.1 431")
    assert transport.closed


def test_a_body_may_be_larger_than_a_head(loop):
    protocol, transport = connect(loop)
    protocol.data_received(b"PUT / HTTP/1.1\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(100):
        protocol.data_received(b"x" * 500)
    assert not transport.closed


def test_connections_are_counted(loop):
    state = ServerState()
    assert not any(connect(loop, state)[1].closed for _ in range(2))
    _, third = connect(loop, state)
    assert third.closed
    assert third.written.startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize(
    ("sent", "after_s", "ended"),
    [
        (b"", 19, False),
        (b"", 21, True),
        (b"GET / HT", 21, True),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", 21, True),
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", 1000, False),  # the answer may take as long as it takes
        (b"PUT / HTTP/1.1\r\ncontent-length: 10\r\n\r\nx", 59, False),
        (b"PUT / HTTP/1.1\r\ncontent-length: 10\r\n\r\nx", 61, True),
    ],
)
def test_clients_that_stop_are_left(loop, sent, after_s, ended):
    protocol, transport = connect(loop)
    protocol.data_received(sent)
    protocol.sweep(time.monotonic() + after_s)
    assert transport.aborted is ended


def test_clients_that_drip_are_left(loop):
    protocol, transport = connect(loop)
    protocol.data_received(b"PUT / HTTP/1.1\r\ncontent-length: 100000\r\n\r\n")
    protocol._body_since = time.monotonic() - 90
    protocol.data_received(b"x" * 5000)
    protocol.sweep(time.monotonic())
    assert transport.aborted


def test_a_body_that_we_do_not_take_is_not_its_clients_fault(loop):
    protocol, transport = connect(loop)
    protocol.data_received(b"PUT / HTTP/1.1\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 70_000)
    assert transport.paused
    protocol.sweep(time.monotonic() + 1000)
    assert not transport.closed


def test_clients_that_take_nothing_are_left(loop):
    protocol, transport = connect(loop)
    protocol.data_received(b"GET / HTTP/1.1\r\n\r\n")
    protocol.pause_writing()
    protocol.resume_writing()
    protocol.sweep(time.monotonic() + 61)
    assert not transport.closed
    protocol.pause_writing()
    protocol.sweep(time.monotonic() + 61)
    assert transport.aborted
