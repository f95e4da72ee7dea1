"""The index of the file object store: its rows, and listings of what plain readers see.

Functions take a connection and run in their caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sagewright.engine.abc import Assembly, Bucket, NoSuchBucket, NoSuchUpload, ObjectInfo, Part, Upload
from sagewright.engine.objects.rules import is_common_prefix, rolled_prefix

_ROWS = 1000  # of a listing, read at once
MOST_KEYS = 500  # in one query
FACTS = "bucket, key, size, etag, modified_at, headers, metadata, tags, version"
UPLOAD = "id, bucket, key, started_at, headers, metadata, tags"


@dataclass(frozen=True)
class Entry:
    """An object, a version or a delete marker as the index has it.

    Attributes:
        blob: The file of its bytes; empty for a delete marker.
        rank: Its place among the versions of its key, the newest first.
        is_current: It is what plain readers see.
        assembly: The parts it was made of, as JSON; empty: it was put in one piece.
    """

    info: ObjectInfo
    blob: str
    rank: int = 0
    is_current: bool = True
    assembly: str = ""


def key_bytes(key: str) -> bytes:
    return key.encode(errors="surrogatepass")


def key_text(key: bytes) -> str:
    return key.decode(errors="surrogatepass")


def get_bucket(connection: sqlite3.Connection, name: str) -> Bucket:
    row = connection.execute("SELECT * FROM bucket WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise NoSuchBucket(name)
    return as_bucket(row)


def as_bucket(row: Sequence[Any]) -> Bucket:
    """Return the bucket of a row of all columns."""
    name, region, owner, created_at, tags, configuration = row
    return Bucket(name, region, owner, created_at, _load(tags), _load(configuration))


def find_object(connection: sqlite3.Connection, bucket: str, key: str) -> Entry | None:
    """Return what plain readers see under a key."""
    sql = f"SELECT {FACTS}, blob, rank, assembly FROM object WHERE bucket = ? AND key = ?"  # noqa: S608
    row = connection.execute(sql, (bucket, key_bytes(key))).fetchone()
    return Entry(as_info(row), row[9], row[10], True, row[11]) if row else None


def blobs_of(connection: sqlite3.Connection, bucket: str, keys: Sequence[str]) -> Mapping[str, tuple[str, int]]:
    """Return key -> blob and size of those of at most `MOST_KEYS` keys that have an object."""
    marks = ",".join("?" * len(keys))
    sql = f"SELECT key, blob, size FROM object WHERE bucket = ? AND key IN ({marks})"  # noqa: S608
    rows = connection.execute(sql, (bucket, *(key_bytes(key) for key in keys)))
    return {key_text(key): (blob, size) for key, blob, size in rows}


def as_info(row: Sequence[Any], is_marker: bool = False) -> ObjectInfo:
    """Return the facts of a row of `FACTS`."""
    bucket, key, size, etag, modified_at, headers, metadata, tags, version = row[:9]
    texts = (_load(headers), _load(metadata), _load(tags))
    return ObjectInfo(bucket, key_text(key), size, etag, modified_at, *texts, version or None, is_marker)


def _load(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = {} if text == "{}" else json.loads(text)  # most are empty, and listings have many
    return loaded


def as_row(entry: Entry) -> tuple[Any, ...]:
    """Return the columns of table `object`."""
    info = entry.info
    texts = (json.dumps(texts) for texts in (info.headers, info.metadata, info.tags))
    facts = (info.bucket, key_bytes(info.key), info.size, info.etag, info.modified_at, *texts)
    return (*facts, entry.blob, info.version_id or "", entry.rank, entry.assembly)


def write_object(connection: sqlite3.Connection, entry: Entry) -> None:
    """Let plain readers see an entry."""
    connection.execute(f"INSERT OR REPLACE INTO object VALUES ({','.join('?' * 12)})", as_row(entry))  # noqa: S608


def is_named(connection: sqlite3.Connection, blob: str) -> bool:
    """Tell whether some row names a file of bytes."""
    sql = """
        SELECT 1 FROM object WHERE blob = ?1 UNION ALL SELECT 1 FROM version WHERE blob = ?1 AND blob <> ''
        UNION ALL SELECT 1 FROM part WHERE blob = ?1 LIMIT 1
    """
    return connection.execute(sql, (blob,)).fetchone() is not None


def unnamed(connection: sqlite3.Connection, blobs: Sequence[str]) -> Sequence[str]:
    """Return those of some files that no row names any more. Copies share files."""
    return [blob for blob in blobs if blob and not is_named(connection, blob)]


# Uploads --------------------------------------------------------------------------------------------------------------


def get_upload(connection: sqlite3.Connection, upload_id: str) -> Upload:
    sql = f"SELECT {UPLOAD} FROM upload WHERE id = ?"  # noqa: S608
    row = connection.execute(sql, (upload_id,)).fetchone()
    if row is None:
        raise NoSuchUpload(upload_id)
    return as_upload(row)


def as_upload(row: Sequence[Any]) -> Upload:
    upload_id, bucket, key, started_at, *texts = row
    return Upload(upload_id, bucket, key_text(key), started_at, *(json.loads(text) for text in texts))


def write_part(connection: sqlite3.Connection, upload_id: str, part: Part, blob: str) -> Sequence[str]:
    """Keep a part's row; return the file of the one it replaces."""
    get_upload(connection, upload_id)
    sql = "SELECT blob FROM part WHERE upload_id = ? AND number = ?"
    old = connection.execute(sql, (upload_id, part.number)).fetchall()
    row = (upload_id, part.number, part.size, part.etag, part.modified_at, blob, json.dumps(dict(part.checksums)))
    connection.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return [name for (name,) in old]


