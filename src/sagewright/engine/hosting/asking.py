"""One invocation at one instance: a single container, a pipeline of them, or one of several (`contract.md` 2.8)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.hosting import faults
from sagewright.engine.hosting.connections import LARGEST_BODY_BYTES, Answer, opened
from sagewright.engine.hosting.http import Broken, Reply, TimedOut, TooLarge, Undelivered

PATH = "/invocations"
HANDED_ON_BYTES = 5 << 20  # from one container of a pipeline to the next

Instance = Mapping[str, Any]


@dataclass(frozen=True)
class Invocation:
    """What a caller sends to a model.

    Attributes:
        headers: Those that a container gets.
        container: The hostname of the container that is asked directly.
        model: Which of a multi-model endpoint's models is asked: its path behind the model's prefix.
        timeout_s: How long a container may take.
    """

    body: bytes
    headers: Mapping[str, str]
    container: str | None = None
    model: str | None = None
    timeout_s: float = 60.0


@dataclass(frozen=True)
class Serving:
    """What answers: a variant, or an inference component.

    Attributes:
        endpoint: The endpoint's name.
        mode: `Single`, `MultiModel`, `Serial` or `Direct`.
        containers: The names of an instance's containers, in the order of its addresses.
    """

    endpoint: str
    mode: str
    containers: Sequence[str]

    def last_asked(self, invocation: Invocation) -> str:
        """Return the container whose answer the caller gets."""
        return invocation.container or self.containers[-1]


def ask_instance(serving: Serving, instance: Instance, invocation: Invocation, path: str = PATH) -> Answer:
    """Ask a model and return its answer, which is no error.

    Raises:
        ModelFault: A container answered with an error, too much, or not in time.
        Undelivered: The instance has taken nothing of the request.
        Broken: The first container asked broke the connection.
    """
    deadline = time.monotonic() + invocation.timeout_s
    with asked_instance(serving, instance, invocation, path) as reply, _told(serving.last_asked(invocation)):
        return Answer(reply.status, reply.headers, reply.read(deadline, LARGEST_BODY_BYTES))


@contextlib.contextmanager
def asked_instance(serving: Serving, instance: Instance, invocation: Invocation, path: str = PATH) -> Iterator[Reply]:
    """Ask a model and yield its answer, which is no error, and whose body is still to be read.

    Raises:
        ModelFault, Undelivered, Broken: As `ask_instance`.
    """
    last = len(serving.containers) - 1
    if serving.mode != "Serial":
        number = serving.containers.index(invocation.container) if invocation.container else last
        with _asked(serving, instance, number, invocation, path) as reply:
            yield reply
        return
    given = invocation
    for number in range(last):
        given = _through(serving, instance, number, invocation, given)
    with _past_the_first(serving, last), _asked(serving, instance, last, _for_last(invocation, given), path) as reply:
        yield reply


def _through(serving: Serving, instance: Instance, number: int, asked: Invocation, given: Invocation) -> Invocation:
    """Send a request through a container of a pipeline; return what the next one gets.

    Between containers nobody says what they accept, which is JSON for most.
    """
    deadline = time.monotonic() + asked.timeout_s
    container, following = serving.containers[number : number + 2]
    given = Invocation(given.body, _without(given.headers, "Accept"), timeout_s=asked.timeout_s)
    with _past_the_first(serving, number), _asked(serving, instance, number, given, PATH) as reply, _told(container):
        try:
            body = reply.read(deadline, HANDED_ON_BYTES)
        except TooLarge as error:
            raise faults.handed_on_too_large(container, following, error.size_bytes) from None
        content_type = reply.headers.get("content-type")
    headers = _without(given.headers, "Content-Type")
    return Invocation(body, {**headers, **({"Content-Type": content_type} if content_type else {})})


def _for_last(asked: Invocation, given: Invocation) -> Invocation:
    """Return what the last container gets: it alone is told what the client accepts."""
    accept = {name: value for name, value in asked.headers.items() if name == "Accept"}
    return Invocation(given.body, {**given.headers, **accept}, timeout_s=asked.timeout_s)


@contextlib.contextmanager
def _asked(serving: Serving, instance: Instance, number: int, invocation: Invocation, path: str) -> Iterator[Reply]:
    deadline, container = time.monotonic() + invocation.timeout_s, serving.containers[number]
    with contextlib.ExitStack() as stack:
        with _told(container):
            address = instance["addresses"][number]
            reply = stack.enter_context(opened(address, path, invocation.headers, invocation.body, deadline))
            if reply.status >= 400:
                text = reply.read(deadline, LARGEST_BODY_BYTES).decode(errors="replace")
                raise faults.AnswerFault(container, reply.status, text)
        yield reply


@contextlib.contextmanager
def _told(container: str) -> Iterator[None]:
    """Say of a container what the wire says of a server."""
    try:
        yield
    except TimedOut:
        raise faults.timed_out(container) from None
    except TooLarge as error:
        raise faults.answer_too_large(container, error.size_bytes, LARGEST_BODY_BYTES) from None


@contextlib.contextmanager
def _past_the_first(serving: Serving, number: int) -> Iterator[None]:
    """Let the request go to no other instance once a container has worked on it."""
    try:
        yield
    except (Undelivered, Broken):
        if number == 0:
            raise
        raise faults.gone(serving.containers[number], serving.endpoint) from None


def _without(headers: Mapping[str, str], left_out: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != left_out}
