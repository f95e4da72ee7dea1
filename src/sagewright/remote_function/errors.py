"""What goes wrong with functions that run as jobs, and how a job tells it (v2's own path).

RemoteFunctionError
├── ServiceError            S3 or SageMaker did not do what it was asked
├── SerializationError      something cannot be pickled
└── DeserializationError    something cannot be read back, or is not what was written
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

DEFAULT_FAILURE_CODE = 1
FAILURE_REASON_PATH = "/opt/ml/output/failure"


class RemoteFunctionError(Exception):
    """A function could not be run as a job, or not to its end."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class ServiceError(RemoteFunctionError):
    """S3 or SageMaker did not do what it was asked; the cause is chained."""


class SerializationError(RemoteFunctionError):
    """A function, its arguments or what it returns cannot be pickled."""


class DeserializationError(RemoteFunctionError):
    """What was stored cannot be read back, or is not what was written."""


def handle_error(error: Exception, sagemaker_session: Any, s3_base_uri: str, s3_kms_key: str | None) -> int:
    """Store what a function has raised, for the caller to raise again; return the exit code of its job.

    Args:
        s3_base_uri: Where the job keeps what belongs to it.
    """
    from sagewright.remote_function.core import serialization
    from sagewright.s3 import s3_path_join

    _write_failure_reason_file(repr(error))
    serialization.serialize_exception_to_s3(
        error, sagemaker_session, s3_path_join(s3_base_uri, "exception"), s3_kms_key
    )
    if isinstance(error, RemoteFunctionError):
        return DEFAULT_FAILURE_CODE
    return _get_valid_failure_exit_code(getattr(error, "errno", DEFAULT_FAILURE_CODE))


def _write_failure_reason_file(failure_msg: str) -> None:
    """Tell the service why the job fails, unless that is told already; what cannot be told keeps nothing else back."""
    base = os.environ.get("SAGEMAKER_BASE_DIR")  # a job's, where `/opt/ml` has another name
    path = Path(f"{base}/output/failure" if base else FAILURE_REASON_PATH)
    with contextlib.suppress(OSError):
        if not path.exists():
            path.write_text(failure_msg)


def _get_valid_failure_exit_code(exit_code: Any) -> int:
    try:
        return int(exit_code)
    except (TypeError, ValueError):
        return DEFAULT_FAILURE_CODE