def stored_parts(connection: sqlite3.Connection, upload_id: str) -> Sequence[tuple[Part, str]]:
    sql = "SELECT number, size, etag, modified_at, checksums, blob FROM part WHERE upload_id = ? ORDER BY number"
    rows = connection.execute(sql, (upload_id,)).fetchall()
    return [
        (Part(number, size, etag, modified_at, json.loads(checksums)), blob)
        for number, size, etag, modified_at, checksums, blob in rows
    ]


def drop_upload(connection: sqlite3.Connection, upload_id: str) -> Sequence[str]:
    """Forget an upload; return the blobs of its parts."""
    blobs = [blob for _, blob in stored_parts(connection, upload_id)]
    connection.execute("DELETE FROM part WHERE upload_id = ?", (upload_id,))
    connection.execute("DELETE FROM upload WHERE id = ?", (upload_id,))
    return blobs


def assembly_text(assembly: Assembly) -> str:
    return json.dumps(asdict(assembly))


def as_assembly(text: str) -> Assembly | None:
    if not text:
        return None
    loaded = json.loads(text)
    return Assembly(loaded["upload_id"], tuple(Part(**part) for part in loaded["parts"]))


# Listings -------------------------------------------------------------------------------------------------------------


def entries(
    connection: sqlite3.Connection, bucket: str, prefix: str, delimiter: str, after: str, limit: int
) -> Iterator[tuple[str, ObjectInfo | None]]:
    """Yield what a listing shows, in order: a key and its object, or a common prefix and None."""
    # No UTF-8 text holds the byte 0xff: `prefix + 0xff` stands behind everything that begins with the prefix.
    behind = key_bytes(prefix) + b"\xff"
    bound = key_bytes(after) + (b"\xff" if is_common_prefix(after, prefix, delimiter) else b"")
    sql = f"""
        SELECT {FACTS} FROM object
        WHERE bucket = ? AND key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?
    """  # noqa: S608
    rows_wanted = min(max(limit, 0) + 1, _ROWS)
    while True:
        rows = connection.execute(sql, (bucket, key_bytes(prefix), bound, behind, rows_wanted)).fetchall()
        rolled = b""
        for row in rows:
            if rolled and row[1].startswith(rolled):
                continue
            info = as_info(row)
            common = rolled_prefix(info.key, prefix, delimiter)
            rolled = key_bytes(common) if common else b""
            yield (common, None) if common else (info.key, info)
        if len(rows) < rows_wanted:
            return
        last: bytes = rows[-1][1]
        bound = rolled + b"\xff" if rolled and last.startswith(rolled) else last
