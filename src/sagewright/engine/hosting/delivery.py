"""Bringing a request to one of several servers, exactly once.

A request is sent to another server only where the first one has certainly not begun to work on it: its gate is shut
(`gates.py`), nobody listens, or a connection that had been idle takes nothing. Whatever breaks later may have had its
effect, and is the caller's to repeat. No server is stopped while somebody waits for its answer: the gate sees to that.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sagewright.engine.hosting.gates import Shut, through
from sagewright.engine.hosting.http import Undelivered
from sagewright.engine.hosting.routing import choose_instance, outstanding
from sagewright.engine.parts import Parts

T = TypeVar("T")
Instance = Mapping[str, Any]

WAIT_S = 60.0  # for a server that is being replaced
PAUSE_S = 0.02


class NoServer(Exception):
    """No server came up in time."""


class Moved(Exception):
    """What was asked has been replaced by something else, and nothing was sent."""


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
        look: Returns the instances as they are now; raises, `Moved` for one, where there is nothing to wait
            for any more.
        send: Sends the request to an instance and returns what it answers. On `Undelivered` another instance is asked.
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
                with occupied(parts, instance):
                    return send(instance)
            except (Undelivered, Shut):
                pass
            gone |= {instance["execution_id"]}
            parts.ring()  # a steward that lives has noticed; one that was killed comes back
            continue
        if parts.clock.now() >= deadline:
            raise NoServer
        parts.ring()  # the steward replaces what has died
        parts.clock.sleep(PAUSE_S)
        gone = frozenset()


@contextlib.contextmanager
def occupied(parts: Parts, instance: Instance) -> Iterator[None]:
    """Keep an instance from being stopped while the block asks it, and count it as busy.

    Raises:
        Shut: It is about to be stopped; the block has not run.
    """
    execution_id = instance["execution_id"]
    with through(parts.home, execution_id), outstanding(execution_id):
        yield
