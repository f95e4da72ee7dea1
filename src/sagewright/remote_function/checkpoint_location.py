"""Where a function that runs as a job keeps its checkpoints (v2's own path)."""

from __future__ import annotations

import os
import re

_S3_URI = re.compile(r"^(https|s3)://([^/]+)/?(.*)$")
_JOB_CHECKPOINT_LOCATION = "/opt/ml/checkpoints/"


class CheckpointLocation(os.PathLike):  # type: ignore[type-arg]  # of text; v2's class is not generic either
    """A folder of the job's that is kept in S3: what a function writes there is stored while it runs.

    Give it to the function as an argument; there it is a path.

    Args:
        s3_uri: Where the folder is kept.

    Raises:
        ValueError: It is no S3 URI.

    Example:
        >>> import os
        >>> from sagewright.remote_function import CheckpointLocation
        >>> os.fspath(CheckpointLocation("s3://bucket/checkpoints"))
        '/opt/ml/checkpoints/'
    """

    _local_path = _JOB_CHECKPOINT_LOCATION

    def __init__(self, s3_uri: str) -> None:
        if not _S3_URI.match(s3_uri):
            raise ValueError("CheckpointLocation should be specified with valid s3 URI.")
        self._s3_uri = s3_uri

    def __fspath__(self) -> str:
        base = os.environ.get("SAGEMAKER_BASE_DIR")  # a job's, where `/opt/ml` has another name
        return f"{base}/checkpoints/" if base else self._local_path

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._s3_uri!r})"
