"""Records with versions, and leases on the work that is left on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Record:
    """One resource as the state store keeps it.

    `(kind, scope, name)` is its key. `version` counts from 1 and grows by one with every change. `status` and `queue`
    are copies of facts of the body that the store can search by: `queue` names the work list the record waits in
    (None: no work is left to do on it).
    """

    kind: str
    scope: str
    name: str
    body: Mapping[str, Any]
    status: str = ""
    queue: str | None = None
    version: int = 0
    created_at: float = 0.0
    modified_at: float = 0.0


@dataclass(frozen=True)
class Query:
    """What `StateStore.list` shall find; every given condition must hold.

    Attributes:
        scope: None finds the records of every scope.
        name_contains: A substring of the name, case-sensitive.
        name_prefix: The beginning of the name, case-sensitive.
        created_after, created_before, modified_after, modified_before: Unix seconds; the bound itself is included.
        sort_by: `created`, `modified`, `name` or `status`; records that compare equal follow in order of name.
        limit: The most records of one page.
        after: `Page.next_token` of the page before.
    """

    kind: str
    scope: str | None = None
    name_contains: str | None = None
    name_prefix: str | None = None
    status: str | None = None
    queue: str | None = None
    created_after: float | None = None
    created_before: float | None = None
    modified_after: float | None = None
    modified_before: float | None = None
    sort_by: str = "created"
    descending: bool = False
    limit: int = 100
    after: str | None = None


@dataclass(frozen=True)
class Page:
    """Some records in the order asked for, and the token of the page that follows (None: this was the last)."""

    records: Sequence[Record]
    next_token: str | None = None


@dataclass(frozen=True)
class Change:
    """A record was created, changed or deleted; `seq` grows with every change in the store."""

    seq: int
    kind: str
    scope: str
    name: str
    version: int  # 0: deleted


class VersionConflict(Exception):
    """The record is not at the version the writer expected: somebody else was faster. Load and decide again."""


class BadToken(ValueError):
    """A page token that the store has not made, or made for another query."""


class StateStore(Protocol):
    """Records with versions, and leases on the work that is left on them.

    Bodies are JSON documents (`dict`, `list`, `str`, `int`, `float`, `bool`, None).
    """

    def get(self, kind: str, scope: str, name: str) -> Record | None:
        """Return the record as last put, or None."""
        ...

    def put(self, record: Record, *, expected_version: int) -> Record:
        """Write the record if it stands at `expected_version` (0: it must not exist), and return it as written.

        The store sets `version`, `modified_at` and, on creation, `created_at` (unless the record already carries a
        `created_at`); it ignores the version in `record`. A lease on the record stays as it is.

        Raises:
            VersionConflict: The stored version differs.
        """
        ...

    def delete(self, kind: str, scope: str, name: str, *, expected_version: int | None = None) -> None:
        """Remove the record and its lease; one that is missing is no error unless a version is expected.

        Raises:
            VersionConflict: A version was expected and the stored one differs.
        """
        ...

    def list(self, query: Query) -> Page:
        """Return one page; a walk over all pages sees every record that exists from its beginning to its end once.

        Raises:
            BadToken: `query.after` is not a token of this query's walk.
        """
        ...

    def count(self, query: Query) -> int:
        """Return how many records match, whatever `limit` and `after` say."""
        ...

    def claim(self, kind: str, queue: str, owner: str, lease_s: float, limit: int = 1) -> Sequence[Record]:
        """Lease up to `limit` records of a queue to `owner`, in order of creation (then name).

        A record that another owner holds an unexpired lease on is passed over; one the owner itself holds is renewed
        and returned again. Two owners never hold the same record at once.
        """
        ...

    def renew(self, kind: str, scope: str, name: str, owner: str, lease_s: float) -> bool:
        """Extend the owner's lease; False: the lease is not the owner's (any more), stop working on the record."""
        ...

    def release(self, kind: str, scope: str, name: str, owner: str) -> None:
        """Give the owner's lease back; one that is not the owner's is left alone."""
        ...

    def changes(self, after: int, limit: int = 1000) -> Sequence[Change]:
        """Return what has changed since `seq` number `after`, oldest first; only the newest change of each record."""
        ...

    def close(self) -> None:
        """Let go of files and connections. The store is not used after."""
        ...
