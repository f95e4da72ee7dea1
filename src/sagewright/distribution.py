"""How a script runs on several processes and hosts: `distribution=` to hyperparameters (`contract.md` 1.14).

Which instance types and versions go with which strategy are facts of the SageMaker Python SDK 2.257.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sagewright.model_parallel import model_parallel_parameters
from sagewright.vocabulary.variables import is_variable

logger = logging.getLogger("sagemaker")

Distribution = Mapping[str, Any]

PARAMETER_SERVER_MULTI_GPU_WARNING = (
    "If you have selected a multi-GPU training instance type and also enabled parameter server for distributed "
    "training, distributed training with the default parameter server configuration will not fully leverage all GPU "
    "cores; the parameter server will be configured to run only one worker per host regardless of the number of GPUs."
)
_FAMILY = re.compile(r"ml[._]([a-z\d\-]+)\.?\w*")
_STRATEGIES = ["dataparallel", "modelparallel"]
_TRAINIUM_STRATEGIES = ["torch_distributed"]
_ONE_GPU = ("ml.p2.xlarge", "ml.p3.2xlarge")
_INCOMPATIBLE_IMAGES = ("2.0.1-gpu-py310-cu121",)
_DATA_PARALLEL_VERSIONS: Mapping[str, str] = {
    "tensorflow": (
        "2.3 2.3.1 2.3.2 2.4 2.4.1 2.4.3 2.5 2.5.0 2.5.1 2.6 2.6.0 2.6.2 2.6.3 2.7 2.7.1 2.8 2.8.0 2.9 2.9.1 2.9.2 "
        "2.10 2.10.1 2.11 2.11.0"
    ),
    "pytorch": (
        "1.6 1.6.0 1.7 1.7.1 1.8 1.8.0 1.8.1 1.9 1.9.0 1.9.1 1.10 1.10.0 1.10.2 1.11 1.11.0 1.12 1.12.0 1.12.1 1.13.1 "
        "2.0.0 2.0.1 2.1.0 2.1.2 2.2.0"
    ),
}
_TORCHRUN_ON_GPUS = "1.13.1 2.0.0 2.0.1 2.1.0 2.1.2 2.2.0 2.3.0 2.3.1 2.4.1 2.5.1 2.6.0 2.7.1 2.8.0"
_TORCHRUN_ON_TRAINIUM = "1.11 1.11.0 1.12 1.12.0 1.12.1 1.13.1 2.0.0"


class Job(NamedTuple):
    """What of an estimator matters to how it is distributed."""

    framework: str
    framework_version: str | None
    py_version: str | None
    image_uri: str | None
    instance_type: str | None
    entry_point: str | None


def checked_distribution(given: Distribution, groups: Sequence[Any] | None, job: Job) -> dict[str, Any]:
    """Return a distribution in which instance groups stand by name.

    Raises:
        ValueError: It does not go with the instances, the framework's version or the script.
    """
    distribution = dict(given)
    chosen = _chosen_groups(distribution.get("instance_groups", []), groups)
    for instance_type in [group.instance_type for group in chosen] or [job.instance_type]:
        _check(distribution, job._replace(instance_type=instance_type))
    if chosen:
        distribution["instance_groups"] = [group.instance_group_name for group in chosen]
    return distribution


def distribution_hyperparameters(
    distribution: Distribution, job: Job, group_types: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the hyperparameters that tell the container how to run the script.

    Args:
        group_types: The instance types of the cluster's groups, where there are groups.

    Raises:
        ValueError: Instance groups are chosen for no strategy, or a strategy does not go with instances or framework.
    """
    found: dict[str, Any] = {}
    if "instance_groups" in distribution:
        found["sagemaker_distribution_instance_groups"] = distribution["instance_groups"]
    if "pytorchxla" in distribution:
        found["sagemaker_pytorch_xla_multi_worker_enabled"] = _enabled(distribution, "pytorchxla")
    if "parameter_server" in distribution:
        found["sagemaker_parameter_server_enabled"] = _enabled(distribution, "parameter_server")
    if "mpi" in distribution:
        found.update(_mpi(distribution["mpi"]))
    if "smdistributed" in distribution:
        found.update(_smdistributed(distribution, job, group_types))
    if "multi_worker_mirrored_strategy" in distribution:
        found["sagemaker_multi_worker_mirrored_strategy_enabled"] = _mirrored(distribution, job)
    runs_by_mpi = found.get("sagemaker_mpi_enabled") or found.get("sagemaker_distributed_dataparallel_enabled")
    if found.get("sagemaker_distribution_instance_groups") and not runs_by_mpi:
        raise ValueError("Don't set training instance groups while no distribution strategies enabled!")
    return found


