"""A trained model's files, brought from S3 to a folder."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sagewright.s3 import S3Downloader, parse_s3_url
from sagewright.vocabulary.archives import extract_safely

if TYPE_CHECKING:
    from sagewright.session import Session


def fetched(session: Session, place: str) -> str:
    """Return the folder of a model: `place` itself, or a new one with what lies at an S3 URI, unpacked.

    Raises:
        ValueError: A member of the archive would lead out of the folder.
    """
    if not place.startswith("s3://"):
        return place
    folder = tempfile.mkdtemp(prefix="model-builder-")
    if not place.endswith((".tar.gz", ".tgz")):
        S3Downloader.download(place, folder, sagemaker_session=session)
        return folder
    bucket, key = parse_s3_url(place)
    with tempfile.TemporaryFile() as packed:
        session.s3_client.download_fileobj(bucket, key, packed)
        packed.seek(0)
        with tarfile.open(fileobj=packed, mode="r:gz") as archive:
            extract_safely(archive, Path(folder))
    return folder
