"""Bringing a request to one of several servers, exactly once.

A request is sent to another server only where the first one has certainly not begun to work on it:

- nobody listened, or a connection that had been idle took nothing;
- the connection broke without a byte of an answer, and the request was sent after the server had been told to end: a
  server that ends answers what it has taken in and closes the connections that are idle.

Whatever else breaks may have had its effect, and is the caller's to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sagewright.engine.hosting.http import Broken, Undelivered
from sagewright.engine.hosting.routing import choose_instance, outstanding
from sagewright.engine.parts import Parts

T = TypeVar("T")
Instance = Mapping[str, Any]

WAIT_S = 60.0  # for a server that is being replaced
PAUSE_S = 0.02


class NoServer(Exception):
    """No server came up in time."""


def deliver(
    parts: Parts,
    look: Callable[[], Sequence[Instance]],
    send: Callable[[Instance], T],
    *,
    strategy: str = "RANDOM",
    wanted: str | None = None,
    wait_s: float = WAIT_S,
) -> T:
    """Send a request to one of the instances, waiting for a replacement where all are gone.

    Args:
        look: Returns the instances as they are now; raises where there is nothing to wait for any more.
        send: Sends the request to an instance and returns what it answers. Its `Undelivered` and `Broken` are this
            function's to judge.
        strategy, wanted: See `choose_instance`.

    Raises:
        NoServer: None came up in `wait_s` seconds.
        Broken: The request may have had its effect.
    """
    gone: frozenset[str] = frozenset()
    deadline = parts.clock.now() + wait_s
    while True:
        instance = choose_instance(look(), gone, strategy, wanted)
        if instance is not None:
            try:
                with outstanding(instance["execution_id"]):
                    return send(instance)
            except Undelivered:
                pass
            except Broken as error:
                if error.answered or not _was_ending(parts, instance["execution_id"], error.sent_at):
                    raise
            gone |= {instance["execution_id"]}
            continue
        if parts.clock.now() >= deadline:
            raise NoServer
        parts.ring()  # the steward replaces what has died
        parts.clock.sleep(PAUSE_S)
        gone = frozenset()


def _was_ending(parts: Parts, execution_id: str, sent_at: float) -> bool:
    """Tell whether the steward had told an instance to end when a request was sent to it."""
    if parts.home is None:
        return False
    try:
        return (parts.home / "executions" / execution_id / "stop.json").stat().st_mtime <= sent_at
    except FileNotFoundError:
        return False
