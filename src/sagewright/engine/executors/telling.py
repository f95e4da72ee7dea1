"""What jobs and endpoints store is told of, like what anybody stores (`operations/s3/events.py`)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from sagewright.engine.abc import ObjectInfo, ObjectStore
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.arns import partition_of

_SESSION = "SageMaker"


def told(parts: Parts, engine: Parts) -> Parts:
    """Return parts whose objects are told of when they are stored.

    Args:
        engine: The engine's own parts: who may not list a bucket stores there all the same.
    """
    return replace(parts, objects=cast("ObjectStore", _Told(parts.objects, engine)))


class _Told:
    def __init__(self, objects: ObjectStore, engine: Parts) -> None:
        self._objects, self._engine = objects, engine

    def put(self, bucket: str, key: str, body: BinaryIO | bytes, **options: Any) -> ObjectInfo:
        return self._tell(self._objects.put(bucket, key, body, **options))

    def put_file(self, bucket: str, key: str, path: Path, **options: Any) -> ObjectInfo:
        return self._tell(self._objects.put_file(bucket, key, path, **options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._objects, name)

    def _tell(self, info: ObjectInfo) -> ObjectInfo:
        bucket = self._engine.objects.head_bucket(info.bucket)
        arn = f"arn:{partition_of(bucket.region)}:sts::{bucket.owner}:assumed-role/{_SESSION}/{_SESSION}"
        caller = Caller(bucket.owner, bucket.region, arn, f"AROASAGEMAKER:{_SESSION}")
        object_event(self._engine, caller, "ObjectCreated:Put", bucket, info)
        return info
