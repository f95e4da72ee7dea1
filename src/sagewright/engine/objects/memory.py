"""Objects in memory."""

from __future__ import annotations

import copy
import hashlib
import io
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from sagewright.engine.abc import (
    Bucket,
    BucketExists,
    BucketNotEmpty,
    Clock,
    Listing,
    NoSuchBucket,
    NoSuchObject,
    NoSuchUpload,
    ObjectInfo,
    Part,
    Upload,
)
from sagewright.engine.objects.rules import (
    check_conditions,
    check_parts,
    configured,
    joined_etag,
    rolled_prefix,
    standing_after,
    verify_md5,
)

_PIECE = 1 << 20


@dataclass
class _Room:
    """A bucket and its objects: key -> (facts, bytes)."""

    bucket: Bucket
    objects: dict[str, tuple[ObjectInfo, bytes]] = field(default_factory=dict)


class MemoryObjectStore:
    """An `ObjectStore` that lives as long as its object."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._rooms: dict[str, _Room] = {}
        self._uploads: dict[str, tuple[Upload, dict[int, tuple[Part, bytes]]]] = {}

    def create_bucket(self, name: str, region: str, owner: str) -> Bucket:
        with self._lock:
            if name in self._rooms:
                raise BucketExists(name)
            bucket = Bucket(name, region, owner, self._now())
            self._rooms[name] = _Room(bucket)
            return bucket

    def head_bucket(self, name: str) -> Bucket:
        with self._lock:
            return _own_bucket(self._room(name).bucket)

    def list_buckets(self) -> Sequence[Bucket]:
        with self._lock:
            return [_own_bucket(self._rooms[name].bucket) for name in sorted(self._rooms)]

    def delete_bucket(self, name: str) -> None:
        with self._lock:
            if self._room(name).objects:
                raise BucketNotEmpty(name)
            del self._rooms[name]
            for upload, _ in [*self._uploads.values()]:
                if upload.bucket == name:
                    del self._uploads[upload.upload_id]

    def tag_bucket(self, name: str, tags: Mapping[str, str]) -> None:
        with self._lock:
            room = self._room(name)
            room.bucket = replace(room.bucket, tags=dict(tags))

    def configure_bucket(self, name: str, setting: str, value: Any) -> None:
        with self._lock:
            room = self._room(name)
            configuration = configured(room.bucket.configuration, setting, copy.deepcopy(value))
            room.bucket = replace(room.bucket, configuration=configuration)

    def put(
        self,
        bucket: str,
        key: str,
        body: BinaryIO | bytes,
        *,
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        if_absent: bool = False,
        if_etag: str | None = None,
        md5: bytes | None = None,
    ) -> ObjectInfo:
        self.head_bucket(bucket)
        content, digest = _read(body)
        verify_md5(digest, md5)
        with self._lock:
            present = self._room(bucket).objects.get(key)
            check_conditions(key, present[0] if present else None, if_absent, if_etag)
            info = ObjectInfo(
                bucket, key, len(content), digest.hex(), self._now(), headers or {}, metadata or {}, tags or {}
            )
            return self._keep(info, content)

    def put_file(self, bucket: str, key: str, path: Path, *, headers: Mapping[str, str] | None = None) -> ObjectInfo:
        with path.open("rb") as file:
            return self.put(bucket, key, file, headers=headers)

    def head(self, bucket: str, key: str) -> ObjectInfo:
        return self._get(bucket, key)[0]

    def open(self, bucket: str, key: str, start: int = 0, length: int | None = None) -> tuple[ObjectInfo, BinaryIO]:
        info, content = self._get(bucket, key)
        return info, io.BytesIO(content[start:] if length is None else content[start : start + length])

    def delete(self, bucket: str, key: str) -> bool:
        with self._lock:
            return self._room(bucket).objects.pop(key, None) is not None

    def list(self, bucket: str, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000) -> Listing:
        with self._lock:
            infos = {key: _own(info) for key, (info, _) in self._room(bucket).objects.items()}
        found = _rolled_up(sorted(infos, key=str.encode), prefix, delimiter, after)
        shown, more = found[: max(limit, 0)], len(found) > limit > 0
        return Listing(
            objects=[infos[name] for name, is_prefix in shown if not is_prefix],
            prefixes=[name for name, is_prefix in shown if is_prefix],
            next_after=shown[-1][0] if more else None,
        )

    def copy(
        self,
        source: tuple[str, str],
        target: tuple[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        with self._lock:
            info, content = self._get(*source)
            copied = replace(
                info,
                bucket=target[0],
                key=target[1],
                etag=hashlib.md5(content, usedforsecurity=False).hexdigest(),
                modified_at=self._now(),
                headers=info.headers if headers is None else headers,
                metadata=info.metadata if metadata is None else metadata,
                tags=info.tags if tags is None else tags,
            )
            return self._keep(copied, content)

    def tag(self, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        with self._lock:
            info, content = self._get(bucket, key)
            self._keep(replace(info, tags=tags), content)

    def start_upload(
        self,
        bucket: str,
        key: str,
        *,
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Upload:
        with self._lock:
            self._room(bucket)
            upload = Upload(
                uuid.uuid4().hex, bucket, key, self._now(), dict(headers or {}), dict(metadata or {}), dict(tags or {})
            )
            self._uploads[upload.upload_id] = (upload, {})
            return _own_upload(upload)

    def put_part(self, upload_id: str, number: int, body: BinaryIO | bytes, *, md5: bytes | None = None) -> Part:
        self.get_upload(upload_id)
        content, digest = _read(body)
        verify_md5(digest, md5)
        with self._lock:
            part = Part(number, len(content), digest.hex(), self._now())
            self._upload(upload_id)[1][number] = (part, content)
            return part

    def get_upload(self, upload_id: str) -> Upload:
        with self._lock:
            return _own_upload(self._upload(upload_id)[0])

    def list_parts(self, upload_id: str) -> Sequence[Part]:
        with self._lock:
            parts = self._upload(upload_id)[1]
            return [parts[number][0] for number in sorted(parts)]

    def list_uploads(self, bucket: str) -> Sequence[Upload]:
        with self._lock:
            self._room(bucket)
            uploads = [_own_upload(upload) for upload, _ in self._uploads.values() if upload.bucket == bucket]
        return sorted(uploads, key=lambda upload: (upload.key.encode(), upload.started_at, upload.upload_id))

    def complete_upload(
        self,
        upload_id: str,
        parts: Sequence[tuple[int, str]],
        *,
        if_absent: bool = False,
        if_etag: str | None = None,
    ) -> ObjectInfo:
        with self._lock:
            upload, stored = self._upload(upload_id)
            present = self._room(upload.bucket).objects.get(upload.key)
            check_conditions(upload.key, present[0] if present else None, if_absent, if_etag)
            chosen = check_parts(parts, {number: part for number, (part, _) in stored.items()})
            content = b"".join(stored[part.number][1] for part in chosen)
            info = ObjectInfo(
                upload.bucket, upload.key, len(content), joined_etag(chosen), self._now(),
                upload.headers, upload.metadata, upload.tags,
            )  # fmt: skip
            del self._uploads[upload_id]
            return self._keep(info, content)

    def abort_upload(self, upload_id: str) -> None:
        with self._lock:
            self._upload(upload_id)
            del self._uploads[upload_id]

    def materialise(self, bucket: str, key: str, path: Path) -> None:
        path.write_bytes(self._get(bucket, key)[1])

    def lay_down(self, bucket: str, files: Sequence[tuple[str, Path]], *, shared: bool = False) -> Sequence[str]:
        self.head_bucket(bucket)
        missing = []
        for key, path in files:
            try:
                content = self._get(bucket, key)[1]
            except NoSuchObject:
                missing.append(key)
                continue
            path.unlink(missing_ok=True)
            path.write_bytes(content)
        return missing

    def close(self) -> None:
        """Keep everything: the objects live as long as the store's object."""

    def _room(self, name: str) -> _Room:
        if name not in self._rooms:
            raise NoSuchBucket(name)
        return self._rooms[name]

    def _get(self, bucket: str, key: str) -> tuple[ObjectInfo, bytes]:
        with self._lock:
            objects = self._room(bucket).objects
            if key not in objects:
                raise NoSuchObject(key)
            info, content = objects[key]
        return _own(info), content

    def _keep(self, info: ObjectInfo, content: bytes) -> ObjectInfo:
        self._room(info.bucket).objects[info.key] = (_own(info), content)
        return _own(info)

    def _now(self) -> float:
        return float(self._clock.now())

    def _upload(self, upload_id: str) -> tuple[Upload, dict[int, tuple[Part, bytes]]]:
        if upload_id not in self._uploads:
            raise NoSuchUpload(upload_id)
        return self._uploads[upload_id]


