"""Reading every byte of the file object store, to find what the disk has lost or changed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import BinaryIO

from sagewright.engine.abc import Damage, DamagedObject
from sagewright.engine.database import Database
from sagewright.engine.objects import index
from sagewright.engine.objects.blobs import Blobs, md5_of

_ROWS = 500
_Place = tuple[str, bytes, int]


def scrub(database: Database, blobs: Blobs, bucket: str | None) -> Iterator[Damage]:
    """Yield what is damaged, of one bucket or of all. What is overwritten meanwhile is passed over."""
    for table in ("object", "version"):
        after: _Place = ("", b"", -(1 << 63))
        while entries := database.read(lambda c, table=table, after=after: _page(c, table, bucket, after)):  # type: ignore[misc]
            for entry in entries:
                why = _complaint(blobs, entry)
                if why and database.read(lambda c, entry=entry: index.is_named(c, entry.blob)):  # type: ignore[misc]
                    yield Damage(entry.info.bucket, entry.info.key, entry.info.version_id, why)
            last = entries[-1]
            after = (last.info.bucket, index.key_bytes(last.info.key), last.rank)


def _page(connection: sqlite3.Connection, table: str, bucket: str | None, after: _Place) -> list[index.Entry]:
    sql = f"""
        SELECT {index.FACTS}, blob, rank, assembly FROM {table}
        WHERE (bucket, key, rank) > (?, ?, ?) AND (?4 IS NULL OR bucket = ?4) AND blob <> ''
        ORDER BY bucket, key, rank LIMIT {_ROWS}
    """  # noqa: S608
    rows = connection.execute(sql, (*after, bucket)).fetchall()
    return [index.Entry(index.as_info(row), row[9], row[10], assembly=row[11]) for row in rows]


def _complaint(blobs: Blobs, entry: index.Entry) -> str | None:
    try:
        with blobs.open(entry.blob, entry.info.size) as file:
            found = _etag(file, entry)
    except FileNotFoundError:
        return f"`{blobs.path(entry.blob)}` is missing"
    except (DamagedObject, OSError) as error:
        return str(error)
    return None if found == entry.info.etag else f"`{blobs.path(entry.blob)}` has other bytes than were put"


def _etag(file: BinaryIO, entry: index.Entry) -> str:
    """Return the etag that a file's bytes should have; what cannot be told is taken to be right."""
    assembly = index.as_assembly(entry.assembly)
    if assembly is None:
        return md5_of(file) if "-" not in entry.info.etag else entry.info.etag
    digests = b"".join(bytes.fromhex(md5_of(file, part.size) if part.size else _EMPTY) for part in assembly.parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(assembly.parts)}"


_EMPTY = hashlib.md5(b"", usedforsecurity=False).hexdigest()
