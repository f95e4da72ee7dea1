"""The engine's interfaces. Each docstring is the contract; implementations do not repeat it.

One contract suite per interface, in `sagewright.testing`, runs against every implementation. Unless an interface says
otherwise: methods may be called from any thread and, where the implementation is durable, from any process on the same
home; when a method returns, its effect is durable; values given and returned are the caller's own (copies).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from sagewright.engine.planning.document import ExecutionPlan

# --------------------------------------------------------------------------------------------------------------------
# Time and names


class Clock(Protocol):
    """Where the engine gets the time from."""

    def now(self) -> float:
        """Return the unix time in seconds."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. A fake clock moves its own time instead."""
        ...


class Ids(Protocol):
    """Where the engine gets unique names from."""

    def new(self) -> str:
        """Return a fresh identifier: 32 lower-case hexadecimal digits."""
        ...


# --------------------------------------------------------------------------------------------------------------------
# Records


@dataclass(frozen=True)
class Record:
    """One resource as the state store keeps it.

    `(kind, scope, name)` is its key. `version` counts from 1 and grows by one with every change. `status` and `queue`
    are copies of facts of the body that the store can search by: `queue` names the work list the record waits in
    (None: no work is left to do on it).
    """

    kind: str
    scope: str
    name: str
    body: Mapping[str, Any]
    status: str = ""
    queue: str | None = None
    version: int = 0
    created_at: float = 0.0
    modified_at: float = 0.0


@dataclass(frozen=True)
class Query:
    """What `StateStore.list` shall find; every given condition must hold.

    Attributes:
        scope: None finds the records of every scope.
        name_contains: A substring of the name, case-sensitive.
        name_prefix: The beginning of the name, case-sensitive.
        created_after, created_before, modified_after, modified_before: Unix seconds; the bound itself is included.
        sort_by: `created`, `modified`, `name` or `status`; records that compare equal follow in order of name.
        limit: The most records of one page.
        after: `Page.next_token` of the page before.
    """

    kind: str
    scope: str | None = None
    name_contains: str | None = None
    name_prefix: str | None = None
    status: str | None = None
    queue: str | None = None
    created_after: float | None = None
    created_before: float | None = None
    modified_after: float | None = None
    modified_before: float | None = None
    sort_by: str = "created"
    descending: bool = False
    limit: int = 100
    after: str | None = None


@dataclass(frozen=True)
class Page:
    """Some records in the order asked for, and the token of the page that follows (None: this was the last)."""

    records: Sequence[Record]
    next_token: str | None = None


@dataclass(frozen=True)
class Change:
    """A record was created, changed or deleted; `seq` grows with every change in the store."""

    seq: int
    kind: str
    scope: str
    name: str
    version: int  # 0: deleted


class VersionConflict(Exception):
    """The record is not at the version the writer expected: somebody else was faster. Load and decide again."""


class BadToken(ValueError):
    """A page token that the store has not made, or made for another query."""


class StateStore(Protocol):
    """Records with versions, and leases on the work that is left on them.

    Bodies are JSON documents (`dict`, `list`, `str`, `int`, `float`, `bool`, None).
    """

    def get(self, kind: str, scope: str, name: str) -> Record | None:
        """Return the record as last put, or None."""
        ...

    def put(self, record: Record, *, expected_version: int) -> Record:
        """Write the record if it stands at `expected_version` (0: it must not exist), and return it as written.

        The store sets `version`, `modified_at` and, on creation, `created_at` (unless the record already carries a
        `created_at`); it ignores the version in `record`. A lease on the record stays as it is.

        Raises:
            VersionConflict: The stored version differs.
        """
        ...

    def delete(self, kind: str, scope: str, name: str, *, expected_version: int | None = None) -> None:
        """Remove the record and its lease; one that is missing is no error unless a version is expected.

        Raises:
            VersionConflict: A version was expected and the stored one differs.
        """
        ...

    def list(self, query: Query) -> Page:
        """Return one page; a walk over all pages sees every record that exists from its beginning to its end once.

        Raises:
            BadToken: `query.after` is not a token of this query's walk.
        """
        ...

    def count(self, query: Query) -> int:
        """Return how many records match, whatever `limit` and `after` say."""
        ...

    def claim(self, kind: str, queue: str, owner: str, lease_s: float, limit: int = 1) -> Sequence[Record]:
        """Lease up to `limit` records of a queue to `owner`, in order of creation (then name).

        A record that another owner holds an unexpired lease on is passed over; one the owner itself holds is renewed
        and returned again. Two owners never hold the same record at once.
        """
        ...

    def renew(self, kind: str, scope: str, name: str, owner: str, lease_s: float) -> bool:
        """Extend the owner's lease; False: the lease is not the owner's (any more), stop working on the record."""
        ...

    def release(self, kind: str, scope: str, name: str, owner: str) -> None:
        """Give the owner's lease back; one that is not the owner's is left alone."""
        ...

    def changes(self, after: int, limit: int = 1000) -> Sequence[Change]:
        """Return what has changed since `seq` number `after`, oldest first; only the newest change of each record."""
        ...

    def close(self) -> None:
        """Let go of files and connections. The store is not used after."""
        ...


