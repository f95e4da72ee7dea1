"""S3 as moto's other services see it: our own objects, where theirs would be empty buckets of moto's.

Lambda and CloudFormation read code and templates, DynamoDB imports and exports tables, Athena and Firehose write
results. What they ask of moto's S3 stands here; anything else of it is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.s3.exceptions import MissingBucket

from sagewright.engine.abc import NoSuchBucket, NoSuchObject
from sagewright.engine.engine import engine_of
from sagewright.vocabulary.errors import ApiError


@dataclass(frozen=True)
class _Named:
    """A bucket."""

    name: str


@dataclass(frozen=True)
class _Object:
    """An object, as moto reads it."""

    bucket_name: str
    name: str
    value: bytes
    etag: str

    @property
    def size(self) -> int:
        return len(self.value)


class Regions(dict[str, Any]):
    """What moto asks for a backend of S3, by partition."""

    def __missing__(self, partition: str) -> Any:
        return _Backend()


class _Backend:
    """The part of `S3Backend` that other services use."""

    @property
    def buckets(self) -> _Buckets:
        return _Buckets(self)

    def get_bucket(self, bucket_name: str) -> _Named:
        try:
            _objects().head_bucket(bucket_name)
        except NoSuchBucket:
            raise MissingBucket(bucket_name) from None
        return _Named(bucket_name)

    head_bucket = get_bucket

    def get_object(self, bucket_name: str, key_name: str, version_id: str | None = None) -> _Object | None:
        self.get_bucket(bucket_name)
        if version_id is not None:
            raise _not_built("reading of versions")
        try:
            info, stream = _objects().open(bucket_name, key_name)
        except NoSuchObject:
            return None
        with stream:
            return _Object(bucket_name, key_name, stream.read(), info.etag)

    def put_object(self, bucket_name: str, key_name: str, value: bytes) -> None:
        self.get_bucket(bucket_name)
        _objects().put(bucket_name, key_name, value)

    def list_objects(
        self, bucket: _Named, prefix: str | None, delimiter: str | None, marker: str | None, max_keys: int | None
    ) -> tuple[list[_Object], set[str], bool, str | None]:
        if delimiter or marker or max_keys:
            raise _not_built("such a listing")
        found, after = [], ""
        while True:
            page = _objects().list(bucket.name, prefix or "", after=after)
            found += [self.get_object(bucket.name, info.key) for info in page.objects]
            if page.next_after is None:
                return [item for item in found if item is not None], set(), False, None
            after = page.next_after

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _not_built(f"`{name}`")


class _Buckets(dict[str, Any]):
    """Buckets by their names."""

    def __init__(self, backend: _Backend) -> None:
        super().__init__()
        self._backend = backend

    def __missing__(self, name: str) -> _Named:
        try:
            return self._backend.get_bucket(name)
        except MissingBucket:
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True


def _objects() -> Any:
    from sagewright.engine.gateway.hybrid import sharing

    _, home = sharing.under_way()
    return engine_of(home).parts.objects


def _not_built(what: str) -> ApiError:
    return ApiError("NotImplemented", f"{what} by another service is not built into S3 here.", 501)
