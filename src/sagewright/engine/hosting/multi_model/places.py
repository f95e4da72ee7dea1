"""The models of one instance on the disk.

<home>/executions/<execution>/algo-1/
├── ml/models/<name>/model/    a model's files, seen by the server as /opt/ml/models/<name>/model
├── models/<name>              touched when the model is used; locked (flock) while it is loaded or unloaded
└── models/<name>.use          where models are not kept: locked by all that ask it, that the last one unloads it
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tarfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, ObjectStore
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.hosting.http import Undelivered
from sagewright.vocabulary.archives import extract_safely
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.s3_uris import split_s3_uri

POLL_S = 0.02


@dataclass(frozen=True)
class Model:
    """One of the models behind a prefix.

    Attributes:
        target: What clients call it: its path behind the prefix.
        name: What the server calls it.
    """

    target: str
    name: str
    bucket: str
    key: str

    @property
    def url(self) -> str:
        """Where the server finds its files."""
        return f"/opt/ml/models/{self.name}/model"


def model_of(definition: Mapping[str, Any], target: str) -> Model:
    """Return the model that a client asks for.

    Args:
        definition: The container's.
    """
    source = definition.get("ModelDataSource", {}).get("S3DataSource", {})
    bucket, prefix = split_s3_uri(definition.get("ModelDataUrl") or source["S3Uri"])
    key = "/".join(part for part in (prefix.rstrip("/"), target.lstrip("/")) if part)
    return Model(target, hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest()[:32], bucket, key)


@dataclass(frozen=True)
class Place:
    """The models of one instance."""

    host: Path

    def touch(self, model: Model) -> None:
        """Note that a model is used now."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._stamp(model.name))

    def used_at(self, name: str) -> float:
        """Return when a model was last used (unix seconds; 0: never)."""
        try:
            return self._stamp(name).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def lock(self, name: str, deadline: float) -> int | None:
        """Return a descriptor that keeps everybody else from loading or unloading a model; None: it is too late.

        Args:
            deadline: In seconds of the monotonic clock.

        Raises:
            Undelivered: The instance is gone.
        """
        lock = self._open(name)
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(lock)
                    return None
                time.sleep(POLL_S)

    @contextlib.contextmanager
    def using(self, name: str) -> Iterator[None]:
        """Keep a model from being taken for unused while the block asks it.

        Raises:
            Undelivered: The instance is gone.
        """
        use = self._open(f"{name}.use")
        with unlocking(use):
            fcntl.flock(use, fcntl.LOCK_SH)
            yield

    @contextlib.contextmanager
    def unused(self, name: str) -> Iterator[bool]:
        """Yield whether nobody uses a model; then nobody begins to before the block ends.

        Raises:
            Undelivered: The instance is gone.
        """
        use = self._open(f"{name}.use")
        with unlocking(use):
            try:
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def lay(self, objects: ObjectStore, model: Model) -> bool:
        """Unpack a model unless that is done; return whether it was to do.

        Raises:
            ApiError: `ValidationError`: there is no such model, or it is no archive.
            Undelivered: The instance is gone.
        """
        folder = self._folder(model.name)
        if folder.is_dir():
            return False
        draft = folder.with_name(f".{uuid.uuid4().hex}")
        try:
            (draft / "model").mkdir(parents=True)
            _unpack(objects, model, draft / "model")
            draft.rename(folder)
        except FileNotFoundError as error:
            raise Undelivered(str(error)) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return True

    def clear(self, name: str) -> None:
        """Remove a model's files."""
        grave = self._folder(name).with_name(f".{uuid.uuid4().hex}")
        with contextlib.suppress(FileNotFoundError):
            self._folder(name).rename(grave)
        shutil.rmtree(grave, ignore_errors=True)

    def pid(self) -> int | None:
        """Return the process beneath which the server runs; None: nobody knows."""
        return HostFolder(self.host).pid()

    def _open(self, name: str) -> int:
        try:
            self._stamp(name).parent.mkdir(exist_ok=True, mode=0o700)
            return os.open(self._stamp(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError as error:
            raise Undelivered(str(error)) from error

    def _stamp(self, name: str) -> Path:
        return self.host / "models" / name

    def _folder(self, name: str) -> Path:
        return self.host / "ml" / "models" / name


@contextlib.contextmanager
def unlocking(lock: int) -> Iterator[None]:
    """Let others in at the end of the block."""
    try:
        yield
    finally:
        os.close(lock)


def _unpack(objects: ObjectStore, model: Model, folder: Path) -> None:
    try:
        with objects.open(model.bucket, model.key)[1] as stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
            extract_safely(archive, folder)
    except (NoSuchBucket, NoSuchObject):
        raise ApiError(
            "ValidationError",
            f"Failed to download model data(bucket: {model.bucket}, key: {model.key}). Please ensure that there is an "
            "object located at the URL and that the role passed to CreateModel has permissions to download the model.",
        ) from None
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ApiError(
            "ValidationError",
            f"Failed to extract model data(bucket: {model.bucket}, key: {model.key}). Please ensure that the object "
            f"located at the URL is a tar.gz archive.\nhint: {error}",
        ) from None
