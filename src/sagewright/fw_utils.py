"""What the frameworks' estimators share (v2's own path)."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.distribution import (
    PARAMETER_SERVER_MULTI_GPU_WARNING,
    Job,
    check_smdistributed,
    check_torchrun,
    check_trainium,
    checked_distribution,
    release,
    warn_of_one_worker_per_host,
)
from sagewright.framework_versions import (
    create_image_uri,
    framework_name_from_image,
    framework_version_from_tag,
    python_deprecation_warning,
    validate_version_or_image_args,
)
from sagewright.model_parallel import check_parameters, model_parallel_parameters, read_parameters
from sagewright.source_code import UploadedCode
from sagewright.vocabulary.names import base_name_from_image, name_from_base
from sagewright.vocabulary.variables import is_variable

__all__ = [
    "PARAMETER_SERVER_MULTI_GPU_WARNING",
    "UploadedCode",
    "create_image_uri",
    "framework_name_from_image",
    "framework_version_from_tag",
    "get_mp_parameters",
    "model_code_key_prefix",
    "parse_mp_parameters",
    "profiler_config_deprecation_warning",
    "python_deprecation_warning",
    "tar_and_upload_dir",
    "validate_distribution",
    "validate_distribution_for_instance_type",
    "validate_mp_config",
    "validate_smdistributed",
    "validate_source_code_input_against_pipeline_variables",
    "validate_source_dir",
    "validate_torch_distributed_distribution",
    "validate_version_or_image_args",
    "warn_if_parameter_server_with_multi_gpu",
]

logger = logging.getLogger("sagemaker")

# The first versions without framework profiling.
_PROFILED_BEFORE: dict[str, tuple[int, ...]] = {"pytorch": (2, 0), "tensorflow": (2, 12)}


def validate_source_dir(script: str, directory: str | None) -> bool:
    """Return True where the script lies in the folder, or there is no folder.

    Raises:
        ValueError: It does not.
    """
    if directory and not os.path.isfile(os.path.join(directory, script)):
        raise ValueError(f'No file named "{script}" was found in directory "{directory}".')
    return True


def tar_and_upload_dir(
    session: Any,
    bucket: str,
    s3_key_prefix: str,
    script: str,
    directory: str | None = None,
    dependencies: Sequence[str] | None = None,
    kms_key: str | None = None,
    s3_resource: Any = None,
    settings: Any = None,
    expected_bucket_owner: str | None = None,
) -> UploadedCode:
    """Put code into the archive `sourcedir.tar.gz` below a prefix, unless `directory` is an S3 URI already.

    Args:
        session: Of boto3.
        s3_resource: What uploads, instead of the session.
        settings: A `SessionSettings`; None: encrypt the archive, and make it in the system's folder.

    Raises:
        FileNotFoundError: A file is not there.
        ValueError: The settings' folder is not there.
    """
    from sagewright.source_code.upload import upload_with

    if directory and (is_variable(directory) or directory.lower().startswith("s3://")):
        return UploadedCode(directory, script)
    client = (s3_resource or session.resource("s3", region_name=session.region_name)).meta.client
    extra = (
        {"ServerSideEncryption": "aws:kms"}
        if kms_key or settings is None or settings.encrypt_repacked_artifacts
        else {}
    )
    if kms_key:
        extra["SSEKMSKeyId"] = kms_key
    if expected_bucket_owner:
        extra["ExpectedBucketOwner"] = expected_bucket_owner
    folder = None if settings is None else settings.local_download_dir
    if folder is not None and not os.path.isdir(folder):
        raise ValueError(f"The folder for temporary files `{folder}` is not there.\nhint: make it.")
    key = f"{s3_key_prefix}/sourcedir.tar.gz"
    upload_with(client, bucket, key, script, directory, dependencies or (), extra=extra, scratch=folder)
    return UploadedCode(f"s3://{bucket}/{key}", script if directory else os.path.basename(script))


def model_code_key_prefix(code_location_key_prefix: str | None, model_name: str | None, image: Any) -> str:
    """Return the prefix below which a model's code lies: its name, or one made of the image's."""
    from sagewright.s3 import s3_path_join

    if not model_name:
        base = "model_code" if is_variable(image) else base_name_from_image(image)
        model_name = name_from_base(base)
    return s3_path_join(code_location_key_prefix or "", model_name)


def parse_mp_parameters(params: Any) -> Mapping[str, Any]:
    """Return the model-parallel library's parameters: a dict, or of the JSON file of that path.

    Raises:
        ValueError: There is no such file, or no JSON in it.
    """
    return read_parameters(params)


def get_mp_parameters(distribution: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the model-parallel library's parameters, checked; None where the library is not asked for."""
    return model_parallel_parameters(distribution.get("smdistributed", {}).get("modelparallel", {}))


def validate_mp_config(config: Mapping[str, Any]) -> None:
    """Check the model-parallel library's parameters.

    Raises:
        ValueError: One is wrong.
    """
    check_parameters(config)


