"""The code of functions and layers: `<home>/hybrid/code/<digest>.zip`, and beside it the folder it unfolds to."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import stat
import zipfile
from pathlib import Path

from sagewright.engine.gateway.hybrid import store
from sagewright.engine.gateway.hybrid.files import write_durably
from sagewright.vocabulary.archives import escapes

PACKED_BYTES, UNFOLDED_BYTES = 250 << 20, 250 << 20  # Amazon's limit, packed in S3 and unfolded
MOST_FILES = 50_000


class BadArchive(ValueError):
    """An archive that is damaged, too large, or would write outside of its folder."""


def keep(home: Path, data: bytes) -> str:
    """Store an archive durably, and return its digest.

    Raises:
        BadArchive: It cannot be unfolded.
    """
    check(data)
    digest = hashlib.sha256(data).hexdigest()
    path = _path(home, digest)
    if path.exists():
        return digest
    write_durably(path, data)
    return digest


def check(data: bytes) -> None:
    """Look an archive over, without unfolding it.

    Raises:
        BadArchive: It cannot be unfolded.
    """
    if len(data) > PACKED_BYTES:
        raise BadArchive(f"The archive has {len(data)} bytes; at most {PACKED_BYTES} are allowed")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise BadArchive("Could not unzip uploaded file. Please check your file, then try to upload again.") from None
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > UNFOLDED_BYTES:
        raise BadArchive(f"Unzipped size must be smaller than {UNFOLDED_BYTES} bytes")
    for member in members:
        mode = member.external_attr >> 16
        if escapes(member.filename) or "\\" in member.filename:
            raise BadArchive(f"`{member.filename}` would lie outside of the function's folder")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise BadArchive(f"`{member.filename}` is not a plain file")


def folder_of(home: Path, digest: str) -> Path:
    """Return the folder that an archive unfolds to, unfolding it at first use.

    Raises:
        BadArchive: It is missing or damaged.
    """
    folder = _path(home, digest).with_suffix("")
    if folder.is_dir():
        return folder
    draft = folder.with_name(f".{digest}-{os.urandom(4).hex()}")
    try:
        with zipfile.ZipFile(_path(home, digest)) as archive:
            _unfold(archive, draft)
        with contextlib.suppress(OSError):  # somebody else was faster
            draft.rename(folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadArchive(f"The code of the function is damaged: {error}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def remove_others(home: Path, kept: set[str]) -> None:
    """Remove the code that no function names any more."""
    for path in _path(home, "x").parent.glob("*"):
        digest = path.name.partition(".")[0]
        if digest and digest not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _unfold(archive: zipfile.ZipFile, folder: Path) -> None:
    left = UNFOLDED_BYTES
    folder.mkdir(mode=0o700)
    for member in archive.infolist():
        archive_path = folder / member.filename
        if member.is_dir():
            archive_path.mkdir(parents=True, exist_ok=True)
            continue
        archive_path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, archive_path.open("wb") as file:
            while piece := packed.read(1 << 20):
                left -= len(piece)
                if left < 0:  # more than the archive's own list says
                    raise zipfile.BadZipFile("it unfolds to more than it says")
                file.write(piece)
        archive_path.chmod(0o700 if (member.external_attr >> 16) & 0o100 else 0o600)


def _path(home: Path, digest: str) -> Path:
    return home / store.FOLDER / "code" / f"{digest}.zip"
