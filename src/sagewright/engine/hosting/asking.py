"""One invocation at one instance: a single container, a pipeline of them, or one of several (`contract.md` 2.8)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagewright.engine.hosting import faults
from sagewright.engine.hosting.connections import LARGEST_BODY_BYTES, Answer, ask
from sagewright.engine.hosting.http import Broken, TimedOut, TooLarge, Undelivered

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
    path: str = field(default=PATH)

    def number_of(self, invocation: Invocation) -> int:
        """Return which container an invocation that only one answers goes to."""
        return self.containers.index(invocation.container) if invocation.container else 0


def ask_instance(serving: Serving, instance: Instance, invocation: Invocation) -> Answer:
    """Ask a model and return its answer, which is no error.

    Raises:
        ModelFault: A container answered with an error, too much, or not in time.
        Undelivered: The instance has taken nothing of the request.
        Broken: The only container asked broke the connection.
    """
    if serving.mode == "Serial":
        return _ask_in_turn(serving, instance, invocation)
    return _ask_one(serving, instance, invocation, serving.number_of(invocation))


def _ask_in_turn(serving: Serving, instance: Instance, invocation: Invocation) -> Answer:
    """Give each container the answer of the one before it."""
    answer = Answer(200, {"content-type": invocation.headers.get("Content-Type", "")}, invocation.body)
    last = len(serving.containers) - 1
    for number in range(len(serving.containers)):
        given = Invocation(answer.body, _headers(invocation, answer, number == last), timeout_s=invocation.timeout_s)
        try:
            answer = _ask_one(serving, instance, given, number, LARGEST_BODY_BYTES if number == last else None)
        except (Undelivered, Broken):
            if number == 0:
                raise
            raise faults.gone(serving.containers[number], serving.endpoint) from None
    return answer


def _headers(invocation: Invocation, before: Answer, is_last: bool) -> dict[str, str]:
    """Return what a container of a pipeline is told: the type of what it gets; only the last one what the client wants.

    Between containers nobody says what they accept, which is JSON for most.
    """
    passed_over = ("Content-Type",) if is_last else ("Content-Type", "Accept")
    headers = {name: value for name, value in invocation.headers.items() if name not in passed_over}
    if content_type := before.headers.get("content-type"):
        headers["Content-Type"] = content_type
    return headers


def _ask_one(
    serving: Serving,
    instance: Instance,
    invocation: Invocation,
    number: int,
    max_bytes: int | None = LARGEST_BODY_BYTES,
) -> Answer:
    container, deadline = serving.containers[number], time.monotonic() + invocation.timeout_s
    limit = HANDED_ON_BYTES if max_bytes is None else max_bytes
    try:
        answer = ask(
            instance["addresses"][number],
            serving.path,
            invocation.headers,
            invocation.body,
            deadline,
            max_bytes=limit,
        )
    except TimedOut:
        raise faults.timed_out(container) from None
    except TooLarge as error:
        if max_bytes is None:
            raise faults.handed_on_too_large(container, serving.containers[number + 1], error.size_bytes) from None
        raise faults.answer_too_large(container, 200, error.size_bytes, limit) from None
    if answer.status >= 400:
        raise faults.AnswerFault(container, answer.status, answer.body.decode(errors="replace"))
    return answer
