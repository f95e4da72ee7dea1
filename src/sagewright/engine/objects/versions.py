"""Versions in the index of the file object store.

What holds between transactions: `object` has a row for a key exactly if the newest version of the key is no delete
marker, and that row is the newest version. Functions take a connection and run in their caller's transaction; those
that remove something return the files that they no longer name.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import (
    Bucket,
    Deletion,
    Guard,
    IsDeleteMarker,
    NoSuchObject,
    NoSuchVersion,
    ObjectInfo,
    VersionListing,
)
from sagewright.engine.objects.index import (
    FACTS,
    Entry,
    as_info,
    as_row,
    find_object,
    get_bucket,
    key_bytes,
    write_object,
)
from sagewright.engine.objects.rules import (
    NULL,
    has_versions,
    is_common_prefix,
    keeps_versions,
    new_version_id,
    rank_at,
    rank_of,
    rolled_prefix,
)

_ROWS = 1000
_COLUMNS = f"{FACTS}, blob, rank, assembly, marker"
_FIRST_RANK = -(1 << 63)


def find(connection: sqlite3.Connection, bucket: str, key: str, version_id: str | None) -> Entry:
    """Return what a reader gets.

    Raises:
        IsDeleteMarker: The version, or the newest where none is named, is a delete marker.
        NoSuchVersion, NoSuchObject, NoSuchBucket: As they say.
    """
    current = find_object(connection, bucket, key)
    if version_id is None:
        if current is not None:
            return current
        newest = (
            _newest(connection, bucket, key) if has_versions(get_bucket(connection, bucket).configuration) else None
        )
        raise NoSuchObject(key) if newest is None else IsDeleteMarker(newest.info)
    found = _find_version(connection, bucket, key, version_id, current)
    if found is None:
        get_bucket(connection, bucket)
        raise NoSuchVersion(version_id)
    if found.info.is_marker:
        raise IsDeleteMarker(found.info)
    return found


def lay(connection: sqlite3.Connection, entry: Entry, guard: Guard | None) -> tuple[ObjectInfo, Sequence[str]]:
    """Make an entry the newest of its key; return its facts, with its version id."""
    info = entry.info
    bucket = get_bucket(connection, info.bucket)
    current = find_object(connection, info.bucket, info.key)
    if guard is not None:
        guard(current.info if current else None)
    gone = _make_way(connection, bucket, info.key, current)
    placed = _placed(connection, bucket, entry, current)
    write_object(connection, placed)
    return placed.info, gone


def delete(
    connection: sqlite3.Connection, bucket: Bucket, key: str, version_id: str | None, guard: Guard | None, now: float
) -> tuple[Deletion, Sequence[str]]:
    """Remove what is asked for, or lay a delete marker over it."""
    current = find_object(connection, bucket.name, key)
    if version_id is not None:
        return _delete_version(connection, bucket.name, key, version_id, guard, current)
    if guard is not None:
        guard(current.info if current else None)
    if not has_versions(bucket.configuration):
        if current is None:
            return Deletion(existed=False), ()
        _delete_current(connection, current)
        return Deletion(existed=True), (current.blob,)
    gone = _make_way(connection, bucket, key, current)
    marker = Entry(ObjectInfo(bucket.name, key, 0, "", now, is_marker=True), "")
    placed = _placed(connection, bucket, marker, current)
    _write_version(connection, placed)
    return Deletion(current is not None, placed.info.version_id, is_marker=True), gone


def change(connection: sqlite3.Connection, entry: Entry, changed: ObjectInfo) -> None:
    """Replace the facts of an entry where it stands."""
    if entry.is_current:
        write_object(connection, replace(entry, info=changed))
    else:
        _write_version(connection, replace(entry, info=changed))


def listing(
    connection: sqlite3.Connection,
    bucket: str,
    prefix: str,
    delimiter: str,
    after: tuple[str, str | None],
    limit: int,
) -> VersionListing:
    get_bucket(connection, bucket)
    found = _shown(connection, bucket, prefix, delimiter, after, limit)
    shown = [*itertools.islice(found, max(limit, 0))]
    more = bool(shown) and next(found, None) is not None
    last_name, last_info = shown[-1] if shown else ("", None)
    newest = {info.key: info for _, info in reversed(shown) if info is not None}
    cut = _is_older(connection, bucket, shown[0][1]) if shown and shown[0][1] is not None else False
    first = shown[0][1] if shown else None
    return VersionListing(
        versions=[
            (info, newest[info.key] is info and not (cut and first is info)) for _, info in shown if info is not None
        ],
        prefixes=[name for name, info in shown if info is None],
        next_after=None if not more else (last_name, (last_info.version_id or NULL) if last_info else None),
    )


# ----------------------------------------------------------------------------------------------------------------------


def _make_way(connection: sqlite3.Connection, bucket: Bucket, key: str, current: Entry | None) -> Sequence[str]:
    """Take away what plain readers see under a key, keeping it where the bucket says so."""
    if current is not None:
        if _stays(bucket, current):
            _write_version(connection, replace(current, is_current=False))
        _delete_current(connection, current)
        if not _stays(bucket, current):
            return [current.blob]
    if bucket.configuration.get("versioning") != "Suspended":
        return []
    null = _find_version(connection, bucket.name, key, NULL, None)
    return _drop(connection, null) if null else []


def _stays(bucket: Bucket, current: Entry) -> bool:
    kept = keeps_versions(bucket.configuration)
    return kept or (has_versions(bucket.configuration) and current.info.version_id is not None)


def _placed(connection: sqlite3.Connection, bucket: Bucket, entry: Entry, current: Entry | None) -> Entry:
    """Return an entry with the rank, and where its bucket keeps versions the id, of the newest of its key."""
    newest = current.rank if current else None
    if current is None and has_versions(bucket.configuration):
        older = _newest(connection, bucket.name, entry.info.key)
        newest = older.rank if older else None
    rank = rank_at(entry.info.modified_at, newest)
    version_id = new_version_id(rank) if keeps_versions(bucket.configuration) else None
    return replace(entry, rank=rank, info=replace(entry.info, version_id=version_id))


def _delete_version(
    connection: sqlite3.Connection,
    bucket: str,
    key: str,
    version_id: str,
    guard: Guard | None,
    current: Entry | None,
) -> tuple[Deletion, Sequence[str]]:
    found = _find_version(connection, bucket, key, version_id, current)
    if guard is not None:
        guard(found.info if found else None)
    if found is None:
        return Deletion(existed=False, version_id=version_id), ()
    gone = _drop(connection, found)
    _promote(connection, bucket, key)
    return Deletion(existed=True, version_id=version_id, is_marker=found.info.is_marker), gone


def _promote(connection: sqlite3.Connection, bucket: str, key: str) -> None:
    """Let plain readers see the newest version of a key, unless they see one or it is a delete marker."""
    if find_object(connection, bucket, key) is not None:
        return
    newest = _newest(connection, bucket, key)
    if newest is not None and not newest.info.is_marker:
        _drop(connection, newest)
        write_object(connection, replace(newest, is_current=True))


def _drop(connection: sqlite3.Connection, entry: Entry) -> Sequence[str]:
    if entry.is_current:
        _delete_current(connection, entry)
    else:
        where = (entry.info.bucket, key_bytes(entry.info.key), entry.rank)
        connection.execute("DELETE FROM version WHERE bucket = ? AND key = ? AND rank = ?", where)
    return [entry.blob]


def _delete_current(connection: sqlite3.Connection, entry: Entry) -> None:
    where = (entry.info.bucket, key_bytes(entry.info.key))
    connection.execute("DELETE FROM object WHERE bucket = ? AND key = ?", where)


def _write_version(connection: sqlite3.Connection, entry: Entry) -> None:
    row = (*as_row(entry), int(entry.info.is_marker))
    connection.execute(f"INSERT OR REPLACE INTO version VALUES ({','.join('?' * 13)})", row)  # noqa: S608


def _find_version(
    connection: sqlite3.Connection, bucket: str, key: str, version_id: str, current: Entry | None
) -> Entry | None:
    if current is not None and (current.info.version_id or NULL) == version_id:
        return current
    sql = f"SELECT {_COLUMNS} FROM version WHERE bucket = ? AND key = ? AND version = ?"  # noqa: S608
    wanted = "" if version_id == NULL else version_id
    return _entry(connection.execute(sql, (bucket, key_bytes(key), wanted)).fetchone())


def _newest(connection: sqlite3.Connection, bucket: str, key: str) -> Entry | None:
    """Return the newest of what plain readers do not see."""
    sql = f"SELECT {_COLUMNS} FROM version WHERE bucket = ? AND key = ? ORDER BY rank LIMIT 1"  # noqa: S608
    return _entry(connection.execute(sql, (bucket, key_bytes(key))).fetchone())


def _entry(row: Sequence[Any] | None) -> Entry | None:
    if row is None:
        return None
    return Entry(as_info(row, bool(row[12])), row[9], row[10], is_current=False, assembly=row[11])


def _is_older(connection: sqlite3.Connection, bucket: str, info: ObjectInfo) -> bool:
    """Tell whether a key has a newer version than this one, which may stand on an earlier page."""
    current = find_object(connection, bucket, info.key)
    newest = current or _newest(connection, bucket, info.key)
    return newest is not None and newest.info.version_id != info.version_id


def _shown(
    connection: sqlite3.Connection,
    bucket: str,
    prefix: str,
    delimiter: str,
    after: tuple[str, str | None],
    limit: int,
) -> Iterator[tuple[str, ObjectInfo | None]]:
    """Yield what a listing shows, in order: a key and one of its versions, or a common prefix and None."""
    behind = key_bytes(prefix) + b"\xff"
    bound = _bound(connection, bucket, prefix, delimiter, after)
    where = "bucket = ?1 AND key >= ?2 AND key < ?3 AND key >= ?4 AND (key, rank) > (?4, ?5)"
    sql = f"""
        SELECT {FACTS}, rank, 0 FROM object WHERE {where}
        UNION ALL SELECT {FACTS}, rank, marker FROM version WHERE {where}
        ORDER BY 2, 10 LIMIT ?6
    """  # noqa: S608
    rows_wanted = min(max(limit, 0) + 1, _ROWS)
    while True:
        rows = connection.execute(sql, (bucket, key_bytes(prefix), behind, *bound, rows_wanted)).fetchall()
        rolled = b""
        for row in rows:
            if rolled and row[1].startswith(rolled):
                continue
            info = as_info(row, bool(row[10]))
            common = rolled_prefix(info.key, prefix, delimiter)
            rolled = key_bytes(common) if common else b""
            yield (common, None) if common else (info.key, info)
        if len(rows) < rows_wanted:
            return
        last = rows[-1]
        bound = (rolled + b"\xff", _FIRST_RANK) if rolled and last[1].startswith(rolled) else (last[1], last[9])


def _bound(
    connection: sqlite3.Connection, bucket: str, prefix: str, delimiter: str, after: tuple[str, str | None]
) -> tuple[bytes, int]:
    """Return the key and the rank behind which a page begins."""
    key, version_id = after
    if version_id is None:
        rolled = b"\xff" if is_common_prefix(key, prefix, delimiter) else b""
        return key_bytes(key) + rolled, -_FIRST_RANK - 1
    current = find_object(connection, bucket, key)
    found = _find_version(connection, bucket, key, version_id, current)
    if found is not None:
        return key_bytes(key), found.rank
    rank = rank_of(version_id)  # the version may have gone since
    return key_bytes(key), _FIRST_RANK if rank is None else rank
