"""Forgetting sessions that are long over."""

from __future__ import annotations

from sagewright.engine.abc import Clock, StateStore
from sagewright.engine.operations.sts.sessions import sweep_sessions

_EVERY_S = 3600.0


class SessionSweeper:
    """Forgets, once an hour, the sessions of STS that have long expired; no reason for the steward to stay."""

    kind = "session sweep"

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state, self._clock = state, clock
        self._next_at = clock.now()

    def tick(self) -> bool:
        if self._clock.now() >= self._next_at:
            self._next_at = self._clock.now() + _EVERY_S
            sweep_sessions(self._state, self._clock.now())
        return False
