"""Laying out a container's `/opt/ml` and taking in what a program has left there."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, ObjectStore
from sagewright.engine.data.errors import LayoutError
from sagewright.engine.planning.document import HostDocument, Unpack, Upload
from sagewright.vocabulary.archives import extract_safely

FAILURE_CHARACTERS = 1024  # of `output/failure` that become the failure reason (`contract.md` 1.6)


def lay_out(document: HostDocument, ml: Path) -> None:
    """Make the folders and files that a program finds below `/opt/ml`, its input data excepted."""
    ml.mkdir(mode=0o755, parents=True, exist_ok=True)
    for folder in document.folders:
        (ml / folder).mkdir(parents=True, exist_ok=True)
    for name, text in document.files.items():
        path = ml / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def unpack(objects: ObjectStore, unpacks: Sequence[Unpack], ml: Path) -> None:
    """Extract archives of models and of code.

    Raises:
        LayoutError: An archive is missing, damaged, or reaches outside its folder.
    """
    for item in unpacks:
        target = ml / item.path
        target.mkdir(parents=True, exist_ok=True)
        uri = f"s3://{item.bucket}/{item.key}"
        try:
            with objects.open(item.bucket, item.key)[1] as stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
                extract_safely(archive, target, item.max_bytes)
        except (NoSuchBucket, NoSuchObject):
            raise LayoutError(f"ClientError: The {item.what} `{uri}` does not exist.") from None
        except (tarfile.TarError, OSError, EOFError) as error:
            raise LayoutError(f"ClientError: The {item.what} `{uri}` cannot be extracted: {error}") from None


def upload(objects: ObjectStore, uploads: Sequence[Upload], hosts: Sequence[Path]) -> dict[str, str]:
    """Store what the program has left; return the S3 URI of each folder that was stored.

    Args:
        hosts: The `/opt/ml` of each host; what they left in a folder is stored together.

    Raises:
        LayoutError: The bucket is gone or an archive cannot be written.
    """
    stored = {}
    for item in uploads:
        folders = [ml / item.path for ml in hosts]
        if not item.required and not any(folder.is_dir() and any(folder.iterdir()) for folder in folders):
            continue
        try:
            (_store_archive if item.compressed else _store_files)(objects, item, hosts)
        except NoSuchBucket:
            raise LayoutError(
                f"ClientError: Artifact upload failed:The bucket `{item.bucket}` does not exist."
            ) from None
        except OSError as error:
            raise LayoutError(f"ClientError: Artifact upload failed:{error}") from None
        stored[item.path] = f"s3://{item.bucket}/{item.key}"
    return stored


def _store_archive(objects: ObjectStore, item: Upload, hosts: Sequence[Path]) -> None:
    with tempfile.TemporaryDirectory(dir=hosts[0].parent) as scratch:
        archive = pack([ml / item.path for ml in hosts], Path(scratch) / "archive.tar.gz")
        objects.put_file(item.bucket, item.key, archive, headers={"ContentType": "application/gzip"})


def _store_files(objects: ObjectStore, item: Upload, hosts: Sequence[Path]) -> None:
    for ml in reversed(hosts):  # of files of one name the first host's stays
        folder = ml / item.path
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                objects.put_file(item.bucket, item.key + path.relative_to(folder).as_posix(), path)


def pack(folders: Sequence[Path], archive: Path) -> Path:
    """Write the content of folders to one gzipped tar archive, its members relative to their folder.

    Of files of one name the first folder's is taken, and nothing lies below a name that is a file.
    """
    taken: set[str] = set()
    files: set[str] = set()
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(folder)
                if str(name) in taken or any(str(parent) in files for parent in name.parents):
                    continue
                taken.add(str(name))
                if path.is_symlink() or not path.is_dir():
                    files.add(str(name))
                tar.add(path, str(name), recursive=False, filter=_anonymous)
    return archive


def failure_text(ml: Path) -> str | None:
    """Return what the program says of its failure in `output/failure`, or None."""
    path = ml / "output" / "failure"
    try:
        if not path.is_file():  # a pipe would keep the reader waiting
            return None
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(FAILURE_CHARACTERS).strip() or None
    except OSError:
        return None


def environment_of(document: HostDocument, python: str, ml: Path, *, isolated: bool) -> dict[str, str]:
    """Return the variables of the program: its interpreter first on the path, and where its base folder is."""
    environment = dict(document.environment)
    search = [os.path.dirname(python), environment.get("PATH") or os.defpath]
    environment["PATH"] = os.pathsep.join(search)
    if not isolated:
        environment["SAGEMAKER_BASE_DIR"] = str(ml)
    return environment


def command_of(document: HostDocument, python: str, environment: Mapping[str, str]) -> list[str]:
    """Return the command with the interpreter, and a server's port, in their places."""
    words = [python if word == "{python}" else word for word in document.command]
    if document.server is None:
        return words
    return [word.replace("{port}", environment.get(document.server.port_variable, "")) for word in words]


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
