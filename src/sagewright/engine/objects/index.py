"""The index of the file object store: its schema and its rows.

Functions take a connection and run in their caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Bucket, NoSuchBucket, NoSuchUpload, ObjectInfo, Part, Upload
from sagewright.engine.objects.rules import is_common_prefix, rolled_prefix

_ROWS = 1000  # of a listing, read at once
MOST_KEYS = 500  # in one query
OBJECT = "bucket, key, size, etag, modified_at, headers, metadata, tags"
UPLOAD = "id, bucket, key, started_at, headers, metadata, tags"

MIGRATIONS = (
    (
        """
        CREATE TABLE bucket (
            name TEXT PRIMARY KEY, region TEXT NOT NULL, owner TEXT NOT NULL, created_at REAL NOT NULL,
            tags TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # Keys are UTF-8 bytes: their order is S3's.
        """
        CREATE TABLE object (
            bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            modified_at REAL NOT NULL, headers TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL,
            blob TEXT NOT NULL, PRIMARY KEY (bucket, key)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX object_blob ON object (blob)",
        """
        CREATE TABLE upload (
            id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, started_at REAL NOT NULL,
            headers TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE part (
            upload_id TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            modified_at REAL NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (upload_id, number)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX part_blob ON part (blob)",
    ),
    ("ALTER TABLE bucket ADD COLUMN configuration TEXT NOT NULL DEFAULT '{}'",),
)


def key_bytes(key: str) -> bytes:
    return key.encode(errors="surrogatepass")


def _key_text(key: bytes) -> str:
    return key.decode(errors="surrogatepass")


def get_bucket(connection: sqlite3.Connection, name: str) -> Bucket:
    row = connection.execute("SELECT * FROM bucket WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise NoSuchBucket(name)
    return as_bucket(row)


def as_bucket(row: Sequence[Any]) -> Bucket:
    """Return the bucket of a row of all columns."""
    name, region, owner, created_at, tags, configuration = row
    return Bucket(name, region, owner, created_at, json.loads(tags), json.loads(configuration))


def find_object(connection: sqlite3.Connection, bucket: str, key: str) -> tuple[ObjectInfo, str] | None:
    sql = f"SELECT {OBJECT}, blob FROM object WHERE bucket = ? AND key = ?"  # noqa: S608
    row = connection.execute(sql, (bucket, key_bytes(key))).fetchone()
    return (_info(row), row[8]) if row else None


def blobs_of(connection: sqlite3.Connection, bucket: str, keys: Sequence[str]) -> Mapping[str, str]:
    """Return key -> blob of those of at most `MOST_KEYS` keys that have an object."""
    marks = ",".join("?" * len(keys))
    sql = f"SELECT key, blob FROM object WHERE bucket = ? AND key IN ({marks})"  # noqa: S608
    rows = connection.execute(sql, (bucket, *(key_bytes(key) for key in keys)))
    return {_key_text(key): blob for key, blob in rows}


def _info(row: Sequence[Any]) -> ObjectInfo:
    bucket, key, size, etag, modified_at, *texts = row[:8]
    return ObjectInfo(bucket, _key_text(key), size, etag, modified_at, *(json.loads(text) for text in texts))


def replace_object(connection: sqlite3.Connection, info: ObjectInfo, blob: str) -> Sequence[str]:
    get_bucket(connection, info.bucket)
    return keep_object(connection, info, blob, find_object(connection, info.bucket, info.key))


def keep_object(
    connection: sqlite3.Connection, info: ObjectInfo, blob: str, present: tuple[ObjectInfo, str] | None
) -> Sequence[str]:
    """Write an object's row; return the blobs that nothing names any more."""
    texts = (json.dumps(texts) for texts in (info.headers, info.metadata, info.tags))
    row = (info.bucket, key_bytes(info.key), info.size, info.etag, info.modified_at, *texts, blob)
    connection.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return [present[1]] if present else []


def get_upload(connection: sqlite3.Connection, upload_id: str) -> Upload:
    sql = f"SELECT {UPLOAD} FROM upload WHERE id = ?"  # noqa: S608
    row = connection.execute(sql, (upload_id,)).fetchone()
    if row is None:
        raise NoSuchUpload(upload_id)
    return as_upload(row)


def as_upload(row: Sequence[Any]) -> Upload:
    upload_id, bucket, key, started_at, *texts = row
    return Upload(upload_id, bucket, _key_text(key), started_at, *(json.loads(text) for text in texts))


def stored_parts(connection: sqlite3.Connection, upload_id: str) -> Sequence[tuple[Part, str]]:
    sql = "SELECT number, size, etag, modified_at, blob FROM part WHERE upload_id = ? ORDER BY number"
    return [(Part(*row[:4]), row[4]) for row in connection.execute(sql, (upload_id,)).fetchall()]


def drop_upload(connection: sqlite3.Connection, upload_id: str) -> Sequence[str]:
    """Forget an upload; return the blobs of its parts."""
    blobs = [blob for _, blob in stored_parts(connection, upload_id)]
    connection.execute("DELETE FROM part WHERE upload_id = ?", (upload_id,))
    connection.execute("DELETE FROM upload WHERE id = ?", (upload_id,))
    return blobs


def entries(
    connection: sqlite3.Connection, bucket: str, prefix: str, delimiter: str, after: str, limit: int
) -> Iterator[tuple[str, ObjectInfo | None]]:
    """Yield what a listing shows, in order: a key and its object, or a common prefix and None."""
    # No UTF-8 text holds the byte 0xff: `prefix + 0xff` stands behind everything that begins with the prefix.
    behind = key_bytes(prefix) + b"\xff"
    bound = key_bytes(after) + (b"\xff" if is_common_prefix(after, prefix, delimiter) else b"")
    sql = f"""
        SELECT {OBJECT} FROM object
        WHERE bucket = ? AND key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?
    """  # noqa: S608
    rows_wanted = min(max(limit, 0) + 1, _ROWS)
    while True:
        rows = connection.execute(sql, (bucket, key_bytes(prefix), bound, behind, rows_wanted)).fetchall()
        rolled = b""
        for row in rows:
            if rolled and row[1].startswith(rolled):
                continue
            info = _info(row)
            common = rolled_prefix(info.key, prefix, delimiter)
            rolled = key_bytes(common) if common else b""
            yield (common, None) if common else (info.key, info)
        if len(rows) < rows_wanted:
            return
        last: bytes = rows[-1][1]
        bound = rolled + b"\xff" if rolled and last.startswith(rolled) else last
