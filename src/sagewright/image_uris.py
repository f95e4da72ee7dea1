"""URIs of Amazon's images (`contract.md` 9.10)."""

from __future__ import annotations

import logging
from typing import Any

from sagewright.vocabulary.image_tables import ALGORITHM_ACCOUNTS, ALGORITHMS, registry_host

logger = logging.getLogger("sagemaker")


def retrieve(
    framework: str,
    region: str,
    version: str | None = None,
    py_version: str | None = None,
    instance_type: str | None = None,
    accelerator_type: str | None = None,
    image_scope: str | None = None,
    container_version: str | None = None,
    distribution: Any = None,
    base_framework_version: str | None = None,
    training_compiler_config: Any = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sdk_version: str | None = None,
    inference_tool: str | None = None,
    serverless_inference_config: Any = None,
    sagemaker_session: Any = None,
    config_name: str | None = None,
    model_type: Any = None,
) -> str:
    """Return the URI of an algorithm's image.

    Args:
        framework: The algorithm's name, for example `linear-learner`.
        version: There is one, `1`, whatever is asked for.

    Raises:
        FileNotFoundError: The framework is not built here yet.
        ValueError: There is no such scope or region.

    Example:
        >>> from sagewright import image_uris
        >>> image_uris.retrieve("linear-learner", "us-east-1")
        '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1'
    """
    for name, value in (("model_id", model_id), ("accelerator_type", accelerator_type)):
        if value:
            raise ValueError(f"`{name}` is not built yet: {value}")
    if framework not in ALGORITHMS:
        raise FileNotFoundError(
            f"There is no image table for `{framework}` here yet.\nhint: built are {', '.join(ALGORITHMS)}."
        )
    upgrade = "You may need to upgrade your SDK version (pip install -U sagemaker) for newer"
    if image_scope not in (None, "training", "inference"):
        raise ValueError(
            f"Unsupported image scope: {image_scope}. {upgrade} image scopes. "
            "Supported image scope(s): inference, training."
        )
    if region not in ALGORITHM_ACCOUNTS:
        raise ValueError(
            f"Unsupported region: {region}. {upgrade} regions. "
            f"Supported region(s): {', '.join(sorted(ALGORITHM_ACCOUNTS))}."
        )
    if image_scope is None:
        logger.info("Same images used for training and inference. Defaulting to image scope: inference.")
    if version not in (None, "1", "latest"):
        logger.warning("There is one version of %s, 1; ignoring version: %s.", framework, version)
    if instance_type is not None:
        logger.info("Ignoring unnecessary instance type: %s.", instance_type)
    if py_version is not None:
        logger.info("Ignoring unnecessary Python version: %s.", py_version)
    return f"{registry_host(ALGORITHM_ACCOUNTS[region], region)}/{framework}:1"
