"""Local mode's `file://` output paths: what a job leaves goes into a folder of this machine.

The job stores it in the engine's S3 as any other; when it has ended it is copied from there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sagewright.s3 import parse_s3_url

if TYPE_CHECKING:
    from sagewright.session import Session

_ARCHIVES = ("model.tar.gz", "output.tar.gz")


def is_folder(output_path: Any) -> bool:
    """Tell whether an output path is a `file://` URI."""
    return isinstance(output_path, str) and output_path.startswith("file://")


def model_uri(output_path: str) -> str:
    """Return where the model of a job lies whose output path is a folder."""
    return f"{output_path.rstrip('/')}/model.tar.gz"


def fetch_transformed(session: Session, output_path: str, job: dict[str, Any]) -> None:
    """Copy what a transform job has stored so far into the folder, with the folders below it.

    Args:
        job: `DescribeTransformJob`'s answer.
    """
    folder = unquote(output_path.removeprefix("file://"))
    bucket, prefix = parse_s3_url(job["TransformOutput"]["S3OutputPath"])
    below = f"{prefix.rstrip('/')}/"
    for key in session.list_s3_files(bucket, below):
        path = os.path.normpath(os.path.join(folder, key.removeprefix(below)))
        if os.path.commonpath([os.path.abspath(folder), os.path.abspath(path)]) != os.path.abspath(folder):
            raise ValueError(f"The output `s3://{bucket}/{key}` would lie outside of the folder `{folder}`.")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        session.s3_client.download_file(bucket, key, path)


def fetch_outputs(session: Session, output_path: str, job: dict[str, Any]) -> None:
    """Copy what a job that has ended left into the folder.

    Args:
        job: `DescribeTrainingJob`'s answer.
    """
    folder = unquote(output_path.removeprefix("file://"))
    os.makedirs(folder, exist_ok=True)
    bucket, prefix = parse_s3_url(job["OutputDataConfig"]["S3OutputPath"])
    below = "/".join(part for part in (prefix.rstrip("/"), job["TrainingJobName"], "output", "") if part) + "/"
    for key in session.list_s3_files(bucket, below):
        name = key.rpartition("/")[2]
        if name in _ARCHIVES:
            session.s3_client.download_file(bucket, key, os.path.join(folder, name))
