"""Bodies between the event loop and threads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sagewright.engine.gateway.mounts import asgi_bodies
from sagewright.engine.gateway.mounts.asgi_bodies import IncomingBody
from sagewright.engine.gateway.mounts.asgi_threads import Crowded, Threads
from sagewright.vocabulary.errors import ApiError


class Client:
    """ASGI's `receive`: pieces, and then the end, or a client that goes."""

    def __init__(self, pieces: list[bytes], *, leaves: bool = False) -> None:
        self._messages: list[dict[str, Any]] = [{"type": "http.request", "body": p, "more_body": True} for p in pieces]
        if leaves:
            self._messages.append({"type": "http.disconnect"})
        else:
            self._messages[-1]["more_body"] = False
        self.taken = 0

    async def __call__(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        self.taken += 1
        return self._messages.pop(0)


def run(work: Callable[[Threads], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        threads = Threads("test", 2, 0)
        try:
            return await work(threads)
        finally:
            threads.close()

    return asyncio.run(main())


@pytest.mark.parametrize("size", [1, 3, 100, -1])
def test_a_thread_reads_what_arrives(size):
    async def work(threads: Threads) -> bytes:
        body = IncomingBody(Client([b"one", b"", b"two", b"three"]))
        return await threads.run(lambda: b"".join(iter(lambda: body.read(size), b"")))

    assert run(work) == b"onetwothree"


def test_what_is_ready_is_bounded(monkeypatch):
    monkeypatch.setattr(asgi_bodies, "AHEAD_BYTES", 10)

    async def work(threads: Threads) -> tuple[int, bytes]:
        client = Client([b"x" * 4] * 100)
        body = IncomingBody(client)
        first = await threads.run(body.read, 1)
        for _ in range(1000):
            await asyncio.sleep(0)
        ahead = client.taken
        return ahead, first + await threads.run(body.read)

    ahead, content = run(work)
    assert ahead <= 4
    assert content == b"x" * 400


@pytest.mark.parametrize("whole", [True, False])
def test_a_client_that_leaves_in_the_middle_is_an_error(whole):
    async def work(threads: Threads) -> bytes:
        body = IncomingBody(Client([b"half"], leaves=True))
        return await (body.whole() if whole else threads.run(body.read))

    with pytest.raises(ApiError, match="IncompleteBody"):
        run(work)


@pytest.mark.parametrize("whole", [True, False])
def test_a_body_beyond_its_bound_is_refused(whole):
    async def work(threads: Threads) -> bytes:
        body = IncomingBody(Client([b"12345", b"67890", b"1"]))
        body.limit_bytes = 9
        return await (body.whole() if whole else threads.run(body.read))

    with pytest.raises(ApiError) as caught:
        run(work)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("pieces", "waits", "read", "reusable"),
    [
        ([b"12"], False, False, True),
        ([b"12"] * 50, False, True, True),
        ([b"12" * 10] * 50, False, False, False),  # more than is drained
        ([b"12"], True, False, False),  # was never told to send it
        ([b"12"], True, True, True),
    ],
)
def test_what_nobody_has_read_is_passed_over_within_bounds(monkeypatch, pieces, waits, read, reusable):
    monkeypatch.setattr(asgi_bodies, "DRAINED_BYTES", 500)

    async def work(threads: Threads) -> bool:
        body = IncomingBody(Client(pieces), waits=waits)
        if read:
            await threads.run(body.read, 2)
        return await body.finish()

    assert run(work) is reusable


def test_a_body_that_never_ends_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(asgi_bodies, "DRAINED_S", 0.01)

    async def work(threads: Threads) -> bool:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(3600)
            return {}

        return await IncomingBody(receive).finish()

    assert run(work) is False


def test_an_empty_body_asks_for_nothing():
    async def work(threads: Threads) -> tuple[bytes, bool, int]:
        client = Client([b""])
        body = IncomingBody(client, empty=True)
        return await threads.run(body.read), await body.finish(), client.taken

    assert run(work) == (b"", True, 0)


def test_a_thread_does_not_wait_for_a_client_that_the_server_has_left():
    async def work(threads: Threads) -> bytes:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(3600)
            return {}

        body = IncomingBody(receive)
        reading = threads.run(body.read)
        await asyncio.sleep(0.02)
        body.stop()
        return await reading

    with pytest.raises(ApiError, match="IncompleteBody"):
        run(work)


def test_calls_are_made_by_as_many_threads_as_there_are_and_more_are_refused():
    async def main() -> None:
        threads, gate = Threads("test", 2, 1), asyncio.Event()
        loop = asyncio.get_running_loop()

        def wait() -> int:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
            return 1

        calls = [threads.begin(wait) for _ in range(3)]
        with pytest.raises(Crowded):
            threads.begin(wait)
        late = threads.run(wait)  # part of something that has begun
        gate.set()
        assert await asyncio.gather(*calls, late) == [1] * 4
        assert threads.calls == 0
        with pytest.raises(ZeroDivisionError):
            await threads.begin(lambda: 1 // 0)
        threads.close()

    asyncio.run(main())
