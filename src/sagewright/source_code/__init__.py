"""The user's code on its way to a job: which files, the archive, the upload, clones of git repositories."""

from __future__ import annotations

from typing import NamedTuple


class UploadedCode(NamedTuple):
    """Where a job's code lies.

    Attributes:
        s3_prefix: The archive's S3 URI.
        script_name: What the job starts, as a path in the archive.
    """

    s3_prefix: str
    script_name: str