def validate_source_code_input_against_pipeline_variables(
    entry_point: Any = None, source_dir: Any = None, git_config: Any = None, enable_network_isolation: Any = False
) -> None:
    """Check that code whose place only a pipeline's run decides can be found then.

    Raises:
        TypeError: It would have to be read before: from here, from git, or for a job without a network.
    """
    is_late = is_variable(entry_point) or is_variable(source_dir)
    if is_late and (is_variable(enable_network_isolation) or enable_network_isolation is True):
        raise TypeError(
            "entry_point, source_dir should not be pipeline variables when enable_network_isolation is a pipeline "
            "variable or it is set to True."
        )
    if is_late and git_config:
        raise TypeError("entry_point, source_dir should not be pipeline variables when git_config is given.")
    if is_variable(entry_point):
        if not source_dir:
            raise TypeError("The entry_point should not be a pipeline variable when source_dir is missing.")
        if not is_variable(source_dir) and not source_dir.lower().startswith("s3://"):
            raise TypeError("The entry_point should not be a pipeline variable when source_dir is a local path.")
        logger.warning(
            "The entry_point is a pipeline variable: %s. During pipeline execution, the interpreted value of "
            "entry_point has to be a local path in the container pointing to a Python source file which is located at "
            "the root of source_dir.",
            type(entry_point),
        )
    if is_variable(source_dir):
        logger.warning(
            "The source_dir is a pipeline variable: %s. During pipeline execution, the interpreted value of source_dir "
            "has to be an S3 URI and must point to a file with name ``sourcedir.tar.gz``",
            type(source_dir),
        )


def profiler_config_deprecation_warning(
    profiler_config: Any, image_uri: str | None, framework_name: str | None, framework_version: str | None
) -> None:
    """Say that newer versions of PyTorch and TensorFlow have no framework profiling, where it is asked for."""
    from sagewright.deprecations import deprecation_warn_base

    if getattr(profiler_config, "framework_profile_params", None) is None or framework_name not in _PROFILED_BEFORE:
        return
    if framework_version is None and image_uri is not None:
        framework_name, _, tag, _ = framework_name_from_image(image_uri)
        framework_version = None if tag is None else framework_version_from_tag(tag)
    first = _PROFILED_BEFORE.get(framework_name or "")
    if framework_version is not None and first is not None and release(framework_version) >= first:
        deprecation_warn_base(
            f"Framework profiling is deprecated from                 {framework_name} version {framework_version}."
            "                 No framework metrics will be collected"
        )


def validate_distribution(
    distribution: Mapping[str, Any],
    instance_groups: Sequence[Any] | None,
    framework_name: str,
    framework_version: str | None,
    py_version: str | None,
    image_uri: str | None,
    kwargs: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a distribution in which instance groups stand by name.

    Args:
        kwargs: The estimator's: `instance_type` and `entry_point` are looked at.

    Raises:
        ValueError: It does not go with the instances, the framework's version or the script.
    """
    instance_type, script = kwargs.get("instance_type"), kwargs.get("entry_point")
    job = Job(framework_name, framework_version, py_version, image_uri, instance_type, script)
    return checked_distribution(distribution, instance_groups, job)


def validate_distribution_for_instance_type(instance_type: str | None, distribution: Mapping[str, Any]) -> None:
    """Check that a distribution is one that Trainium runs, where the instances are such.

    Raises:
        ValueError: It is not.
    """
    check_trainium(distribution, instance_type)


def validate_smdistributed(
    instance_type: str | None,
    framework_name: str,
    framework_version: str | None,
    py_version: str | None,
    distribution: Mapping[str, Any],
    image_uri: str | None = None,
) -> None:
    """Check that the vendor's libraries go with a job, where the distribution asks for one.

    Raises:
        ValueError: They don't.
    """
    if not (is_variable(instance_type) or is_variable(image_uri)):
        job = Job(framework_name, framework_version, py_version, image_uri, instance_type, None)
        check_smdistributed(distribution, job)


def validate_torch_distributed_distribution(
    instance_type: str | None,
    distribution: Mapping[str, Any],
    framework_version: str | None,
    py_version: str | None,
    image_uri: str | None,
    entry_point: str | None,
) -> None:
    """Check that PyTorch's own launcher goes with a job, where the distribution asks for it.

    Raises:
        ValueError: It does not.
    """
    job = Job("pytorch", framework_version, py_version, image_uri, instance_type, entry_point)
    check_torchrun(distribution, job)


def warn_if_parameter_server_with_multi_gpu(
    training_instance_type: str | None, distribution: Mapping[str, Any] | None
) -> None:
    """Say that a parameter server leaves GPUs idle, where the host has several."""
    if distribution is not None and not is_variable(training_instance_type):
        warn_of_one_worker_per_host(distribution, training_instance_type)