def torch_hyperparameters(distribution: Distribution, job: Job, group_types: Sequence[str] = ()) -> dict[str, Any]:
    """Return the hyperparameters for scripts that PyTorch runs; raises as `distribution_hyperparameters`."""
    instance = {} if job.instance_type is None else {"sagemaker_instance_type": job.instance_type}
    if "pytorchddp" in distribution:
        if _enabled(distribution, "pytorchddp"):
            return {"sagemaker_pytorch_ddp_enabled": True, **instance}
    elif _enabled(distribution, "torch_distributed"):
        with_vendors = job.framework == "pytorch" and "smdistributed" in distribution
        found = distribution_hyperparameters(distribution, job, group_types) if with_vendors else {}
        return {**found, "sagemaker_torch_distributed_enabled": True, **instance}
    return distribution_hyperparameters(distribution, job, group_types)


def warn_of_one_worker_per_host(distribution: Distribution, instance_type: str | None) -> None:
    """Say that a parameter server leaves GPUs idle, where the host has several."""
    if _enabled(distribution, "parameter_server") and _has_several_gpus(instance_type):
        logger.warning(PARAMETER_SERVER_MULTI_GPU_WARNING)


def family_of(instance_type: str | None) -> str:
    """Return an instance type's family: `ml.c5.xlarge` -> `c5`; empty where it is no such name."""
    if not isinstance(instance_type, str):
        return ""
    match = _FAMILY.fullmatch(instance_type)
    return match.group(1) if match else ""


def _chosen_groups(named: Sequence[Any], groups: Sequence[Any] | None) -> Sequence[Any]:
    if groups is None:
        if named:
            raise ValueError("Instance groups not specified in the estimator !")
        return []
    if len(named) > len(groups):
        raise ValueError("Train instance groups oversubscribed !")
    if len(groups) == 1 and not named:
        return groups
    if len(groups) > 1 and len(named) != 1:
        raise ValueError("Distribution should only contain one instance group name !")
    for group in named:
        if group not in groups:
            raise ValueError(f"Invalid training instance group {group.instance_group_name} !")
    return named


def _check(distribution: Distribution, job: Job) -> None:
    check_trainium(distribution, job.instance_type)
    check_smdistributed(distribution, job)
    if job.framework == "pytorch":
        check_torchrun(distribution, job)
    warn_of_one_worker_per_host(distribution, job.instance_type)


def check_trainium(distribution: Distribution, instance_type: str | None) -> None:
    """Check that a distribution is one that Trainium runs, where the instances are such.

    Raises:
        ValueError: It is not.
    """
    family = family_of(instance_type)
    if not family.startswith("trn") or list(distribution) == _TRAINIUM_STRATEGIES or not distribution:
        return
    known = f"\nPlease specify one of the following supported distribution strategies: {_TRAINIUM_STRATEGIES} "
    if len(distribution) > 1:
        raise ValueError(f"Multiple distribution strategies are not supported for Trainium instances.{known}")
    strategy = next(iter(distribution))
    raise ValueError(f"Provided distribution strategy {strategy} is not supported for Trainium instances.{known}\n")


def check_smdistributed(distribution: Distribution, job: Job) -> None:
    """Check that the vendor's libraries go with the job, where the distribution asks for one.

    Raises:
        ValueError: They don't.
    """
    if "smdistributed" not in distribution:
        return
    strategies = distribution["smdistributed"]
    if not isinstance(strategies, dict):
        raise ValueError("smdistributed strategy requires a dictionary")
    if len(strategies) > 1:
        raise ValueError(
            "Cannot use more than 1 smdistributed strategy. \n"
            f"Choose one of the following supported strategies:{_STRATEGIES}"
        )
    for strategy in strategies:
        if strategy not in _STRATEGIES:
            raise ValueError(
                f"Invalid smdistributed strategy provided: {strategy} \nSupported strategies: {_STRATEGIES}"
            )
    if _enabled(strategies, "dataparallel"):
        _check_data_parallel(job)


def _check_data_parallel(job: Job) -> None:
    wrong = ""
    if not job.instance_type:
        wrong += "Please specify an instance_type for smdataparallel.\n"
    known = _DATA_PARALLEL_VERSIONS.get(job.framework, "").split()
    if not job.image_uri and job.framework_version not in known:
        wrong += (
            f"Provided framework_version {job.framework_version} is not supported by smdataparallel.\n"
            f"Please specify one of the supported framework versions: {known} \n"
        )
    if not job.image_uri and "py3" not in (job.py_version or ""):
        wrong += (
            f"Provided py_version {job.py_version} is not supported by smdataparallel.\nPlease specify py_version>=py3"
        )
    if wrong:
        raise ValueError(wrong)