def _own_bucket(bucket: Bucket) -> Bucket:
    return replace(bucket, tags=dict(bucket.tags), configuration=copy.deepcopy(bucket.configuration))


def _own(info: ObjectInfo) -> ObjectInfo:
    return replace(info, headers=dict(info.headers), metadata=dict(info.metadata), tags=dict(info.tags))


def _own_upload(upload: Upload) -> Upload:
    return replace(upload, headers=dict(upload.headers), metadata=dict(upload.metadata), tags=dict(upload.tags))


def _read(body: BinaryIO | bytes) -> tuple[bytes, bytes]:
    """Return a body's bytes and their MD5 digest."""
    content = body if isinstance(body, bytes) else b"".join(iter(lambda: body.read(_PIECE), b""))
    return content, hashlib.md5(content, usedforsecurity=False).digest()


def _rolled_up(keys: Sequence[str], prefix: str, delimiter: str, after: str) -> Sequence[tuple[str, bool]]:
    """Return what a listing shows of the sorted keys, in order: (key, False) or (common prefix, True)."""

    def entries() -> Iterator[tuple[str, bool]]:
        for key in keys:
            if key.startswith(prefix) and standing_after(key, prefix, delimiter, after):
                common = rolled_prefix(key, prefix, delimiter)
                yield (common, True) if common else (key, False)

    return [*dict.fromkeys(entries())]
