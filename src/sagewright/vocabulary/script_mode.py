"""Words of script mode that the engine and the program inside the job share (`contract.md` 1.12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PROGRAM = "sagemaker_program"
SUBMIT_DIRECTORY = "sagemaker_submit_directory"
LOG_LEVEL = "sagemaker_container_log_level"

# Reserved names beside those with the prefix. They never reach the user's code.
RESERVED = (
    PROGRAM,
    SUBMIT_DIRECTORY,
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    LOG_LEVEL,
    "sagemaker_job_name",
    "default_user_module_name",
    "_tuning_objective_metric",
    "sagemaker_s3_output",
)
RESERVED_PREFIX = "sagemaker_"

MPI = "sagemaker_mpi_enabled"
TORCH_DISTRIBUTED = "sagemaker_torch_distributed_enabled"

# What the engine tells script mode, and what script mode keeps from the user's code.
IMAGE_VERSIONS = "SAGEWRIGHT_IMAGE_VERSIONS"  # JSON: what the image would hold, name -> version
ISOLATED = "SAGEWRIGHT_NETWORK_ISOLATION"  # set where the job has no network
IN_PLACE = "SAGEWRIGHT_IN_PLACE"  # set where the job runs in its submitter's interpreter
INTERNAL = (IMAGE_VERSIONS, ISOLATED, IN_PLACE)

CODE_BYTES = 8 << 30  # that an archive of code may unfold to

# What images hold and scripts import: module -> its folder in `engine/script_mode/libraries`.
PROVIDED = {
    "sagemaker_training": "toolkit",
    "sagemaker_containers": "containers",
    "sagemaker_xgboost_container": "xgboost",
    "sagemaker_inference": "inference",
    "sagemaker_huggingface_inference_toolkit": "huggingface",
}

MODULE_VARIABLE = "SAGEMAKER_TRAINING_MODULE"  # names the framework's part of the container


def decoded(value: Any) -> Any:
    """Return a hyperparameter as the container reads it: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value


def is_reserved(name: str) -> bool:
    """Tell whether a hyperparameter is the platform's."""
    return name in RESERVED or name.startswith(RESERVED_PREFIX)


def option_of(name: str) -> str:
    """Return the option that a hyperparameter becomes: `--epochs`, `-e`."""
    return f"--{name}" if len(name) > 1 else f"-{name}"


def argument_of(value: Any) -> str:
    """Return the text that a decoded hyperparameter becomes behind its option."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
    return str(value)


def program_of(hyperparameters: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """Return the name of the user's entry point; the environment's word counts more. None: there is none."""
    name = environment.get(PROGRAM.upper()) or decoded(hyperparameters.get(PROGRAM))
    return str(name) if name else None


def submit_directory_of(hyperparameters: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """Return where the user's code comes from; the hyperparameter's word counts more. None: from nowhere."""
    place = decoded(hyperparameters.get(SUBMIT_DIRECTORY)) or environment.get(SUBMIT_DIRECTORY.upper())
    return str(place) if place else None
