"""A model's archive with the code that serves it."""

from __future__ import annotations

import logging
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from sagewright.s3 import parse_s3_url
from sagewright.source_code.archive import add_file
from sagewright.source_code.packing import ParallelGzip
from sagewright.source_code.selection import entries_of, select
from sagewright.source_code.upload import encryption

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")


def repack_model(
    session: Session,
    model_data: str,
    destination: str,
    script: str,
    folder: str | None,
    dependencies: Sequence[str],
    kms_key: str | None = None,
) -> None:
    """Put a model's archive with code below `code/` at another place; its own files stay as they are.

    Args:
        model_data, destination: S3 URIs, or `file://` URIs.
        folder: A folder, or the S3 URI of an archive of one; takes the place of code that the model holds.
        dependencies: Go to `code/lib/`.

    Raises:
        FileNotFoundError: The script or a dependency is not there.
        ValueError: A member of an archive would lead outside of it.
    """
    logger.info(
        "Repacking model artifact (%s), script artifact (%s), and dependencies (%s) into single tar.gz file located at "
        "%s. This may take some time depending on model size...",
        *(model_data, folder, dependencies, destination),
    )
    with tempfile.TemporaryFile() as packed:
        with (
            ParallelGzip(packed) as stream,
            tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            keeps = _copy_model(session, model_data, archive, replaced=bool(folder))
            _add_code(session, archive, script, folder, keeps)
            for dependency in dependencies:
                for name, path in entries_of(os.path.normpath(dependency)).items():
                    add_file(archive, f"code/lib/{name}", path)
        packed.seek(0)
        _store(session, packed, destination, kms_key)


def _store(session: Session, packed: IO[bytes], destination: str, kms_key: str | None) -> None:
    if not destination.lower().startswith("s3://"):
        with open(destination.removeprefix("file://"), "wb") as file:
            shutil.copyfileobj(packed, file)
        return
    bucket, key = parse_s3_url(destination)
    session.s3_client.upload_fileobj(packed, bucket, key, ExtraArgs=encryption(session, bucket, kms_key))


def _copy_model(session: Session, uri: str, archive: tarfile.TarFile, *, replaced: bool) -> set[str]:
    """Copy a model's members, without its code where that is replaced; return the names of what is there."""
    names = set()
    for name, member, content in _members(session, uri):
        if not (replaced and PurePosixPath(name).parts[0] == "code"):
            names.add(name)
            member.name = name
            archive.addfile(member, content)
    return names


def _add_code(session: Session, archive: tarfile.TarFile, script: str, folder: str | None, there: set[str]) -> None:
    if folder and folder.lower().startswith("s3://"):
        for name, member, content in _members(session, folder):
            member.name = f"code/{name}"
            archive.addfile(member, content)
    elif folder:
        for name, path in select(script, folder, []).entries.items():
            add_file(archive, f"code/{name}", path)
    elif os.path.exists(script):
        add_file(archive, f"code/{os.path.basename(script)}", script)
    elif f"code/{script}" not in there:
        raise FileNotFoundError(
            f"Could not find '{script}'.\nhint: it must be a file here, or lie in the folder `code/` of the model."
        )


def _members(session: Session, uri: str) -> Iterator[tuple[str, tarfile.TarInfo, IO[bytes] | None]]:
    """Yield the members of an archive in S3, with their names as they stand below the archive's root."""
    with _opened(session, uri) as file, tarfile.open(fileobj=file, mode="r:gz") as archive:
        for member in archive:
            name = _checked(member, uri)
            if name:
                yield name, member, archive.extractfile(member) if member.isreg() else None


@contextmanager
def _opened(session: Session, uri: str) -> Iterator[IO[bytes]]:
    """Open the file of a `file://` URI, or a copy of the object of an S3 URI."""
    if not uri.lower().startswith("s3://"):
        with open(uri.removeprefix("file://"), "rb") as there:
            yield there
        return
    bucket, key = parse_s3_url(uri)
    with tempfile.TemporaryFile() as file:
        session.s3_client.download_fileobj(bucket, key, file)
        file.seek(0)
        yield file


def _checked(member: tarfile.TarInfo, uri: str) -> str:
    name = os.path.normpath(member.name).lstrip("/")
    target: Any = os.path.join(os.path.dirname(name), member.linkname) if member.issym() else ""
    for path in (member.name, os.path.normpath(target) if target else ""):
        if ".." in PurePosixPath(path).parts or (member.issym() and os.path.isabs(target)):
            raise ValueError(f"The member `{member.name}` of `{uri}` leads out of the archive.")
    return "" if name == "." else name
