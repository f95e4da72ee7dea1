"""Objects as immutable files beside an index in SQLite.

<folder>/
├── index.sqlite3      buckets, objects, uploads, parts; an object is there when its row is
└── blobs/<ab>/<id>    the bytes, under names of our own: a key is never a path

Bytes are written and synced first, then the row is committed, then bytes that nothing names any more are unlinked.
Whoever has them open keeps them. What a killed process left without a row is removed by `sweep`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import json
import os
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from sagewright.engine.abc import (
    Bucket,
    BucketExists,
    BucketNotEmpty,
    Clock,
    Listing,
    NoSuchObject,
    ObjectInfo,
    Part,
    Upload,
)
from sagewright.engine.database import Database
from sagewright.engine.objects import index
from sagewright.engine.objects.cloning import clone, link
from sagewright.engine.objects.rules import (
    check_conditions,
    check_parts,
    configured,
    joined_etag,
    verify_md5,
)

_PIECE = 1 << 20
Texts = Mapping[str, str] | None


class FileObjectStore:
    """An `ObjectStore` for any number of processes on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._blobs = folder / "blobs"
        self._blobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._database = Database(folder / "index.sqlite3", index.MIGRATIONS)
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
            if connection.execute("SELECT 1 FROM object WHERE bucket = ? LIMIT 1", (name,)).fetchone():
                raise BucketNotEmpty(name)
            connection.execute("DELETE FROM bucket WHERE name = ?", (name,))
            uploads = connection.execute("SELECT id FROM upload WHERE bucket = ?", (name,)).fetchall()
            return [blob for (upload_id,) in uploads for blob in index.drop_upload(connection, upload_id)]

        self._unlink(self._database.write(work))

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
        if_absent: bool = False,
        if_etag: str | None = None,
        md5: bytes | None = None,
    ) -> ObjectInfo:
        self.head_bucket(bucket)
        with self._new_blob() as (blob, file):
            size, digest = _write(file, body)
            verify_md5(digest, md5)
            _sync(file, self._path(blob).parent)
            info = _facts(bucket, key, size, digest.hex(), self._now(), headers, metadata, tags)

            def work(connection: sqlite3.Connection) -> Sequence[str]:
                index.get_bucket(connection, bucket)
                present = index.find_object(connection, bucket, key)
                check_conditions(key, present[0] if present else None, if_absent, if_etag)
                return index.keep_object(connection, info, blob, present)

            gone = self._database.write(work)
        self._unlink(gone)
        return info

    def put_file(self, bucket: str, key: str, path: Path, *, headers: Texts = None) -> ObjectInfo:
        with path.open("rb", buffering=0) as file:
            return self.put(bucket, key, cast("BinaryIO", file), headers=headers)

    def head(self, bucket: str, key: str) -> ObjectInfo:
        return self._get(bucket, key)[0]

    def open(self, bucket: str, key: str, start: int = 0, length: int | None = None) -> tuple[ObjectInfo, BinaryIO]:
        info, file = self._open(bucket, key)
        file.seek(start)
        if length is None or start + length >= info.size:
            return info, file
        return info, cast("BinaryIO", io.BufferedReader(_Slice(file, length), _PIECE))

    def delete(self, bucket: str, key: str) -> bool:
        def work(connection: sqlite3.Connection) -> Sequence[str] | None:
            index.get_bucket(connection, bucket)
            present = index.find_object(connection, bucket, key)
            if present is None:
                return None
            connection.execute("DELETE FROM object WHERE bucket = ? AND key = ?", (bucket, index.key_bytes(key)))
            return [present[1]]

        gone = self._database.write(work)
        self._unlink(gone or ())
        return gone is not None

    def list(self, bucket: str, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000) -> Listing:
        def work(connection: sqlite3.Connection) -> Listing:
            index.get_bucket(connection, bucket)
            found = index.entries(connection, bucket, prefix, delimiter, after, limit)
            shown = [*itertools.islice(found, max(limit, 0))]
            more = bool(shown) and next(found, None) is not None
            return Listing(
                objects=[info for _, info in shown if info is not None],
                prefixes=[name for name, info in shown if info is None],
                next_after=shown[-1][0] if more else None,
            )

        return self._database.read(work)

    def copy(
        self,
        source: tuple[str, str],
        target: tuple[str, str],
        *,
        headers: Texts = None,
        metadata: Texts = None,
        tags: Texts = None,
    ) -> ObjectInfo:
        self.head_bucket(target[0])
        info, stream = self._open(*source)
        with stream, self._new_blob() as (blob, file):
            etag = info.etag
            if "-" in etag:  # of parts; a copy is one piece
                etag = _write(file, stream)[1].hex()
            else:
                clone(stream, file)
            _sync(file, self._path(blob).parent)
            copied = _facts(
                *target,
                info.size,
                etag,
                self._now(),
                info.headers if headers is None else headers,
                info.metadata if metadata is None else metadata,
                info.tags if tags is None else tags,
            )
            gone = self._database.write(lambda connection: index.replace_object(connection, copied, blob))
        self._unlink(gone)
        return copied

    def tag(self, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            index.get_bucket(connection, bucket)
            values = (json.dumps(dict(tags)), bucket, index.key_bytes(key))
            if not connection.execute("UPDATE object SET tags = ? WHERE bucket = ? AND key = ?", values).rowcount:
                raise NoSuchObject(key)

        self._database.write(work)

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
                elif not self._lay_blob(blobs[key], path, shared=shared):
                    missing += self._lay_again(bucket, key, path)
        return missing

    def _blobs_of(self, bucket: str, keys: Sequence[str]) -> Mapping[str, str]:
        return self._database.read(lambda connection: index.blobs_of(connection, bucket, keys))

    def _lay_blob(self, blob: str, path: Path, *, shared: bool) -> bool:
        """Make a file of a blob; False: the blob has gone."""
        path.unlink(missing_ok=True)  # it may be a link to another blob, which must not be written to
        if shared and link(self._path(blob), path):
            return True
        try:
            stream = self._path(blob).open("rb")
        except FileNotFoundError:
            return False
        with stream, path.open("xb", buffering=0) as file:
            clone(stream, cast("BinaryIO", file))
        return True

    def _lay_again(self, bucket: str, key: str, path: Path) -> Sequence[str]:
        """Make a file of an object that was overwritten or deleted since it was looked up."""
        try:
            self.materialise(bucket, key, path)
        except NoSuchObject:
            return [key]
        return []

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

    def put_part(self, upload_id: str, number: int, body: BinaryIO | bytes, *, md5: bytes | None = None) -> Part:
        self.get_upload(upload_id)
        with self._new_blob() as (blob, file):
            size, digest = _write(file, body)
            verify_md5(digest, md5)
            _sync(file, self._path(blob).parent)
            part = Part(number, size, digest.hex(), self._now())

            def work(connection: sqlite3.Connection) -> Sequence[str]:
                index.get_upload(connection, upload_id)
                sql = "SELECT blob FROM part WHERE upload_id = ? AND number = ?"
                old = connection.execute(sql, (upload_id, number)).fetchall()
                row = (upload_id, number, size, part.etag, part.modified_at, blob)
                connection.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?)", row)
                return [name for (name,) in old]

            gone = self._database.write(work)
        self._unlink(gone)
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
        if_absent: bool = False,
        if_etag: str | None = None,
    ) -> ObjectInfo:
        upload = self.get_upload(upload_id)
        stored = {
            part.number: (part, blob) for part, blob in self._database.read(lambda c: index.stored_parts(c, upload_id))
        }
        chosen = check_parts(parts, {number: part for number, (part, _) in stored.items()})
        with self._new_blob() as (blob, file):
            for part in chosen:
                with self._path(stored[part.number][1]).open("rb", buffering=0) as piece:
                    clone(cast("BinaryIO", piece), file)
            _sync(file, self._path(blob).parent)
            size, etag = sum(part.size for part in chosen), joined_etag(chosen)
            info = _facts(
                upload.bucket, upload.key, size, etag, self._now(), upload.headers, upload.metadata, upload.tags
            )

            def work(connection: sqlite3.Connection) -> Sequence[str]:
                index.get_upload(connection, upload_id)  # somebody else may have completed or aborted it
                present = index.find_object(connection, upload.bucket, upload.key)
                check_conditions(upload.key, present[0] if present else None, if_absent, if_etag)
                return [*index.drop_upload(connection, upload_id), *index.replace_object(connection, info, blob)]

            gone = self._database.write(work)
        self._unlink(gone)
        return info

    def abort_upload(self, upload_id: str) -> None:
        def work(connection: sqlite3.Connection) -> Sequence[str]:
            index.get_upload(connection, upload_id)
            return index.drop_upload(connection, upload_id)

        self._unlink(self._database.write(work))

    # ----------------------------------------------------------------------------------------------------------------

    def sweep(self, older_than_s: float = 3600.0) -> int:
        """Remove the bytes that no row names and that nobody can be writing any more; return how many files."""
        swept = 0
        for path in self._blobs.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                if self._now() - path.stat().st_mtime >= older_than_s and not self._is_named(path.name):
                    path.unlink()
                    swept += 1
        return swept

    def close(self) -> None:
        self._database.close()

    def _is_named(self, blob: str) -> bool:
        sql = "SELECT 1 FROM object WHERE blob = ? UNION ALL SELECT 1 FROM part WHERE blob = ? LIMIT 1"
        return self._database.read(lambda c: c.execute(sql, (blob, blob)).fetchone()) is not None

    def _get(self, bucket: str, key: str) -> tuple[ObjectInfo, str]:
        def work(connection: sqlite3.Connection) -> tuple[ObjectInfo, str]:
            found = index.find_object(connection, bucket, key)
            if found is None:
                index.get_bucket(connection, bucket)
                raise NoSuchObject(key)
            return found

        return self._database.read(work)

    def _open(self, bucket: str, key: str) -> tuple[ObjectInfo, BinaryIO]:
        while True:
            info, blob = self._get(bucket, key)
            try:
                return info, self._path(blob).open("rb")
            except FileNotFoundError:  # overwritten or deleted since we looked
                if self._get(bucket, key)[1] == blob:
                    raise

    @contextlib.contextmanager
    def _new_blob(self) -> Iterator[tuple[str, BinaryIO]]:
        """Lend a new file for an object's bytes; it goes again if the block raises."""
        blob = uuid.uuid4().hex
        path = self._path(blob)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with open(descriptor, "r+b", buffering=0) as file:
                yield blob, cast("BinaryIO", file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _path(self, blob: str) -> Path:
        return self._blobs / blob[:2] / blob

    def _unlink(self, blobs: Sequence[str]) -> None:
        for blob in blobs:
            self._path(blob).unlink(missing_ok=True)

    def _now(self) -> float:
        return float(self._clock.now())


class _Slice(io.RawIOBase):
    """The next `length` bytes of a file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(min(len(buffer), self._left))
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()


def _write(file: BinaryIO, body: BinaryIO | bytes) -> tuple[int, bytes]:
    """Write a body and return its size and MD5 digest."""
    digest = hashlib.md5(usedforsecurity=False)
    if isinstance(body, bytes):
        digest.update(body)
        _write_all(file, memoryview(body))
        return len(body), digest.digest()
    size = 0
    while piece := body.read(_PIECE):
        digest.update(piece)
        _write_all(file, memoryview(piece))
        size += len(piece)
    return size, digest.digest()


def _write_all(file: BinaryIO, view: memoryview) -> None:
    while view:
        view = view[file.write(view) :]


def _sync(file: BinaryIO, folder: Path) -> None:
    """Make the bytes and the file's name in its folder durable."""
    os.fsync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
