"""Objects seen with the rights of a role: what work may read and write that was ordered over the network.

Only what hosts do with objects is offered; each call asks first, for every object that it touches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from sagewright.engine.abc import ObjectStore

_OF_OBJECTS = {
    "put": "s3:PutObject",
    "put_file": "s3:PutObject",
    "head": "s3:GetObject",
    "open": "s3:GetObject",
    "materialise": "s3:GetObject",
    "delete": "s3:DeleteObject",
}
_OF_BUCKETS = {"list": "s3:ListBucket", "head_bucket": "s3:ListBucket"}

Check = Callable[[str, str, str], None]
"""Takes an action, a bucket and a key (empty: the bucket itself); raises `AccessRefused`."""


class AccessRefused(Exception):
    """The role may not do that; the text is AWS's."""


def guarded(objects: ObjectStore, check: Check) -> ObjectStore:
    """Return a view of a store that asks `check` before it does anything."""
    return cast("ObjectStore", _Guarded(objects, check))


class _Guarded:
    def __init__(self, objects: ObjectStore, check: Check) -> None:
        self._objects, self._check = objects, check

    def lay_down(self, bucket: str, files: Sequence[tuple[str, Path]], *, shared: bool = False) -> Sequence[str]:
        for key, _ in files:
            self._check("s3:GetObject", bucket, key)
        return self._objects.lay_down(bucket, files, shared=shared)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _OF_OBJECTS and name not in _OF_BUCKETS:
            raise AttributeError(f"hosts have no business with `{name}`")
        method = getattr(self._objects, name)

        def checked(bucket: str, *arguments: Any, **options: Any) -> Any:
            if name in _OF_BUCKETS:
                self._check(_OF_BUCKETS[name], bucket, "")
            else:
                self._check(_OF_OBJECTS[name], bucket, arguments[0])
            return method(bucket, *arguments, **options)

        return checked
