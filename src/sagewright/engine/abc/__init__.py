"""The engine's interfaces. Each docstring is the contract; implementations do not repeat it.

One contract suite per interface, in `sagewright.testing`, runs against every implementation. Unless an interface says
otherwise: methods may be called from any thread and, where the implementation is durable, from any process on the same
home; when a method returns, its effect is durable; values given and returned are the caller's own (copies).
"""

from __future__ import annotations

from sagewright.engine.abc.clock import Clock, Ids
from sagewright.engine.abc.execution import Capability, Executor, HostState
from sagewright.engine.abc.objects import (
    Assembly,
    Bucket,
    BucketExists,
    BucketNotEmpty,
    Damage,
    DamagedObject,
    Deletion,
    EntityTooSmall,
    Guard,
    InvalidPart,
    IsDeleteMarker,
    Listing,
    NoSuchBucket,
    NoSuchObject,
    NoSuchUpload,
    NoSuchVersion,
    ObjectInfo,
    ObjectStore,
    Part,
    PreconditionFailed,
    Upload,
    VersionListing,
)
from sagewright.engine.abc.records import BadToken, Change, Page, Query, Record, StateStore, VersionConflict
from sagewright.engine.abc.streams import (
    Datum,
    LogEvent,
    LogGroup,
    LogStore,
    LogStream,
    MetricStore,
    NoSuchLog,
    PlacedEvent,
    Summary,
)

__all__ = [
    "Assembly",
    "BadToken",
    "Bucket",
    "BucketExists",
    "BucketNotEmpty",
    "Capability",
    "Change",
    "Clock",
    "Damage",
    "DamagedObject",
    "Datum",
    "Deletion",
    "EntityTooSmall",
    "Executor",
    "Guard",
    "HostState",
    "Ids",
    "InvalidPart",
    "IsDeleteMarker",
    "Listing",
    "LogEvent",
    "LogGroup",
    "LogStore",
    "LogStream",
    "MetricStore",
    "NoSuchBucket",
    "NoSuchLog",
    "NoSuchObject",
    "NoSuchUpload",
    "NoSuchVersion",
    "ObjectInfo",
    "ObjectStore",
    "Page",
    "Part",
    "PlacedEvent",
    "PreconditionFailed",
    "Query",
    "Record",
    "StateStore",
    "Summary",
    "Upload",
    "VersionConflict",
    "VersionListing",
]
