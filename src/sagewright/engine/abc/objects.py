"""Buckets and objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol


@dataclass(frozen=True)
class Bucket:
    """A bucket: `region` is its home, `created_at` unix seconds, `owner` the account id.

    `configuration` is what has been set on it (`versioning`, `policy`, `cors`, `notification`, ...): JSON values.
    """

    name: str
    region: str
    owner: str
    created_at: float
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectInfo:
    """What is known of an object beside its bytes.

    `etag` is unquoted: the MD5 of the bytes, or `<md5 of the parts' md5s>-<parts>` for a multipart upload.
    `headers` are the system headers kept with the object under their S3 member names (`ContentType`,
    `ContentEncoding`, `CacheControl`, `StorageClass`, `ChecksumCRC32`, ...); `metadata` is the user's.
    `version_id` None is S3's version `null`: what is written while its bucket does not keep versions. A delete marker
    has neither bytes nor an etag.
    """

    bucket: str
    key: str
    size: int
    etag: str
    modified_at: float
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    version_id: str | None = None
    is_marker: bool = False


Guard = Callable[[ObjectInfo | None], None]
"""A condition of a write: it looks at what stands under the key (None: nothing) and raises to forbid the write."""


@dataclass(frozen=True)
class Deletion:
    """What deleting did.

    Attributes:
        existed: There was such an object, or such a version.
        version_id: The version that went for good; or that of the delete marker that was laid over the others.
        is_marker: A delete marker was laid down, or went.
    """

    existed: bool
    version_id: str | None = None
    is_marker: bool = False


@dataclass(frozen=True)
class VersionListing:
    """One page of a listing of versions, in order of keys, and the newest of each key first.

    Attributes:
        versions: Versions and delete markers; True where it is the newest of its key.
        next_after: Give as `after` for the next page; None: this was the last.
    """

    versions: Sequence[tuple[ObjectInfo, bool]]
    prefixes: Sequence[str]
    next_after: tuple[str, str | None] | None


@dataclass(frozen=True)
class Damage:
    """An object whose bytes are not what they were; `why` is for people."""

    bucket: str
    key: str
    version_id: str | None
    why: str


@dataclass(frozen=True)
class Listing:
    """One page of a listing: objects and common prefixes in order of their UTF-8 bytes, both counted by the limit."""

    objects: Sequence[ObjectInfo]
    prefixes: Sequence[str]
    next_after: str | None  # give as `after` for the next page; None: this was the last


@dataclass(frozen=True)
class Part:
    """One uploaded part of a multipart upload; `number` is 1 to 10,000."""

    number: int
    size: int
    etag: str
    modified_at: float
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Assembly:
    """How an object came to be from parts; the parts are in the order of their bytes."""

    upload_id: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Upload:
    """A multipart upload that is under way."""

    upload_id: str
    bucket: str
    key: str
    started_at: float
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


class NoSuchBucket(KeyError):
    """The bucket does not exist."""


class BucketExists(Exception):
    """A bucket of that name exists."""


class BucketNotEmpty(Exception):
    """Only an empty bucket can be deleted."""


class NoSuchObject(KeyError):
    """The object does not exist."""


class NoSuchVersion(KeyError):
    """The object has no such version."""


class IsDeleteMarker(NoSuchObject):
    """There is a delete marker, `info`, instead of an object."""

    def __init__(self, info: ObjectInfo) -> None:
        super().__init__(info.key)
        self.info = info


class DamagedObject(Exception):
    """An object's bytes are not there, or not what they were; the text says which and where."""


class NoSuchUpload(KeyError):
    """The multipart upload does not exist (any more)."""


class InvalidPart(ValueError):
    """A part named in the completion is missing or has another etag."""


class EntityTooSmall(ValueError):
    """A part other than the last is smaller than 5 MiB."""


class PreconditionFailed(Exception):
    """An object was to be written only if absent, or only over a given etag."""


