"""The versions that estimators and models of frameworks are given, and those that stand in images' names."""

from __future__ import annotations

import logging
import re
from typing import Any

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


def python_deprecation_warning(framework: str, latest_supported_version: str) -> str:
    """Return the words that say that a framework's newer images have no Python 2."""
    return (
        f"{latest_supported_version} is the latest version of {framework} that supports Python 2. Newer versions of "
        f"{framework} will only be available for Python 3.Please set the argument \"py_version='py3'\" to use the "
        f"Python 3 {framework} image."
    )


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