# --------------------------------------------------------------------------------------------------------------------
# Objects


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


# --------------------------------------------------------------------------------------------------------------------
# Streams: logs and metrics


@dataclass(frozen=True)
class LogEvent:
    """One line of a log stream; times in unix milliseconds."""

    timestamp_ms: int
    message: str
    ingested_ms: int = 0


@dataclass(frozen=True)
class LogStream:
    """A log stream's facts; times in unix milliseconds, None while it holds no event.

    `id` is its own for ever: a stream that is made anew under the same name has another one.
    """

    group: str
    name: str
    created_ms: int
    first_event_ms: int | None
    last_event_ms: int | None
    stored_bytes: int
    id: str = ""
    ingested_ms: int | None = None  # when the last event came


@dataclass(frozen=True)
class LogGroup:
    """A log group's facts; `settings` is what has been set on it (`retention`, `tags`, ...): JSON values."""

    name: str
    created_ms: int
    settings: Mapping[str, Any] = field(default_factory=dict)


class PlacedEvent(NamedTuple):
    """An event of a stream, the position where it begins, and the one behind it."""

    begin: int
    end: int
    event: LogEvent


class NoSuchLog(KeyError):
    """The log group or stream does not exist; `args[0]` says which: `group` or `stream`."""


class LogStore(Protocol):
    """Streams of log lines in groups. Groups and streams come into being when they are first written."""

    def create_group(self, group: str) -> bool:
        """Make an empty group; False: it exists."""
        ...

    def create_stream(self, group: str, stream: str) -> bool:
        """Make an empty stream in a group that exists; False: the stream exists.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def append(self, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        """Write events at the end, all of them or, where the writer is killed, a whole number of them.

        Durable against the death of any process (not necessarily of the machine). Appends of several writers to
        one stream do not tear each other's lines.
        """
        ...

    def read(self, group: str, stream: str, after: int = 0, limit: int = 10_000) -> tuple[Sequence[LogEvent], int]:
        """Return events from position `after` on, oldest first, and the position behind the last of them.

        Position 0 is the beginning; at the end of the stream no events and the same position come back.

        Raises:
            NoSuchLog: The group or stream is missing.
        """
        ...

    def streams(self, group: str, prefix: str = "") -> Sequence[LogStream]:
        """Return the group's streams whose names begin with `prefix`, in order of name.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def scan(
        self, group: str, stream: str, after: int = 0, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        """Yield the events from position `after` on with `start_ms <= timestamp_ms < end_ms`, in the order they came.

        Raises:
            NoSuchLog: The group or stream is missing; at once, not at the first event.
        """
        ...

    def scan_back(
        self, group: str, stream: str, before: int | None = None, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        """Yield the events that end at position `before` (None: the end) or earlier, the last one first.

        Raises:
            NoSuchLog: As for `scan`.
        """
        ...

    def stream(self, group: str, stream: str) -> LogStream:
        """Return one stream's facts.

        Raises:
            NoSuchLog: The group or stream is missing.
        """
        ...

    def stream_names(self, group: str, prefix: str = "") -> Sequence[str]:
        """Return the names of the group's streams that begin with `prefix`, in order: cheaper than `streams`.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def delete_stream(self, group: str, stream: str) -> None:
        """Remove a stream and its events.

        Raises:
            NoSuchLog: The group or stream is missing.
        """
        ...

    def groups(self, prefix: str = "") -> Sequence[str]:
        """Return the names of the groups that begin with `prefix`, in order."""
        ...

    def group(self, group: str) -> LogGroup:
        """Return one group's facts.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def stored_bytes(self, group: str) -> int:
        """Return how many bytes a group's streams take, without looking into them.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def configure_group(self, group: str, setting: str, value: Any) -> None:
        """Replace one setting of a group by a JSON value; None removes it.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def expire(self, group: str, before_ms: int) -> int:
        """Forget the events at the head of each stream that are older than `before_ms`; return how many bytes went.

        Positions behind them stay valid, writers under way lose nothing, and the streams stay. A stream with little
        that is old may be left as it is.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def sweep(self) -> int:
        """Remove what killed processes have left behind; return how many pieces went."""
        ...

    def delete_group(self, group: str) -> None:
        """Remove a group and its streams.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def close(self) -> None: ...


class Summary(NamedTuple):
    """What some values of a metric come to."""

    samples: float
    total: float
    low: float
    high: float

    def with_all_of(self, other: Summary) -> Summary:
        return Summary(
            self.samples + other.samples, self.total + other.total, min(self.low, other.low), max(self.high, other.high)
        )


@dataclass(frozen=True)
class Datum:
    """One value of a metric, or several of one moment.

    Attributes:
        dimensions: Compare without regard to order.
        timestamp: Unix seconds.
        value: The value; of a statistic set, the sum of its values.
        count: How often the value came; of a statistic set, how many values it sums up.
        low, high: The least and the greatest value of a statistic set; None: it is none.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    timestamp: float
    value: float
    unit: str = "None"
    count: float = 1.0
    low: float | None = None
    high: float | None = None

    @property
    def summary(self) -> Summary:
        if self.low is None or self.high is None:
            return Summary(self.count, self.value * self.count, self.value, self.value)
        return Summary(self.count, self.value, self.low, self.high)


class MetricStore(Protocol):
    """Points of metrics, none merged, for as long as the values themselves are kept."""

    def put(self, data: Sequence[Datum]) -> None:
        """Store the points; those that are not finite numbers are passed over.

        Raises:
            OSError: There is no room for them.
        """
        ...

    def query(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float
    ) -> Sequence[Datum]:
        """Return the points with exactly these dimensions and `start <= timestamp < end`, oldest first."""
        ...

    def summarise(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[tuple[str, float], Summary]:
        """Return the summary of each unit's points in each period that has any, by `(unit, beginning of the period)`.

        The periods follow each other from `start` on. Where `start` and the period are whole minutes, so is what is
        looked at: a minute belongs to where it begins, and values are found here that are too old for `query`.
        """
        ...

    def values(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[tuple[str, float], Sequence[tuple[float, float]]]:
        """Return each unit's values in each period that has any, by `(unit, beginning of the period)`.

        A value comes with how often it came, and may come again; they are in order of value. Of statistic sets only
        those are here whose values are all the same.
        """
        ...

    def list(
        self, namespace: str | None = None, name: str | None = None, active_after: float | None = None
    ) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        """Return the distinct `(namespace, name, dimensions)`, in that order.

        Args:
            active_after: Leaves those out that have no point of this unix time or later.
        """
        ...

    def sweep(self, now: float) -> int:
        """Remove or make coarser what is too old to be kept as it is; return how many rows went."""
        ...

    def close(self) -> None: ...


# --------------------------------------------------------------------------------------------------------------------
# Execution


@dataclass(frozen=True)
class Capability:
    """What an executor can do here: the memory in bytes it may hand out, and which isolation is in force."""

    cpus: int
    memory_bytes: int
    gpus: int
    isolation: Sequence[str]  # of: "mount", "pid", "network"; of views to stored data: "overlay", "read-only"


@dataclass(frozen=True)
class HostState:
    """What can be seen of one host.

    Attributes:
        phases: `(phase, unix seconds)` as they happened: `Downloading`, `Training`, `Uploading`; `Stopping` where it
            has run out of time.
        alive: Its process runs.
        address: `host:port` of a server that has passed its health check.
        outcome: What the host left when it was done; None while it runs or when it died. Its members:
            `exit_code` (of the user's program; None where it never started), `reason` (why the host counts its work
            as failed, as `contract.md` 1.6 forms it; None: it succeeded), `stopped` (`order`, `interruption`,
            `max-runtime` or None), `artifacts` (`path` of each upload made -> its S3 URI), `metrics` (name ->
            `[value, unix seconds]`, the last of each), `started_at`, `ended_at` (unix seconds of the user's program;
            None where it never started), `port_lost` (a server never came up, and somebody else has its port).
    """

    host: str
    phases: Sequence[tuple[str, float]]
    alive: bool
    address: str | None = None
    outcome: Mapping[str, Any] | None = None


class Executor(Protocol):
    """Runs executions. Owned by one steward at a time, which may be killed and replaced at any moment.

    All of an execution's facts are on disk or with its processes, none in the executor, so that the next steward's
    executor goes on where the last one was killed.
    """

    def capabilities(self) -> Capability: ...

    def start(self, plan: ExecutionPlan) -> None:
        """Start every host of the plan, or none; calling it again for the same `execution_id` starts none twice."""
        ...

    def observe(self, execution_id: str) -> Sequence[HostState]:
        """Return the hosts in order of name, or none where they were not started or the execution is unknown.

        Hosts that are missing (whoever started them was killed before he could) shall be started with `start`.
        """
        ...

    def lives(self, execution_id: str, hosts: int) -> bool:
        """Tell whether all hosts of an execution of that many run, which costs less than to observe them."""
        ...

    def stop(self, execution_id: str, grace_s: float, why: str = "order") -> None:
        """Ask every host to end (SIGTERM to the user's process), and kill it `grace_s` seconds later. Does not wait.

        `why` is `order`, or `interruption`: then another attempt will follow, and no artifacts are stored.
        """
        ...

    def salvage(self, execution_id: str) -> bool:
        """Have stored what hosts that died left in their synced folders, once for each.

        Returns:
            Whether that is under way: ask again, and release nothing before.
        """
        ...

    def release(self, execution_id: str) -> None:
        """Kill what is left of the execution and remove its folders. An unknown execution is no error."""
        ...
