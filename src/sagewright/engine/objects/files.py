"""Objects as immutable files beside an index in SQLite.

<folder>/
├── index.sqlite3      buckets, objects, versions, uploads, parts; an object is there when its row is
└── blobs/<ab>/<id>    the bytes, under names of our own: a key is never a path

Bytes are written and synced first, then the row is committed, then bytes that nothing names any more are unlinked.
Whoever has them open keeps them. What a killed process left without a row is removed by `sweep`.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sagewright.engine.abc import (
    Assembly,
    Bucket,
    BucketExists,
    BucketNotEmpty,
    Clock,
    Damage,
    DamagedObject,
    Deletion,
    Guard,
    InvalidPart,
    Listing,
    NoSuchObject,
    ObjectInfo,
    Part,
    Upload,
    VersionListing,
)
from sagewright.engine.database import Database
from sagewright.engine.objects import index, versions
from sagewright.engine.objects.blobs import Blobs, md5_of, part_of, write
from sagewright.engine.objects.cloning import clone
from sagewright.engine.objects.rules import amended, check_parts, configured, joined_etag, verify_md5, with_texts
from sagewright.engine.objects.schema import MIGRATIONS
from sagewright.engine.objects.scrub import scrub

Texts = Mapping[str, str] | None


class FileObjectStore:
    """An `ObjectStore` for any number of processes on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._blobs = Blobs(folder / "blobs")
        self._database = Database(folder / "index.sqlite3", MIGRATIONS)
        self._clock = clock

    # Buckets ------------------------------------------------------------------------------------------------------

    def create_bucket(self, name: str, region: str, owner: str) -> Bucket:
        bucket = Bucket(name, region, owner, self._now())

        def work(connection: sqlite3.Connection) -> None:
            try:
                row = (name, region, owner, bucket.created_at, "{}", "{}")
                connection.execute("INSERT INTO bucket VALUES (?, ?, ?, ?, ?, ?)", row)
            except sqlite3.IntegrityError:
                raise BucketExists(name) from None

        self._database.write(work)
        return bucket

    def head_bucket(self, name: str) -> Bucket:
        return self._database.read(lambda connection: index.get_bucket(connection, name))

    def list_buckets(self) -> Sequence[Bucket]:
        sql = "SELECT * FROM bucket ORDER BY name"
        rows = self._database.read(lambda connection: connection.execute(sql).fetchall())
        return [index.as_bucket(row) for row in rows]

    def delete_bucket(self, name: str) -> None:
        def work(connection: sqlite3.Connection) -> Sequence[str]:
            index.get_bucket(connection, name)
            for table in ("object", "version"):
                if connection.execute(f"SELECT 1 FROM {table} WHERE bucket = ? LIMIT 1", (name,)).fetchone():  # noqa: S608
                    raise BucketNotEmpty(name)
            connection.execute("DELETE FROM bucket WHERE name = ?", (name,))
            uploads = connection.execute("SELECT id FROM upload WHERE bucket = ?", (name,)).fetchall()
            return [blob for (upload_id,) in uploads for blob in index.drop_upload(connection, upload_id)]

        self._blobs.unlink(self._database.write(work))

    def tag_bucket(self, name: str, tags: Mapping[str, str]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            index.get_bucket(connection, name)
            connection.execute("UPDATE bucket SET tags = ? WHERE name = ?", (json.dumps(dict(tags)), name))

        self._database.write(work)

    def configure_bucket(self, name: str, setting: str, value: Any) -> None:
        def work(connection: sqlite3.Connection) -> None:
            configuration = configured(index.get_bucket(connection, name).configuration, setting, value)
            connection.execute("UPDATE bucket SET configuration = ? WHERE name = ?", (json.dumps(configuration), name))

        self._database.write(work)

    # Objects ------------------------------------------------------------------------------------------------------

    def put(
        self,
        bucket: str,
        key: str,
        body: BinaryIO | bytes,
        *,
        headers: Texts = None,
        metadata: Texts = None,
        tags: Texts = None,
        guard: Guard | None = None,
        md5: bytes | None = None,
    ) -> ObjectInfo:
        self.head_bucket(bucket)
        with self._blobs.new() as (blob, file):
            size, digest = write(file, body)
            verify_md5(digest, md5)
            self._blobs.sync(blob, file)
            info = _facts(bucket, key, size, digest.hex(), self._now(), headers, metadata, tags)
            return self._lay(index.Entry(info, blob), guard)

    def put_file(self, bucket: str, key: str, path: Path, *, headers: Texts = None) -> ObjectInfo:
        with path.open("rb", buffering=0) as file:
            return self.put(bucket, key, cast("BinaryIO", file), headers=headers)

    def head(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectInfo:
        return self._find(bucket, key, version_id).info

    def open(
        self, bucket: str, key: str, start: int = 0, length: int | None = None, *, version_id: str | None = None
    ) -> tuple[ObjectInfo, BinaryIO]:
        entry, file = self._open(bucket, key, version_id)
        past_end = length is None or start + length >= entry.info.size
        return entry.info, part_of(file, start, None if past_end else length)

    def delete(self, bucket: str, key: str, *, version_id: str | None = None, guard: Guard | None = None) -> Deletion:
        def work(connection: sqlite3.Connection) -> tuple[Deletion, Sequence[str]]:
            place = index.get_bucket(connection, bucket)
            done, gone = versions.delete(connection, place, key, version_id, guard, self._now())
            return done, index.unnamed(connection, gone)

        done, gone = self._database.write(work)
        self._blobs.unlink(gone)
        return done

    def delete_many(
        self, bucket: str, items: Sequence[tuple[str, str | None, Guard | None]]
    ) -> Sequence[Deletion | Exception]:
        def work(connection: sqlite3.Connection) -> tuple[list[Deletion | Exception], Sequence[str]]:
            place, done, gone = index.get_bucket(connection, bucket), list[Deletion | Exception](), list[str]()
            for key, version_id, guard in items:
                try:
                    deletion, blobs = versions.delete(connection, place, key, version_id, guard, self._now())
                except sqlite3.Error:
                    raise
                except Exception as refusal:  # noqa: BLE001 - the guard's, before anything was written
                    done.append(refusal)
                else:
                    done.append(deletion)
                    gone += blobs
            return done, index.unnamed(connection, gone)

        done, gone = self._database.write(work)
        self._blobs.unlink(gone)
        return done

    def list(self, bucket: str, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000) -> Listing:
        def work(connection: sqlite3.Connection) -> Listing:
            index.get_bucket(connection, bucket)
            found = index.entries(connection, bucket, prefix, delimiter, after, limit)
            shown = [*islice(found, max(limit, 0))]
            more = bool(shown) and next(found, None) is not None
            return Listing(
                objects=[info for _, info in shown if info is not None],
                prefixes=[name for name, info in shown if info is None],
                next_after=shown[-1][0] if more else None,
            )

        return self._database.read(work)

    def list_versions(
        self,
        bucket: str,
        prefix: str = "",
        delimiter: str = "",
        after: tuple[str, str | None] = ("", None),
        limit: int = 1000,
    ) -> VersionListing:
        return self._database.snapshot(lambda c: versions.listing(c, bucket, prefix, delimiter, after, limit))

    def copy(
        self,
        source: tuple[str, str],
        target: tuple[str, str],
        *,
        version_id: str | None = None,
        headers: Texts = None,
        metadata: Texts = None,
        tags: Texts = None,
        guard: Guard | None = None,
    ) -> ObjectInfo:
        """Let two rows name one file: what is in it never changes."""
        self.head_bucket(target[0])
        while True:
            entry, stream = self._open(*source, version_id)
            with stream:
                # Of parts it has no MD5 of its own yet; a copy is one piece.
                etag = md5_of(stream) if "-" in entry.info.etag else entry.info.etag
            now = self._now()
            copied = replace(entry.info, bucket=target[0], key=target[1], etag=etag, modified_at=now, version_id=None)
            copied = with_texts(copied, headers, metadata, tags)
            try:
                return self._lay(index.Entry(copied, entry.blob), guard, shared=True)
            except _Overwritten:
                continue

    def tag(self, bucket: str, key: str, tags: Mapping[str, str], *, version_id: str | None = None) -> None:
        self._change(bucket, key, version_id, lambda info: replace(info, tags=dict(tags)))

    def amend(self, bucket: str, key: str, headers: Mapping[str, str], *, version_id: str | None = None) -> None:
        self._change(bucket, key, version_id, lambda info: replace(info, headers=amended(info.headers, headers)))

    def assembly(self, bucket: str, key: str, *, version_id: str | None = None) -> Assembly | None:
        return index.as_assembly(self._find(bucket, key, version_id).assembly)

    def materialise(self, bucket: str, key: str, path: Path) -> None:
        stream = self._open(bucket, key)[1]
        with stream, path.open("wb", buffering=0) as file:
            clone(stream, cast("BinaryIO", file))

    def lay_down(self, bucket: str, files: Sequence[tuple[str, Path]], *, shared: bool = False) -> Sequence[str]:
        self.head_bucket(bucket)
        missing: list[str] = []
        for begin in range(0, len(files), index.MOST_KEYS):
            page = files[begin : begin + index.MOST_KEYS]
            blobs = self._blobs_of(bucket, [key for key, _ in page])
            for key, path in page:
                if key not in blobs:
                    missing.append(key)
                elif not self._blobs.lay(*blobs[key], path, shared=shared):
                    missing += self._lay_again(bucket, key, path)
        return missing

    # Multipart uploads --------------------------------------------------------------------------------------------

    def start_upload(
        self, bucket: str, key: str, *, headers: Texts = None, metadata: Texts = None, tags: Texts = None
    ) -> Upload:
        upload = Upload(
            uuid.uuid4().hex, bucket, key, self._now(), dict(headers or {}), dict(metadata or {}), dict(tags or {})
        )

        def work(connection: sqlite3.Connection) -> None:
            index.get_bucket(connection, bucket)
            texts = (json.dumps(texts) for texts in (upload.headers, upload.metadata, upload.tags))
            row = (upload.upload_id, bucket, index.key_bytes(key), upload.started_at, *texts)
            connection.execute("INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?, ?)", row)

        self._database.write(work)
        return upload

    def put_part(
        self,
        upload_id: str,
        number: int,
        body: BinaryIO | bytes,
        *,
        md5: bytes | None = None,
        checksums: Texts = None,
    ) -> Part:
        self.get_upload(upload_id)
        with self._blobs.new() as (blob, file):
            size, digest = write(file, body)
            verify_md5(digest, md5)
            self._blobs.sync(blob, file)
            part = Part(number, size, digest.hex(), self._now(), dict(checksums or {}))
            gone = self._database.write(lambda connection: index.write_part(connection, upload_id, part, blob))
        self._blobs.unlink(gone)
        return part

    def get_upload(self, upload_id: str) -> Upload:
        return self._database.read(lambda connection: index.get_upload(connection, upload_id))

    def list_parts(self, upload_id: str) -> Sequence[Part]:
        def work(connection: sqlite3.Connection) -> Sequence[Part]:
            index.get_upload(connection, upload_id)
            return [part for part, _ in index.stored_parts(connection, upload_id)]

        return self._database.snapshot(work)

    def list_uploads(self, bucket: str) -> Sequence[Upload]:
        def work(connection: sqlite3.Connection) -> Sequence[Upload]:
            index.get_bucket(connection, bucket)
            sql = f"SELECT {index.UPLOAD} FROM upload WHERE bucket = ? ORDER BY key, started_at, id"  # noqa: S608
            return [index.as_upload(row) for row in connection.execute(sql, (bucket,)).fetchall()]

        return self._database.snapshot(work)

    def complete_upload(
        self,
        upload_id: str,
        parts: Sequence[tuple[int, str]],
        *,
        headers: Texts = None,
        guard: Guard | None = None,
    ) -> ObjectInfo:
        upload = self.get_upload(upload_id)
        stored = {
            part.number: (part, blob) for part, blob in self._database.read(lambda c: index.stored_parts(c, upload_id))
        }
        chosen = check_parts(parts, {number: part for number, (part, _) in stored.items()})
        with self._blobs.new() as (blob, file):
            self._join([stored[part.number] for part in chosen], upload_id, file)
            self._blobs.sync(blob, file)
            size, etag = sum(part.size for part in chosen), joined_etag(chosen)
            kept = upload.headers if headers is None else headers
            info = _facts(upload.bucket, upload.key, size, etag, self._now(), kept, upload.metadata, upload.tags)
            assembly = index.assembly_text(Assembly(upload_id, chosen))
            return self._lay(index.Entry(info, blob, assembly=assembly), guard, upload_id)

    def abort_upload(self, upload_id: str) -> None:
        def work(connection: sqlite3.Connection) -> Sequence[str]:
            index.get_upload(connection, upload_id)
            return index.drop_upload(connection, upload_id)

        self._blobs.unlink(self._database.write(work))

    # ----------------------------------------------------------------------------------------------------------------

    def verify(self, bucket: str | None = None) -> Iterator[Damage]:
        if bucket is not None:
            self.head_bucket(bucket)
        return scrub(self._database, self._blobs, bucket)

    def sweep(self, older_than_s: float = 3600.0) -> int:
        """Remove the bytes that no row names and that nobody can be writing any more; return how many files."""
        return sum(self.sweeping(older_than_s))

    def sweeping(self, older_than_s: float = 3600.0) -> Iterator[bool]:
        """Sweep file by file: yield for each one that is old enough whether it went."""
        for path in self._blobs.older_than(older_than_s, self._now()):
            named = self._database.read(lambda connection, path=path: index.is_named(connection, path.name))  # type: ignore[misc]
            if not named:
                path.unlink(missing_ok=True)
            yield not named

    def close(self) -> None:
        self._database.close()

    # ----------------------------------------------------------------------------------------------------------------

    def _find(self, bucket: str, key: str, version_id: str | None = None) -> index.Entry:
        return self._database.read(lambda connection: versions.find(connection, bucket, key, version_id))

    def _open(self, bucket: str, key: str, version_id: str | None = None) -> tuple[index.Entry, BinaryIO]:
        while True:
            entry = self._find(bucket, key, version_id)
            try:
                return entry, self._blobs.open(entry.blob, entry.info.size)
            except FileNotFoundError:  # overwritten or deleted since we looked
                if self._find(bucket, key, version_id).blob == entry.blob:
                    raise DamagedObject(f"`{self._blobs.path(entry.blob)}` is missing") from None

    def _lay(self, entry: index.Entry, guard: Guard | None, upload_id: str = "", *, shared: bool = False) -> ObjectInfo:
        """Make an entry the newest of its key, and end the upload it was made of."""

        def work(connection: sqlite3.Connection) -> tuple[ObjectInfo, Sequence[str]]:
            if shared and not index.is_named(connection, entry.blob):
                raise _Overwritten
            if upload_id:
                index.get_upload(connection, upload_id)  # somebody else may have completed or aborted it
            info, gone = versions.lay(connection, entry, guard)
            parts = index.drop_upload(connection, upload_id) if upload_id else ()
            return info, index.unnamed(connection, [*gone, *parts])

        info, gone = self._database.write(work)
        self._blobs.unlink(gone)
        return info

    def _change(
        self, bucket: str, key: str, version_id: str | None, change: Callable[[ObjectInfo], ObjectInfo]
    ) -> None:
        def work(connection: sqlite3.Connection) -> None:
            entry = versions.find(connection, bucket, key, version_id)
            versions.change(connection, entry, change(entry.info))

        self._database.write(work)

    def _join(self, pieces: Sequence[tuple[Part, str]], upload_id: str, file: BinaryIO) -> None:
        for part, blob in pieces:
            try:
                with self._blobs.open(blob, part.size) as piece:
                    clone(piece, file)
            except FileNotFoundError:
                self.get_upload(upload_id)  # somebody else may have completed or aborted it, or put the part again
                raise InvalidPart(f"part {part.number} is not there any more") from None

    def _blobs_of(self, bucket: str, keys: Sequence[str]) -> Mapping[str, tuple[str, int]]:
        return self._database.read(lambda connection: index.blobs_of(connection, bucket, keys))

    def _lay_again(self, bucket: str, key: str, path: Path) -> Sequence[str]:
        """Make a file of an object that was overwritten or deleted since it was looked up."""
        try:
            self.materialise(bucket, key, path)
        except NoSuchObject:
            return [key]
        return []

    def _now(self) -> float:
        return float(self._clock.now())


class _Overwritten(Exception):
    """What was to be copied has gone since it was looked up."""


def _facts(
    bucket: str,
    key: str,
    size: int,
    etag: str,
    modified_at: float,
    headers: Texts,
    metadata: Texts,
    tags: Texts,
) -> ObjectInfo:
    return ObjectInfo(bucket, key, size, etag, modified_at, dict(headers or {}), dict(metadata or {}), dict(tags or {}))
