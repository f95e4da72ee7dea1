"""Files that a Spark job needs beside its script: those here are uploaded, those in S3 are named."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlparse

from sagewright.local_data import local_path
from sagewright.s3 import s3_path_join
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.session import Session

WANTED = "Please specify a list of one or more S3 URIs, local file paths, and/or local directory paths"


class FileType(Enum):
    """What a file is to Spark."""

    JAR = 1
    PYTHON = 2
    FILE = 3


# The option of `spark-submit`, which names the input as well.
OPTIONS = {FileType.PYTHON: "py-files", FileType.JAR: "jars", FileType.FILE: "files"}


class Dependencies(NamedTuple):
    """Files of one kind.

    Attributes:
        option: What `spark-submit` is told: paths and URIs, with commas.
        is_uploaded: Some of them were here, and are in S3 now.
    """

    option: Any
    is_uploaded: bool


def stage(session: Session, files: Sequence[Any], place: str, folder: str) -> Dependencies:
    """Upload the files that are here.

    Args:
        place: The S3 URI of a prefix that they go below.
        folder: Where they will be in the container.

    Raises:
        ValueError: There is no file, or one that is neither here nor in S3.
    """
    if not files or isinstance(files, str):
        raise ValueError(f"submit_deps value may not be empty. {WANTED}")
    uris, paths = [], []
    for file in files:
        if is_variable(file) or urlparse(file).scheme in ("s3", "s3a"):
            uris.append(file)
        else:
            paths.append(_checked(file))
    for path in sorted(paths, key=os.path.isdir):
        _upload(session, path, place)
    return Dependencies(_joined([*uris, *([folder] if paths else [])]), bool(paths))


def _checked(file: str) -> str:
    scheme = urlparse(file).scheme
    if scheme not in ("", "file"):
        raise ValueError(f"submit_deps path {file} references unsupported filesystem scheme: {scheme} {WANTED}")
    path = local_path(file)
    if path is None:
        raise ValueError(f"submit_deps path {file} is not a valid local file or directory. {WANTED}")
    return path


def _upload(session: Session, path: str, place: str) -> None:
    below = s3_path_join(place, os.path.basename(os.path.normpath(path))) if os.path.isdir(path) else place
    bucket, _, prefix = below.removeprefix("s3://").partition("/")
    session.upload_data(path, bucket, prefix)


def _joined(parts: list[Any]) -> Any:
    if any(is_variable(part) for part in parts):
        functions = importlib.import_module("sagewright.workflow.functions")  # only pipelines need it
        return functions.Join(on=",", values=parts)
    return ",".join(parts)
