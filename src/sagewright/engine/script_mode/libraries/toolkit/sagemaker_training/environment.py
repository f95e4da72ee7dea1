"""The job's folders, configuration and hosts, by the names of the containers' toolkit."""

from typing import Any

from sagewright.engine.script_mode.job import Environment, base_folder, job_facts
from sagewright.engine.script_mode.libraries import absent

__all__ = ["Environment"]

SAGEMAKER_BASE_PATH = "/opt/ml"
BASE_PATH_ENV = "SAGEMAKER_BASE_DIR"
HYPERPARAMETERS_FILE = "hyperparameters.json"
RESOURCE_CONFIG_FILE = "resourceconfig.json"
INPUT_DATA_CONFIG_FILE = "inputdataconfig.json"

base_dir = str(base_folder())
code_dir = f"{base_dir}/code"
model_dir = f"{base_dir}/model"
input_dir = f"{base_dir}/input"
input_config_dir = f"{input_dir}/config"
output_dir = f"{base_dir}/output"
output_data_dir = f"{output_dir}/data"
output_intermediate_dir = f"{output_dir}/intermediate"


def read_hyperparameters() -> dict[str, Any]:
    """Return all hyperparameters, the platform's too."""
    facts = job_facts()
    return {**facts.hyperparameters, **facts.reserved}


def read_resource_config() -> dict[str, Any]:
    """Return `resourceconfig.json`."""
    return dict(job_facts().resources)


def read_input_data_config() -> dict[str, Any]:
    """Return `inputdataconfig.json`."""
    return dict(job_facts().inputs)


def channel_path(channel: str) -> str:
    """Return the folder of a channel."""
    return f"{input_dir}/data/{channel}"


def num_cpus() -> int:
    """Return how many processors the job may use."""
    return job_facts().num_cpus


def num_gpus() -> int:
    """Return how many GPUs there are."""
    return job_facts().num_gpus


__getattr__ = absent("sagemaker_training.environment", "pip install sagemaker-training")
