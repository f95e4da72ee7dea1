"""The leases of one reconciler on the active records of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sagewright.engine.abc import Query, Record
from sagewright.engine.parts import Parts

ACTIVE = "active"
LEASE_S = 60.0
_MOST = 10_000  # active records of one kind

Key = tuple[str, str]  # scope and name


@dataclass
class Leases:
    """Which active records are ours to carry on.

    Attributes:
        held: Scope and name of each -> when the lease was taken (unix seconds).
    """

    parts: Parts
    kind: str
    owner: str
    held: dict[Key, float] = field(default_factory=dict)

    def adopt(self) -> tuple[Sequence[Record], Sequence[Key]]:
        """Take the active records that nobody holds and renew the leases on ours, where it is time to.

        Returns:
            The records that were claimed, and the keys of those that are no longer ours.
        """
        now = self.parts.clock.now()
        due = any(now - since > LEASE_S / 3 for since in self.held.values())
        if not due and self.parts.state.count(Query(self.kind, queue=ACTIVE)) == len(self.held):
            return (), ()
        return self.claim()

    def claim(self) -> tuple[Sequence[Record], Sequence[Key]]:
        """Do what `adopt` does, now."""
        now, before = self.parts.clock.now(), self.held
        claimed = self.parts.state.claim(self.kind, ACTIVE, self.owner, LEASE_S, limit=_MOST)
        self.held = {(record.scope, record.name): now for record in claimed}
        return claimed, list(before.keys() - self.held.keys())

    def let_go(self, scope: str, name: str) -> None:
        """Give a lease back; it may have gone with its record."""
        self.held.pop((scope, name), None)
        self.parts.state.release(self.kind, scope, name, self.owner)