class ObjectStore(Protocol):
    """Buckets of immutable objects.

    An object becomes visible whole or not at all, whatever is killed when; readers of an overwritten or deleted object
    keep the bytes they have opened. Every method that takes a bucket raises `NoSuchBucket` where it is missing.

    Versions: while a bucket's setting `versioning` is `Enabled`, what is overwritten or deleted stays as a version with
    an id of its own, and deleting lays a delete marker over it; while it is `Suspended`, writing and deleting replace
    the version `null` alone. An argument `version_id` names a version (`null` the one without an id); None means the
    newest one, and that is no object if it is a delete marker. Reading a delete marker raises `IsDeleteMarker`, naming
    a version that is not there `NoSuchVersion`, reading a key without an object `NoSuchObject`.

    Bytes are looked at when they are opened: an object whose file is gone or has another size raises `DamagedObject`.
    """

    def create_bucket(self, name: str, region: str, owner: str) -> Bucket:
        """Make a bucket.

        Raises:
            BucketExists: The name is taken.
        """
        ...

    def head_bucket(self, name: str) -> Bucket: ...

    def list_buckets(self) -> Sequence[Bucket]:
        """Return all buckets in order of name."""
        ...

    def delete_bucket(self, name: str) -> None:
        """Remove an empty bucket; multipart uploads under way in it are aborted.

        Raises:
            BucketNotEmpty: Objects, versions or delete markers are left.
        """
        ...

    def tag_bucket(self, name: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a bucket."""
        ...

    def configure_bucket(self, name: str, setting: str, value: Any) -> None:
        """Replace one setting of a bucket's configuration by a JSON value; None removes it."""
        ...

    def put(
        self,
        bucket: str,
        key: str,
        body: BinaryIO | bytes,
        *,
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        guard: Guard | None = None,
        md5: bytes | None = None,
    ) -> ObjectInfo:
        """Store the bytes under the key, over what was there.

        `body` is read to its end in pieces, never whole, and `headers` is looked at after that: a sender's checksum may
        come behind the bytes. A body that raises while being read leaves nothing.

        Args:
            guard: Called when the bytes are there, with the object over which they would be laid; what it raises
                leaves everything as it was. No other write comes between it and this one.

        Raises:
            ValueError: The bytes do not have the MD5 digest `md5`.
        """
        ...

    def put_file(self, bucket: str, key: str, path: Path, *, headers: Mapping[str, str] | None = None) -> ObjectInfo:
        """Store a copy of a file, without passing its bytes through memory where the file system can."""
        ...

    def head(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectInfo:
        """Return an object's facts."""
        ...

    def open(
        self, bucket: str, key: str, start: int = 0, length: int | None = None, *, version_id: str | None = None
    ) -> tuple[ObjectInfo, BinaryIO]:
        """Return an object's facts and a stream of `length` bytes from `start`; the caller closes it.

        `length` None reads to the end. A file-backed stream has
        `fileno()`. Bounds past the end are cut; the caller checks ranges against `size`.
        """
        ...

    def delete(self, bucket: str, key: str, *, version_id: str | None = None, guard: Guard | None = None) -> Deletion:
        """Remove an object, or a version for good; what is not there is none the less removed.

        Args:
            guard: As for `put`, called with what would be removed.
        """
        ...

    def delete_many(
        self, bucket: str, items: Sequence[tuple[str, str | None, Guard | None]]
    ) -> Sequence[Deletion | Exception]:
        """Remove `(key, version id, guard)` each, in one step; return what was done or what a guard raised."""
        ...

    def list(self, bucket: str, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000) -> Listing:
        """List keys that begin with `prefix` and stand after `after`, in order of their UTF-8 bytes.

        With a delimiter, keys that hold it behind the prefix are rolled up to one common prefix each. `after` may be a
        key or a common prefix (then everything beneath it is passed over).
        """
        ...

    def list_versions(
        self,
        bucket: str,
        prefix: str = "",
        delimiter: str = "",
        after: tuple[str, str | None] = ("", None),
        limit: int = 1000,
    ) -> VersionListing:
        """List versions and delete markers as `list` does objects.

        Args:
            after: A key and one of its versions, behind which the page begins; without a version, behind all of them.
        """
        ...

    def copy(
        self,
        source: tuple[str, str],
        target: tuple[str, str],
        *,
        version_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        guard: Guard | None = None,
    ) -> ObjectInfo:
        """Copy `(bucket, key)` to `(bucket, key)`; None keeps the source's headers, metadata or tags.

        Args:
            version_id: Of the source.
            guard: As for `put`, called with what stands at the target.
        """
        ...

    def tag(self, bucket: str, key: str, tags: Mapping[str, str], *, version_id: str | None = None) -> None:
        """Replace an object's tags."""
        ...

    def amend(self, bucket: str, key: str, headers: Mapping[str, str], *, version_id: str | None = None) -> None:
        """Replace those of an object's headers that are named; an empty text removes one."""
        ...

    def assembly(self, bucket: str, key: str, *, version_id: str | None = None) -> Assembly | None:
        """Return the parts that an object was made of; None: it was put in one piece."""
        ...

    def start_upload(
        self,
        bucket: str,
        key: str,
        *,
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Upload:
        """Begin a multipart upload."""
        ...

    def put_part(
        self,
        upload_id: str,
        number: int,
        body: BinaryIO | bytes,
        *,
        md5: bytes | None = None,
        checksums: Mapping[str, str] | None = None,
    ) -> Part:
        """Store a part, over one of the same number; `checksums` is looked at when the body has been read.

        Raises:
            NoSuchUpload: The upload is unknown, completed or aborted.
            ValueError: The bytes do not have the MD5 digest `md5`.
        """
        ...

    def get_upload(self, upload_id: str) -> Upload: ...

    def list_parts(self, upload_id: str) -> Sequence[Part]:
        """Return the parts in order of number.

        Raises:
            NoSuchUpload: As for `put_part`.
        """
        ...

    def list_uploads(self, bucket: str) -> Sequence[Upload]:
        """Return the uploads under way in order of key, then start."""
        ...

    def complete_upload(
        self,
        upload_id: str,
        parts: Sequence[tuple[int, str]],
        *,
        headers: Mapping[str, str] | None = None,
        guard: Guard | None = None,
    ) -> ObjectInfo:
        """Join the named `(number, etag)` parts, in the order given, to one object.

        Args:
            headers: The object's; None: those of the upload.
            guard: As for `put`; what it raises leaves the upload under way.

        Raises:
            NoSuchUpload: As for `put_part`.
            InvalidPart: A part is missing or its etag differs.
            EntityTooSmall: A part other than the last has less than 5 MiB.
        """
        ...

    def abort_upload(self, upload_id: str) -> None:
        """Throw a multipart upload away.

        Raises:
            NoSuchUpload: As for `put_part`.
        """
        ...

    def materialise(self, bucket: str, key: str, path: Path) -> None:
        """Make a file of an object at `path` (its folder exists), sharing blocks where the file system can.

        The file is the caller's own: changing it never changes the object.
        """
        ...

    def lay_down(self, bucket: str, files: Sequence[tuple[str, Path]], *, shared: bool = False) -> Sequence[str]:
        """Make a file of each object, key -> path (its folder exists), in few steps for many objects.

        A file that is there is replaced, never written into. The files keep what they hold when their objects are
        overwritten or deleted.

        Args:
            shared: The files may be the store's own bytes, which costs neither time nor space where the file system
                has links. Whoever asks for that keeps them from everybody who could write to them or change their mode
                or times; names may be removed freely. Else the files are the caller's own, as with `materialise`.

        Returns:
            The keys that there are no objects of.
        """
        ...

    def verify(self, bucket: str | None = None) -> Iterator[Damage]:
        """Read every byte there is, of one bucket or of all; yield what is damaged."""
        ...

    def close(self) -> None: ...
