"""Records in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sagewright.engine.abc import Change, Clock, Page, Query, Record, VersionConflict
from sagewright.engine.state import paging

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Stored:
    """A record without its body, and the body as text: nobody outside can change what is stored."""

    record: Record
    body: str

    def load(self) -> Record:
        return replace(self.record, body=json.loads(self.body))


@dataclass(frozen=True)
class _Lease:
    owner: str
    expires_at: float


class MemoryStateStore:
    """A `StateStore` that lives as long as its object."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._stored: dict[_Key, _Stored] = {}
        self._leases: dict[_Key, _Lease] = {}
        self._changes: dict[_Key, Change] = {}
        self._seq = 0

    def get(self, kind: str, scope: str, name: str) -> Record | None:
        with self._lock:
            stored = self._stored.get((kind, scope, name))
        return stored.load() if stored else None

    def put(self, record: Record, *, expected_version: int) -> Record:
        key = (record.kind, record.scope, record.name)
        body = json.dumps(record.body)
        with self._lock:
            self._expect(key, expected_version)
            now = float(self._clock.now())
            old = self._stored.get(key)
            created_at = old.record.created_at if old else float(record.created_at or now)
            written = replace(record, body={}, version=expected_version + 1, created_at=created_at, modified_at=now)
            self._stored[key] = _Stored(written, body)
            self._note(key, written.version)
        return _Stored(written, body).load()

    def delete(self, kind: str, scope: str, name: str, *, expected_version: int | None = None) -> None:
        key = (kind, scope, name)
        with self._lock:
            if expected_version is not None:
                self._expect(key, expected_version)
            self._leases.pop(key, None)
            if self._stored.pop(key, None):
                self._note(key, 0)

    def list(self, query: Query) -> Page:
        after = paging.decode(query)
        with self._lock:
            found = [row for row in self._sorted(query) if after is None or _is_behind(query, row.record, after)]
        records = [row.load() for row in found[: query.limit]]
        if len(found) <= query.limit or not records:
            return Page(records)
        return Page(records, paging.encode(query, paging.position_of(query, records[-1])))

    def count(self, query: Query) -> int:
        with self._lock:
            return sum(_matches(query, row.record) for row in self._stored.values())

    def claim(self, kind: str, queue: str, owner: str, lease_s: float, limit: int = 1) -> Sequence[Record]:
        with self._lock:
            waiting = self._sorted(Query(kind, queue=queue))
            free = [row for row in waiting if self._is_free(_key(row.record), owner)][: max(limit, 0)]
            for row in free:
                self._leases[_key(row.record)] = self._lease(owner, lease_s)
        return [row.load() for row in free]

    def renew(self, kind: str, scope: str, name: str, owner: str, lease_s: float) -> bool:
        key = (kind, scope, name)
        with self._lock:
            lease = self._leases.get(key)
            if lease is None or lease.owner != owner or lease.expires_at <= self._clock.now():
                return False
            self._leases[key] = self._lease(owner, lease_s)
            return True

    def release(self, kind: str, scope: str, name: str, owner: str) -> None:
        key = (kind, scope, name)
        with self._lock:
            if key in self._leases and self._leases[key].owner == owner:
                del self._leases[key]

    def changes(self, after: int, limit: int = 1000) -> Sequence[Change]:
        with self._lock:
            newer = [change for change in self._changes.values() if change.seq > after]
        return sorted(newer, key=lambda change: change.seq)[: max(limit, 0)]

    def close(self) -> None:
        """Keep everything: the records live as long as the store's object."""

    def _expect(self, key: _Key, version: int) -> None:
        stored = self._stored.get(key)
        found = stored.record.version if stored else 0
        if found != version:
            raise VersionConflict(f"{'/'.join(key)} stands at version {found}, not {version}")

    def _note(self, key: _Key, version: int) -> None:
        self._seq += 1
        self._changes[key] = Change(self._seq, *key, version)

    def _sorted(self, query: Query) -> Sequence[_Stored]:
        column = paging.sort_column(query)
        found = [row for row in self._stored.values() if _matches(query, row.record)]
        found.sort(key=lambda row: (row.record.name, row.record.scope))
        found.sort(key=lambda row: getattr(row.record, column), reverse=query.descending)
        return found

    def _is_free(self, key: _Key, owner: str) -> bool:
        lease = self._leases.get(key)
        return lease is None or lease.owner == owner or lease.expires_at <= self._clock.now()

    def _lease(self, owner: str, lease_s: float) -> _Lease:
        return _Lease(owner, self._clock.now() + lease_s)


def _key(record: Record) -> _Key:
    return (record.kind, record.scope, record.name)


def _matches(query: Query, record: Record) -> bool:
    return (
        record.kind == query.kind
        and query.scope in (None, record.scope)
        and query.status in (None, record.status)
        and (query.queue is None or record.queue == query.queue)
        and (query.name_contains or "") in record.name
        and record.name.startswith(query.name_prefix or "")
        and _within(record.created_at, query.created_after, query.created_before)
        and _within(record.modified_at, query.modified_after, query.modified_before)
    )


def _within(value: float, lowest: float | None, highest: float | None) -> bool:
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _is_behind(query: Query, record: Record, position: paging.Position) -> bool:
    value, *tie = paging.position_of(query, record)
    if value == position.value:
        return tuple(tie) > (position.name, position.scope)
    ascending: bool = value > position.value  # type: ignore[operator]  # both are of the sort key's type
    return ascending != query.descending
