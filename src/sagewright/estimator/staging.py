"""An estimator's code and local data on their way to S3 (`contract.md` 9.5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sagewright.deferring import code_prefix
from sagewright.preflight.flight import Source
from sagewright.s3 import parse_s3_url, s3_path_join
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase
    from sagewright.source_code import UploadedCode

CODE_IN_CHANNEL = "/opt/ml/input/data/code/sourcedir.tar.gz"


def has_code(estimator: EstimatorBase) -> bool:
    """Tell whether an estimator sends code of its user's.

    Raises:
        ValueError: It has code, but nothing to start.
    """
    if not (estimator.entry_point or estimator.source_dir or estimator.dependencies):
        return False
    if not estimator.entry_point:
        raise ValueError("`source_dir` and `dependencies` need an `entry_point`: the script that the job starts.")
    return True


@contextmanager
def source_of(estimator: EstimatorBase) -> Iterator[Source | None]:
    """Give an estimator's code as it lies on this machine, or None: it has none. A repository is cloned for as long.

    Raises:
        ValueError: It has code, but nothing to start.
    """
    if not has_code(estimator):
        yield None
        return
    entry_point, dependencies = estimator.entry_point, list(estimator.dependencies)
    assert entry_point is not None
    if not estimator.git_config:
        yield Source(entry_point, estimator.source_dir, dependencies)
        return
    from sagewright.git_utils import cloned  # only clones need processes

    with cloned(estimator.git_config, entry_point, estimator.source_dir, dependencies) as paths:
        yield Source(**paths)


def upload_source(estimator: EstimatorBase, source: Source, job_name: str) -> UploadedCode:
    """Upload an estimator's code for a job.

    Raises:
        FileNotFoundError: A file is not there.
        ValueError: The script is not in the source folder, or the code is too large.
    """
    from sagewright.source_code.upload import upload_code  # archives cost imports that jobs without code do not need

    bucket, prefix, kms_key = _place(estimator, job_name)
    check_script(source.entry_point, source.source_dir)
    return upload_code(
        estimator.sagemaker_session,
        bucket,
        prefix,
        source.entry_point,
        source.source_dir,
        source.dependencies,
        kms_key=kms_key,
        everything=estimator.include_ignored_files,
        within=source.repository,
    )


def check_script(script: str, folder: str | None) -> None:
    """Raise where a local folder does not hold the script.

    Raises:
        ValueError: It does not.
    """
    import os

    if (
        folder
        and not is_variable(folder)
        and not folder.lower().startswith("s3://")
        and not os.path.isfile(os.path.join(folder, script))
    ):
        raise ValueError(f'No file named "{script}" was found in directory "{folder}".')


def check_variables(entry_point: Any, source_dir: Any, git_config: Any, network_isolation: Any) -> None:
    """Raise where code is left to a pipeline's run that has to be known before it.

    Raises:
        TypeError: It is.
    """
    if not is_variable(entry_point) and not is_variable(source_dir):
        return
    both = "entry_point, source_dir should not be pipeline variables"
    if is_variable(network_isolation) or network_isolation is True:
        raise TypeError(f"{both} when enable_network_isolation is a pipeline variable or it is set to True.")
    if git_config:
        raise TypeError(f"{both} when git_config is given.")
    if not is_variable(entry_point) or is_variable(source_dir):
        return
    if not source_dir:
        raise TypeError("The entry_point should not be a pipeline variable when source_dir is missing.")
    if not source_dir.lower().startswith("s3://"):
        raise TypeError("The entry_point should not be a pipeline variable when source_dir is a local path.")


def script_hyperparameters(estimator: EstimatorBase, code: UploadedCode, job_name: str) -> dict[str, Any]:
    """Return the hyperparameters that tell the container which code to run."""
    in_channel = estimator.enable_network_isolation()
    return {
        "sagemaker_submit_directory": CODE_IN_CHANNEL if in_channel else code.s3_prefix,
        "sagemaker_program": code.script_name,
        "sagemaker_container_log_level": estimator.container_log_level,
        "sagemaker_job_name": job_name,
        "sagemaker_region": estimator.sagemaker_session.boto_region_name,
    }


def as_json(hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return hyperparameters with every value as JSON; what a pipeline's run decides as its text."""
    return {
        str(name): value.to_string() if is_variable(value) else json.dumps(value)
        for name, value in hyperparameters.items()
    }


def _place(estimator: EstimatorBase, job_name: str) -> tuple[str, str, str | None]:
    """Return bucket, prefix and key of encryption of the code's archive."""
    output_path, session = estimator._s3_output_path(), estimator.sagemaker_session
    is_unknown = is_variable(output_path)
    if is_unknown:
        output_bucket, output_prefix = session.default_bucket(), session.default_bucket_prefix or ""
    else:
        output_bucket, output_prefix = parse_s3_url(output_path)
    if estimator.code_location is None:
        bucket, prefix = output_bucket, output_prefix if is_unknown or estimator._is_output_path_default else ""
        kms_key = None if is_unknown else estimator.output_kms_key
    else:
        bucket, prefix = parse_s3_url(estimator.code_location)
        kms_key = estimator.output_kms_key if bucket == output_bucket else None
    return bucket, code_prefix(prefix, s3_path_join(prefix, job_name, "source")), kms_key
