"""What the frameworks' estimators share (v2's own path)."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.distribution import (
    PARAMETER_SERVER_MULTI_GPU_WARNING,
    Job,
    check_smdistributed,
    check_torchrun,
    check_trainium,
    checked_distribution,
    warn_of_one_worker_per_host,
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
    "python_deprecation_warning",
    "tar_and_upload_dir",
    "validate_distribution",
    "validate_distribution_for_instance_type",
    "validate_mp_config",
    "validate_smdistributed",
    "validate_source_dir",
    "validate_torch_distributed_distribution",
    "validate_version_or_image_args",
    "warn_if_parameter_server_with_multi_gpu",
]

logger = logging.getLogger("sagemaker")

_REGISTRY = re.compile(r"\d+\.dkr\.ecr\..+\..*/(.*:.*)")
_IMAGE = re.compile(
    r"(?:sagemaker(?:-rl)?-)?"
    r"(tensorflow|mxnet|chainer|pytorch|pytorch-trcomp|scikit-learn|xgboost|huggingface-tensorflow|huggingface-pytorch"
    r"|huggingface-tensorflow-trcomp|huggingface-pytorch-trcomp)-?(scriptmode|training)?:(.*)-(.*?)-(py2|py3\d*)(?:.*)"
)
_OLD_IMAGE = re.compile(r"sagemaker-(tensorflow|mxnet)-(py2|py3)-(?:cpu|gpu):(.*)")
_XGBOOST = re.compile(r"sagemaker-(xgboost):(.*)")


def framework_name_from_image(image_uri: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Return framework, Python version, tag and kind (`scriptmode`, `training`) of an image; None for what is unknown.

    Example:
        >>> from sagewright.fw_utils import framework_name_from_image
        >>> framework_name_from_image("1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3")
        ('scikit-learn', 'py3', '1.2-1-cpu-py3', None)
    """
    registry = _REGISTRY.fullmatch(image_uri)
    if registry is None:
        return None, None, None, None
    name = registry.group(1)
    if match := _IMAGE.fullmatch(name):
        framework, kind, version, device, python = match.groups()
        return framework, python, f"{version}-{device}-{python}", kind
    if match := _OLD_IMAGE.fullmatch(name):
        return match.group(1), match.group(2), match.group(3), None
    if match := _XGBOOST.fullmatch(name):
        return match.group(1), "py3", match.group(2), None
    return None, None, None, None


def framework_version_from_tag(image_tag: str) -> str | None:
    """Return the framework's version that stands in a tag: `1.2-1-cpu-py3` -> `1.2-1`."""
    match = re.fullmatch(r"(.*)-(?:cpu|gpu)-(?:py2|py3\d*)", image_tag) or re.fullmatch(r"(\d\.\d+-\d)", image_tag)
    return match.group(1) if match else None


def validate_version_or_image_args(
    framework_version: str | None, py_version: str | None, image_uri: str | None
) -> None:
    """Raise where neither the versions nor an image are given.

    Raises:
        ValueError: They are not.
    """
    if (framework_version is None or py_version is None) and image_uri is None:
        raise ValueError(
            "framework_version or py_version was None, yet image_uri was also None. Either specify both "
            "framework_version and py_version, or specify image_uri."
        )


def python_deprecation_warning(framework: str, latest_supported_version: str) -> str:
    """Return the words that say that a framework's newer images have no Python 2."""
    return (
        f"{latest_supported_version} is the latest version of {framework} that supports Python 2. Newer versions of "
        f"{framework} will only be available for Python 3.Please set the argument \"py_version='py3'\" to use the "
        f"Python 3 {framework} image."
    )


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


def create_image_uri(
    region: str,
    framework: str,
    instance_type: str | None,
    framework_version: str | None,
    py_version: str | None = None,
    account: str | None = None,
    accelerator_type: str | None = None,
    optimized_families: Any = None,
) -> str:
    """Return an image's URI; the name of v1 for `image_uris.retrieve`, which says so."""
    from sagewright import image_uris
    from sagewright.deprecations import renamed_warning

    renamed_warning("The method create_image_uri")
    if account or optimized_families:
        logger.warning("`account` and `optimized_families` of create_image_uri change nothing any more.")
    return image_uris.retrieve(
        framework,
        region,
        version=framework_version,
        py_version=py_version,
        instance_type=instance_type,
        accelerator_type=accelerator_type,
    )