def check_torchrun(distribution: Distribution, job: Job) -> None:
    """Check that PyTorch's own launcher goes with the job, where the distribution asks for it.

    Raises:
        ValueError: It does not.
    """
    if not _enabled(distribution, "torch_distributed"):
        return
    wrong = "" if job.image_uri else _torchrun_versions(job)
    if job.entry_point is not None and not job.entry_point.endswith(".py"):
        wrong += (
            "Unsupported entry point type for the distribution torch_distributed.\n"
            "Only python programs (*.py) are supported."
        )
    if wrong:
        raise ValueError(wrong)


def _torchrun_versions(job: Job) -> str:
    wrong, family = "", family_of(job.instance_type)
    if "py3" not in (job.py_version or ""):
        wrong = (
            f"Provided py_version {job.py_version} is not supported by torch_distributed.\n"
            "Please specify py_version>=py3\n"
        )
    if family[:1] in ("p", "g"):
        known = _TORCHRUN_ON_GPUS.split()
    elif family.startswith("trn"):
        known = _TORCHRUN_ON_TRAINIUM.split()
    else:
        return f"{wrong}Currently torch_distributed is supported only for GPU and Trainium instances.\n"
    if job.framework_version in known:
        return wrong
    return (
        f"{wrong}Provided framework_version {job.framework_version} is not supported by torch_distributed for instance "
        f"{job.instance_type}.\nPlease specify one of the supported framework versions:{known} \n"
    )


def _has_several_gpus(instance_type: str | None) -> bool:
    if instance_type == "local_gpu":
        return True
    return family_of(instance_type).startswith("p") and instance_type not in _ONE_GPU


def _mpi(options: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"sagemaker_mpi_enabled": options.get("enabled", False)}
    if options.get("processes_per_host"):
        found["sagemaker_mpi_num_of_processes_per_host"] = options["processes_per_host"]
    found["sagemaker_mpi_custom_mpi_options"] = options.get("custom_mpi_options", "")
    return found


def _known(value: Any) -> str:
    """Return a text; of one that only a pipeline's run decides its default, or nothing."""
    return str(getattr(value, "default_value", None) or "") if is_variable(value) else value or ""


def _smdistributed(distribution: Distribution, job: Job, group_types: Sequence[str]) -> dict[str, Any]:
    strategies = distribution["smdistributed"]
    if not _enabled(distribution, "torch_distributed"):
        if any(image in _known(job.image_uri) for image in _INCOMPATIBLE_IMAGES):
            raise ValueError(
                f"SMDistributed is currently incompatible with DLC image: {_known(job.image_uri)}. "
                "(Could be due to CUDA version being greater than 11.)"
            )
        types = [job.instance_type] if job.instance_type is not None else group_types
        if any("p5.48xlarge" in _known(name) for name in types):
            raise ValueError("SMModelParallel and SMDataParallel currently do not support p5 instances.")
    parameters = model_parallel_parameters(strategies.get("modelparallel", {}))
    found: dict[str, Any] = {"mp_parameters": parameters} if parameters else {}
    is_on = _enabled(strategies, "dataparallel")
    found["sagemaker_distributed_dataparallel_enabled"] = is_on
    found["sagemaker_instance_type"] = job.instance_type
    if is_on:
        options = strategies["dataparallel"].get("custom_mpi_options", "")
        found["sagemaker_distributed_dataparallel_custom_mpi_options"] = options
    return found


def _mirrored(distribution: Distribution, job: Job) -> bool:
    if not _enabled(distribution, "multi_worker_mirrored_strategy"):
        return False
    if job.framework != "tensorflow":
        raise ValueError(
            "Multi Worker Mirrored Strategy is currently only supported with dict_keys(['tensorflow']) frameworks but "
            f"received {job.framework}"
        )
    if job.framework_version and release(job.framework_version) < (2, 9):
        raise ValueError(
            "Multi Worker Mirrored Strategy is only supported from framework_version 2.9 but received "
            f"{job.framework_version}"
        )
    others = ["smdistributed", "parameter_server"]
    if any(name in distribution for name in others):
        raise ValueError(
            "Multi Worker Mirrored Strategy is currently not supported with the following distribution strategies: "
            f"{others}"
        )
    return True


def _enabled(strategies: Mapping[str, Any], name: str) -> Any:
    return strategies.get(name, {}).get("enabled", False)


def release(version: str) -> tuple[int, ...]:
    """Return a version's numbers: `1.13.1` -> `(1, 13, 1)`; what follows a letter or a hyphen is left out."""
    match = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in match.group().split(".")) if match else ()
