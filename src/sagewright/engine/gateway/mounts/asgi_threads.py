"""Threads that answer requests, so that the event loop only carries bytes.

Cheaper than `concurrent.futures`, whose futures are made for several waiters; here the loop is the only one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Work = tuple[Callable[..., Any], tuple[Any, ...], "asyncio.Future[Any]"]


class Crowded(Exception):
    """As many calls as are bearable wait already."""


class Threads:
    """A crew of threads, grown as it is needed; calls beyond its number wait their turn.

    Args:
        name: Of its threads.
        count: How many calls are under way at once.
        queue: How many more may wait.
    """

    def __init__(self, name: str, count: int, queue: int) -> None:
        self.name, self.count, self._bearable = name, count, count + queue
        self.calls = 0  # under way or waiting; changed by the loop alone
        self._started = 0
        self._work: SimpleQueue[Work | None] = SimpleQueue()

    def begin(self, function: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        """Call a function in a thread, for a request that has just come. To be called in the loop.

        Raises:
            Crowded: Too many calls wait.
        """
        if self.calls >= self._bearable:
            raise Crowded(self.name)
        return self.run(function, *arguments)

    def run(self, function: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        """Call a function in a thread, however many wait: what has begun shall end."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.calls += 1
        self._work.put((function, arguments, future))
        if self._started < min(self.calls, self.count):
            self._started += 1
            threading.Thread(target=self._serve, name=f"{self.name}-{self._started}", daemon=True).start()
        return future

    def close(self) -> None:
        """Let the threads end when they have done what waits."""
        for _ in range(self._started):
            self._work.put(None)

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            function, arguments, future = work
            try:
                outcome: tuple[Any, BaseException | None] = (function(*arguments), None)
            except BaseException as error:  # noqa: BLE001 - handed to the caller
                outcome = (None, error)
            try:
                future.get_loop().call_soon_threadsafe(self._settle, future, *outcome)
            except RuntimeError:  # the loop is closed; nobody waits any more
                return
            del work, function, arguments, future, outcome  # a thread that waits holds nobody's body

    def _settle(self, future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
        self.calls -= 1
        if future.done():  # the waiting task was cancelled
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
