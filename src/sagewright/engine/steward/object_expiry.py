"""Carrying out the lifecycle rules of buckets: once a day, or when a steward next runs.

What goes to another storage class elsewhere stays where it is here: transitions are kept and told, not made.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise

from sagewright.engine.abc import Bucket, NoSuchBucket, NoSuchUpload, ObjectInfo, Record, VersionConflict
from sagewright.engine.objects.expiry import (
    DAY_S,
    Rule,
    active,
    expiry_of,
    marker_goes,
    upload_goes,
    version_goes,
)
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.operations.s3.locks import lock_guard
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import ApiError

KIND = "s3-lifecycle"
_NAME = "last"
_PAGE = 1000
_TICK_S = 0.2  # of work at a time: others wait for the steward, too

log = logging.getLogger(__name__)


class _Changed(Exception):
    """The object is not the one any more that was to go."""


class ExpiryReconciler:
    """Lets go what the rules of its buckets let go."""

    kind = KIND

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._work: Iterator[None] | None = None
        self._next = 0.0  # when the rules are looked at again, in unix seconds

    def tick(self) -> bool:
        """Do a slice of the day's work."""
        if self._work is None:
            if self._parts.clock.now() < self._next:
                return False
            self._work = self._day()
        until = time.monotonic() + _TICK_S
        while time.monotonic() < until:
            try:
                next(self._work)
            except StopIteration:
                self._work = None
                return False
            except BaseException:
                self._work = None
                raise
        return True

    def _day(self) -> Iterator[None]:
        now = self._parts.clock.now()
        today = int(now // DAY_S)
        self._next = (today + 1.0) * DAY_S
        last = self._parts.state.get(KIND, "", _NAME)
        if last is not None and last.body["day"] >= today:
            return
        for bucket in self._parts.objects.list_buckets():
            rules = active(bucket.configuration.get("lifecycle"))
            if rules:
                with suppress(NoSuchBucket):  # deleted meanwhile
                    yield from self._expire(bucket, rules, now)
        with suppress(VersionConflict):
            version = 0 if last is None else last.version
            self._parts.state.put(Record(KIND, "", _NAME, {"day": today}), expected_version=version)

    def _expire(self, bucket: Bucket, rules: Sequence[Rule], now: float) -> Iterator[None]:
        if any("Expiration" in rule for rule in rules):
            yield from self._objects(bucket, rules, now)
        if bucket.configuration.get("versioning"):
            yield from self._versions(bucket, rules, now)
        for upload in self._parts.objects.list_uploads(bucket.name):
            if upload_goes(rules, upload, now):
                with suppress(NoSuchUpload):
                    self._parts.objects.abort_upload(upload.upload_id)
        yield

    def _objects(self, bucket: Bucket, rules: Sequence[Rule], now: float) -> Iterator[None]:
        after: str | None = ""
        while after is not None:
            page = self._parts.objects.list(bucket.name, after=after, limit=_PAGE)
            for info in page.objects:
                found = expiry_of(rules, info)
                if found and found[0] <= now:
                    self._remove(bucket, info)
            after = page.next_after
            yield

    def _versions(self, bucket: Bucket, rules: Sequence[Rule], now: float) -> Iterator[None]:
        after: tuple[str, str | None] | None = ("", None)
        of_key: list[ObjectInfo] = []  # the versions of one key, newest first
        while after is not None:
            page = self._parts.objects.list_versions(bucket.name, after=after, limit=_PAGE)
            for info, _ in page.versions:
                if of_key and of_key[0].key != info.key:
                    self._old_versions(bucket, rules, of_key, now)
                    of_key = []
                of_key.append(info)
            after = page.next_after
            yield
        self._old_versions(bucket, rules, of_key, now)

    def _old_versions(self, bucket: Bucket, rules: Sequence[Rule], of_key: Sequence[ObjectInfo], now: float) -> None:
        """Let go of a key's versions, and of its delete marker when it stands alone."""
        left = list(of_key[:1])
        for newer, (successor, info) in enumerate(pairwise(of_key)):
            if version_goes(rules, info, successor.modified_at, newer, now):
                self._remove(bucket, info, for_good=True)
            else:
                left.append(info)
        if len(left) == 1 and left[0].is_marker and marker_goes(rules, left[0], now):
            self._remove(bucket, left[0], for_good=True)

    def _remove(self, bucket: Bucket, info: ObjectInfo, *, for_good: bool = False) -> None:
        def unchanged(found: ObjectInfo | None) -> None:
            if found is None or (found.modified_at, found.etag) != (info.modified_at, info.etag):
                raise _Changed

        version_id = (info.version_id or "null") if for_good else None
        guard = lock_guard(self._parts.clock.now(), bypass=False, also=unchanged) if for_good else unchanged
        try:
            done = self._parts.objects.delete(bucket.name, info.key, version_id=version_id, guard=guard)
        except (_Changed, ApiError):  # it is another one now, or it is locked
            return
        marked = not for_good and done.is_marker
        name = "LifecycleExpiration:DeleteMarkerCreated" if marked else "LifecycleExpiration:Delete"
        object_event(self._parts, None, name, bucket, info)
