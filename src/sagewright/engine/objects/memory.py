"""Objects in memory."""

from __future__ import annotations

import copy
import hashlib
import io
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from sagewright.engine.abc import (
    Assembly,
    Bucket,
    BucketExists,
    BucketNotEmpty,
    Clock,
    Damage,
    Deletion,
    Guard,
    IsDeleteMarker,
    Listing,
    NoSuchBucket,
    NoSuchObject,
    NoSuchUpload,
    NoSuchVersion,
    ObjectInfo,
    Part,
    Upload,
    VersionListing,
)
from sagewright.engine.objects.rules import (
    NULL,
    amended,
    check_parts,
    configured,
    has_versions,
    joined_etag,
    keeps_versions,
    new_version_id,
    rank_at,
    rank_of,
    rolled_prefix,
    standing_after,
    verify_md5,
    with_texts,
)

_PIECE = 1 << 20
Texts = Mapping[str, str] | None


@dataclass(frozen=True)
class _Stored:
    info: ObjectInfo
    content: bytes = b""
    rank: int = 0
    assembly: Assembly | None = None

    @property
    def name(self) -> str:
        return self.info.version_id or NULL


@dataclass
class _Room:
    """A bucket and, for each key, what is stored under it, the newest first."""

    bucket: Bucket
    keys: dict[str, list[_Stored]] = field(default_factory=dict)

    def current(self, key: str) -> _Stored | None:
        newest = self.keys.get(key, ())[:1]
        return newest[0] if newest and not newest[0].info.is_marker else None

    def lay(self, stored: _Stored) -> ObjectInfo:
        """Put something on top of what is stored under its key."""
        key, configuration = stored.info.key, self.bucket.configuration
        old = self.keys.get(key, [])
        rank = rank_at(stored.info.modified_at, old[0].rank if old else None)
        if not has_versions(configuration):
            old = []
        elif not keeps_versions(configuration):
            old = [version for version in old if version.name != NULL]
        version_id = new_version_id(rank) if keeps_versions(configuration) else None
        placed = replace(stored, rank=rank, info=replace(_own(stored.info), version_id=version_id))
        self.keys[key] = [placed, *old]
        return _own(placed.info)

    def remove(self, stored: _Stored) -> None:
        left = [version for version in self.keys[stored.info.key] if version is not stored]
        if left:
            self.keys[stored.info.key] = left
        else:
            del self.keys[stored.info.key]

    def find(self, key: str, version_id: str | None) -> _Stored:
        """Return what a reader gets."""
        versions = self.keys.get(key, [])
        found = next((version for version in versions if version_id in (None, version.name)), None)
        if found is None:
            raise NoSuchObject(key) if version_id is None else NoSuchVersion(version_id)
        if found.info.is_marker:
            raise IsDeleteMarker(_own(found.info))
        return found


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
            if self._room(name).keys:
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
        headers: Texts = None,
        metadata: Texts = None,
        tags: Texts = None,
        guard: Guard | None = None,
        md5: bytes | None = None,
    ) -> ObjectInfo:
        self.head_bucket(bucket)
        content, digest = _read(body)
        verify_md5(digest, md5)
        with self._lock:
            room = self._room(bucket)
            _ask(guard, room.current(key))
            facts = (bucket, key, len(content), digest.hex(), self._now(), headers or {}, metadata or {}, tags or {})
            return room.lay(_Stored(ObjectInfo(*facts), content))

    def put_file(self, bucket: str, key: str, path: Path, *, headers: Texts = None) -> ObjectInfo:
        with path.open("rb") as file:
            return self.put(bucket, key, file, headers=headers)

    def head(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectInfo:
        return _own(self._find(bucket, key, version_id).info)

    def open(
        self, bucket: str, key: str, start: int = 0, length: int | None = None, *, version_id: str | None = None
    ) -> tuple[ObjectInfo, BinaryIO]:
        found = self._find(bucket, key, version_id)
        content = found.content[start:] if length is None else found.content[start : start + length]
        return _own(found.info), io.BytesIO(content)

    def delete(self, bucket: str, key: str, *, version_id: str | None = None, guard: Guard | None = None) -> Deletion:
        with self._lock:
            room = self._room(bucket)
            if version_id is not None:
                return _delete_version(room, key, version_id, guard)
            current = room.current(key)
            _ask(guard, current)
            if has_versions(room.bucket.configuration):
                marker = room.lay(_Stored(ObjectInfo(bucket, key, 0, "", self._now(), is_marker=True)))
                return Deletion(current is not None, marker.version_id, is_marker=True)
            if current is not None:
                room.remove(current)
            return Deletion(current is not None)

    def delete_many(
        self, bucket: str, items: Sequence[tuple[str, str | None, Guard | None]]
    ) -> Sequence[Deletion | Exception]:
        with self._lock:
            self._room(bucket)
            return [self._try_to_delete(bucket, *item) for item in items]

    def list(self, bucket: str, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000) -> Listing:
        with self._lock:
            room = self._room(bucket)
            found = [(key, room.current(key)) for key in room.keys]
            infos = {key: _own(stored.info) for key, stored in found if stored is not None}
        rolled = _rolled_up(sorted(infos, key=_place), prefix, delimiter, after)
        shown, more = rolled[: max(limit, 0)], len(rolled) > limit > 0
        return Listing(
            objects=[infos[name] for name, is_prefix in shown if not is_prefix],
            prefixes=[name for name, is_prefix in shown if is_prefix],
            next_after=shown[-1][0] if more else None,
        )

    def list_versions(
        self,
        bucket: str,
        prefix: str = "",
        delimiter: str = "",
        after: tuple[str, str | None] = ("", None),
        limit: int = 1000,
    ) -> VersionListing:
        with self._lock:
            keys = {key: [*versions] for key, versions in self._room(bucket).keys.items()}
        found: dict[tuple[str, str | None], tuple[ObjectInfo, bool] | None] = {}
        for key in sorted(keys, key=_place):
            if not key.startswith(prefix):
                continue
            common = rolled_prefix(key, prefix, delimiter)
            for number, version in enumerate(keys[key]):
                if _stands_after(version, keys[key], after, prefix, delimiter):
                    place = (common, None) if common else (key, version.name)
                    found.setdefault(place, None if common else (_own(version.info), number == 0))
        shown = [*found][: max(limit, 0)]
        return VersionListing(
            versions=[entry for name in shown if (entry := found[name]) is not None],
            prefixes=[name[0] for name in shown if found[name] is None],
            next_after=shown[-1] if len(found) > limit > 0 else None,
        )

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
        with self._lock:
            found, room = self._find(*source, version_id), self._room(target[0])
            _ask(guard, room.current(target[1]))
            etag = hashlib.md5(found.content, usedforsecurity=False).hexdigest()
            info = replace(found.info, bucket=target[0], key=target[1], etag=etag, modified_at=self._now())
            return room.lay(_Stored(with_texts(info, headers, metadata, tags), found.content))

    def tag(self, bucket: str, key: str, tags: Mapping[str, str], *, version_id: str | None = None) -> None:
        self._change(bucket, key, version_id, lambda info: replace(info, tags=dict(tags)))

    def amend(self, bucket: str, key: str, headers: Mapping[str, str], *, version_id: str | None = None) -> None:
        self._change(bucket, key, version_id, lambda info: replace(info, headers=amended(info.headers, headers)))

    def assembly(self, bucket: str, key: str, *, version_id: str | None = None) -> Assembly | None:
        return self._find(bucket, key, version_id).assembly

    def start_upload(
        self, bucket: str, key: str, *, headers: Texts = None, metadata: Texts = None, tags: Texts = None
    ) -> Upload:
        with self._lock:
            self._room(bucket)
            upload = Upload(
                uuid.uuid4().hex, bucket, key, self._now(), dict(headers or {}), dict(metadata or {}), dict(tags or {})
            )
            self._uploads[upload.upload_id] = (upload, {})
            return _own_upload(upload)

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
        content, digest = _read(body)
        verify_md5(digest, md5)
        with self._lock:
            part = Part(number, len(content), digest.hex(), self._now(), dict(checksums or {}))
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
        return sorted(uploads, key=lambda upload: (_place(upload.key), upload.started_at, upload.upload_id))

    def complete_upload(
        self,
        upload_id: str,
        parts: Sequence[tuple[int, str]],
        *,
        headers: Texts = None,
        guard: Guard | None = None,
    ) -> ObjectInfo:
        with self._lock:
            upload, stored = self._upload(upload_id)
            room = self._room(upload.bucket)
            chosen = check_parts(parts, {number: part for number, (part, _) in stored.items()})
            _ask(guard, room.current(upload.key))
            content = b"".join(stored[part.number][1] for part in chosen)
            info = ObjectInfo(
                upload.bucket, upload.key, len(content), joined_etag(chosen), self._now(),
                upload.headers if headers is None else headers, upload.metadata, upload.tags,
            )  # fmt: skip
            del self._uploads[upload_id]
            return room.lay(_Stored(info, content, assembly=Assembly(upload_id, tuple(chosen))))

    def abort_upload(self, upload_id: str) -> None:
        with self._lock:
            self._upload(upload_id)
            del self._uploads[upload_id]

    def materialise(self, bucket: str, key: str, path: Path) -> None:
        path.write_bytes(self._find(bucket, key).content)

    def lay_down(self, bucket: str, files: Sequence[tuple[str, Path]], *, shared: bool = False) -> Sequence[str]:
        self.head_bucket(bucket)
        missing = []
        for key, path in files:
            try:
                content = self._find(bucket, key).content
            except NoSuchObject:
                missing.append(key)
                continue
            path.unlink(missing_ok=True)
            path.write_bytes(content)
        return missing

    def verify(self, bucket: str | None = None) -> Iterator[Damage]:
        if bucket is not None:
            self.head_bucket(bucket)
        return iter(())

    def close(self) -> None:
        """Keep everything: the objects live as long as the store's object."""

    def _room(self, name: str) -> _Room:
        if name not in self._rooms:
            raise NoSuchBucket(name)
        return self._rooms[name]

    def _find(self, bucket: str, key: str, version_id: str | None = None) -> _Stored:
        with self._lock:
            return self._room(bucket).find(key, version_id)

    def _change(
        self, bucket: str, key: str, version_id: str | None, change: Callable[[ObjectInfo], ObjectInfo]
    ) -> None:
        with self._lock:
            found, versions = self._find(bucket, key, version_id), self._room(bucket).keys[key]
            versions[versions.index(found)] = replace(found, info=_own(change(found.info)))

    def _try_to_delete(
        self, bucket: str, key: str, version_id: str | None, guard: Guard | None
    ) -> Deletion | Exception:
        try:
            return self.delete(bucket, key, version_id=version_id, guard=guard)
        except Exception as refusal:  # noqa: BLE001 - the guard's
            return refusal

    def _now(self) -> float:
        return float(self._clock.now())

    def _upload(self, upload_id: str) -> tuple[Upload, dict[int, tuple[Part, bytes]]]:
        if upload_id not in self._uploads:
            raise NoSuchUpload(upload_id)
        return self._uploads[upload_id]


def _place(key: str) -> bytes:
    return key.encode(errors="surrogatepass")


def _ask(guard: Guard | None, stored: _Stored | None) -> None:
    if guard is not None:
        guard(_own(stored.info) if stored else None)


def _delete_version(room: _Room, key: str, version_id: str, guard: Guard | None) -> Deletion:
    found = next((version for version in room.keys.get(key, ()) if version.name == version_id), None)
    _ask(guard, found)
    if found is None:
        return Deletion(existed=False, version_id=version_id)
    room.remove(found)
    return Deletion(existed=True, version_id=version_id, is_marker=found.info.is_marker)


def _stands_after(
    version: _Stored, versions: Sequence[_Stored], after: tuple[str, str | None], prefix: str, delimiter: str
) -> bool:
    """Tell whether a version stands behind the bound of a listing of versions."""
    key, version_id = after
    if version_id is None:
        return standing_after(version.info.key, prefix, delimiter, key)
    if version.info.key != key:
        return _place(version.info.key) > _place(key)
    known = next((other.rank for other in versions if other.name == version_id), rank_of(version_id))
    return known is None or version.rank > known


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
