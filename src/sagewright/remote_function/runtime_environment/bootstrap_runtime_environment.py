"""Prepare a function's job: its workspace, what it has installed, and what it knows of its hosts (v2's own path).

The job runs this file as it is, with the Python of its image, which may be 3.8; see `runtime_environment_manager`.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

if __package__:
    from sagewright.remote_function.runtime_environment.runtime_environment_manager import (
        RuntimeEnvironmentManager,
        _DependencySettings,
        get_logger,
        logger,
    )
else:
    from runtime_environment_manager import (  # type: ignore[import-not-found, no-redef]  # beside it in the job
        RuntimeEnvironmentManager,
        _DependencySettings,
        get_logger,
        logger,
    )

SUCCESS_EXIT_CODE, DEFAULT_FAILURE_CODE = 0, 1
BASE = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
BASE_CHANNEL_PATH = BASE + "/input/data"
FAILURE_REASON_PATH = BASE + "/output/failure"
RESOURCE_CONFIG = BASE + "/input/config/resourceconfig.json"
ENV_OUTPUT_FILE = BASE + "/input/sm_training.env"
OUTPUT_FOLDERS = [BASE + "/input", BASE + "/output", BASE + "/model", "/tmp"]  # noqa: S108 - what a function writes to

REMOTE_FUNCTION_WORKSPACE = "sm_rf_user_ws"
JOB_REMOTE_FUNCTION_WORKSPACE = "sagemaker_remote_function_workspace"
SCRIPT_AND_DEPENDENCIES_CHANNEL_NAME = "pre_exec_script_and_dependencies"
PRE_EXECUTION_SCRIPT_NAME = "pre_exec.sh"

SM_MASTER_ADDR, SM_MASTER_PORT = "algo-1", 7777
_EFA = "g4dn.8xlarge g4dn.12xlarge g5.48xlarge p3dn.24xlarge p4d.24xlarge p4de.24xlarge p5.48xlarge trn1.32xlarge"
SM_EFA_NCCL_INSTANCES = ["ml." + name for name in _EFA.split()]
SM_EFA_RDMA_INSTANCES = ["ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.trn1.32xlarge"]


def main(sys_args: list[str] | None = None) -> None:
    """Prepare the job, and exit: with 1, and the reason in `output/failure`, where that cannot be done."""
    get_logger()
    try:
        _prepare(_parse_args(sys_args))
    except Exception as error:  # noqa: BLE001 - whatever is wrong ends the job, which tells it to its caller
        logger.exception("Error encountered while bootstrapping runtime environment")
        _write_failure_reason_file(str(error))
        sys.exit(DEFAULT_FAILURE_CODE)
    sys.exit(SUCCESS_EXIT_CODE)


def _prepare(args: argparse.Namespace) -> None:
    manager, conda = RuntimeEnvironmentManager(), args.job_conda_env or os.getenv("SAGEMAKER_JOB_CONDA_ENV")
    manager._validate_python_version(args.client_python_version, conda)
    _open_folders(manager)
    settings = _DependencySettings.from_string(args.dependency_settings)
    if args.pipeline_execution_id:
        folder = _workspace_of_step(args.func_step_s3_dir)
    else:
        folder = _unpack_user_workspace(REMOTE_FUNCTION_WORKSPACE)
    if folder is None:
        logger.info("No workspace to unpack and setup.")
    else:
        manager.run_pre_exec_script(os.path.join(folder, PRE_EXECUTION_SCRIPT_NAME))
        _install_dependencies(folder, conda, args.client_python_version, settings)
    manager._validate_sagemaker_pysdk_version(args.client_sagemaker_pysdk_version)
    if os.path.exists(RESOURCE_CONFIG):
        with open(RESOURCE_CONFIG) as file:
            text = file.read()
        logger.info("%s: %s", RESOURCE_CONFIG, text)
        set_env(json.loads(text), args.distribution, args.user_nproc_per_node)


def _parse_args(sys_args: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in (
        "--job_conda_env",
        "--client_python_version",
        "--client_sagemaker_pysdk_version",
        "--pipeline_execution_id",
        "--dependency_settings",
        "--func_step_s3_dir",
        "--distribution",
        "--user_nproc_per_node",
    ):
        parser.add_argument(name)
    return parser.parse_known_args(sys_args)[0]


def _open_folders(manager: RuntimeEnvironmentManager) -> None:
    """Let this user write where functions do; the folders of some images belong to the superuser."""
    closed = [folder for folder in OUTPUT_FOLDERS if os.path.isdir(folder) and not os.access(folder, os.W_OK)]
    if closed:
        manager.change_dir_permission(closed, "777")


def _unpack_user_workspace(channel: str) -> str | None:
    """Unpack the archive of a channel here; return the folder that was in it. None: there is no archive."""
    archive = os.path.join(BASE_CHANNEL_PATH, channel, "workspace.zip")
    if not os.path.isfile(archive):
        logger.info("Workspace archive '%s' does not exist.", archive)
        return None
    shutil.unpack_archive(archive, os.getcwd())
    logger.info("Successfully unpacked workspace archive at '%s'.", os.getcwd())
    return os.path.join(os.getcwd(), JOB_REMOTE_FUNCTION_WORKSPACE)


def _workspace_of_step(channel: str | None) -> str | None:
    """Make the workspace of a pipeline's function; return it. None: there is nothing to install or to run."""
    workspace = _unpack_user_workspace(channel) if channel else None
    if workspace is None:
        workspace = os.path.join(os.getcwd(), JOB_REMOTE_FUNCTION_WORKSPACE)
        os.makedirs(workspace, exist_ok=True)
    source = os.path.join(BASE_CHANNEL_PATH, SCRIPT_AND_DEPENDENCIES_CHANNEL_NAME)
    if not os.path.isdir(source):
        logger.info("No dependencies to bootstrap")
        return None
    for name in os.listdir(source):
        shutil.copy(os.path.join(source, name), os.path.join(workspace, name))
    return workspace


def _install_dependencies(
    folder: str,
    conda: str | None,
    client_python_version: str,
    settings: _DependencySettings | None,
) -> None:
    """Install what a file in the workspace says; older callers do not tell its name."""
    if settings is None:
        found = [name for name in sorted(os.listdir(folder)) if name.endswith((".txt", ".yml", ".yaml"))]
        settings = _DependencySettings(found[0] if found else None)
    if settings.dependency_file is None:
        logger.info("No dependencies to install.")
        return
    RuntimeEnvironmentManager().bootstrap(
        local_dependencies_file=os.path.join(folder, settings.dependency_file),
        client_python_version=client_python_version,
        conda_env=conda,
    )


def set_env(
    resource_config: dict[str, Any],
    distribution: str | None = None,
    user_nproc_per_node: Any = None,
    output_file: str = ENV_OUTPUT_FILE,
) -> None:
    """Write what a function may want to know of its hosts as a file of variables for the shell."""
    variables = _variables(resource_config, user_nproc_per_node)
    instance, interface = variables["SM_CURRENT_INSTANCE_TYPE"], variables["SM_NETWORK_INTERFACE_NAME"]
    if distribution == "torchrun":
        variables.update(_for_torchrun(instance, interface))
    elif distribution == "mpirun":
        variables.update(_for_mpirun(instance, variables))
    lines = [f"export {name}={shlex.quote(safe_serialize(value))}\n" for name, value in variables.items()]
    Path(output_file).write_text("".join(lines))


def _variables(resources: dict[str, Any], processes: Any) -> dict[str, Any]:
    hosts, host = sorted(resources["hosts"]), resources["current_host"]
    counts = {"SM_NUM_CPUS": num_cpus(), "SM_NUM_GPUS": num_gpus(), "SM_NUM_NEURONS": num_neurons()}
    own = int(processes) if processes is not None else 0
    per_node = own if own > 0 else counts["SM_NUM_GPUS"] or counts["SM_NUM_NEURONS"] or counts["SM_NUM_CPUS"]
    found = {
        "SM_MODEL_DIR": BASE + "/model",
        "SM_INPUT_DIR": BASE + "/input",
        "SM_INPUT_DATA_DIR": BASE + "/input/data",
        "SM_INPUT_CONFIG_DIR": BASE + "/input/config",
        "SM_OUTPUT_DIR": BASE + "/output",
        "SM_OUTPUT_FAILURE": BASE + "/output/failure",
        "SM_OUTPUT_DATA_DIR": BASE + "/output/data",
        "SM_MASTER_ADDR": SM_MASTER_ADDR,
        "SM_MASTER_PORT": SM_MASTER_PORT,
        "SM_CURRENT_HOST": host,
        "SM_CURRENT_INSTANCE_TYPE": resources.get("current_instance_type", ""),
        "SM_HOSTS": hosts,
        "SM_NETWORK_INTERFACE_NAME": resources.get("network_interface_name", "eth0"),
        "SM_HOST_COUNT": len(hosts),
        "SM_CURRENT_HOST_RANK": hosts.index(host),
        "SM_RESOURCE_CONFIG": resources,
        "SM_NPROC_PER_NODE": per_node,
    }
    found.update(counts)
    found["SM_TRAINING_ENV"] = _training_env(found)
    return found


def _training_env(variables: dict[str, Any]) -> dict[str, Any]:
    """Return the one variable that holds most of the others."""
    names = (
        "current_host current_instance_type hosts host_count nproc_per_node master_addr master_port input_config_dir "
        "input_data_dir input_dir model_dir network_interface_name num_cpus num_gpus num_neurons output_data_dir "
        "resource_config"
    )
    found = {name: variables["SM_" + name.upper()] for name in names.split()}
    found["job_name"] = os.environ["TRAINING_JOB_NAME"]
    return found


def _for_torchrun(instance: str, interface: str) -> dict[str, str]:
    found = {"NCCL_SOCKET_IFNAME": interface, "NCCL_PROTO": "simple"}
    if instance in SM_EFA_NCCL_INSTANCES:
        found["FI_PROVIDER"] = "efa"
    if instance in SM_EFA_RDMA_INSTANCES:
        found.update(FI_EFA_USE_DEVICE_RDMA="1", RDMAV_FORK_SAFE="1")
    return found


def _for_mpirun(instance: str, variables: dict[str, Any]) -> dict[str, str]:
    has_efa, has_rdma = instance in SM_EFA_NCCL_INSTANCES, instance in SM_EFA_RDMA_INSTANCES
    slots = variables["SM_NPROC_PER_NODE"]
    return {
        "MASTER_ADDR": SM_MASTER_ADDR,
        "MASTER_PORT": str(SM_MASTER_PORT),
        "SM_HOSTS_LIST": ",".join(f"{host}:{slots}" for host in variables["SM_HOSTS"]),
        "SM_FI_PROVIDER": "-x FI_PROVIDER=efa" if has_efa else "",
        "SM_NCCL_PROTO": "-x NCCL_PROTO=simple" if has_efa else "",
        "SM_FI_EFA_USE_DEVICE_RDMA": "-x FI_EFA_USE_DEVICE_RDMA=1" if has_rdma else "",
    }


def num_cpus() -> int:
    """Return how many processors there are."""
    return os.cpu_count() or 1


def num_gpus() -> int:
    """Return how many GPUs there are."""
    listed = _output(["nvidia-smi", "--list-gpus"])
    return sum(1 for line in listed.splitlines() if line.startswith("GPU "))


def num_neurons() -> int:
    """Return how many cores of Neuron there are."""
    listed = _output(["neuron-ls", "-j"])
    return sum(device.get("nc_count", 0) for device in json.loads(listed)) if listed else 0


def safe_serialize(data: Any) -> str:
    """Return text as it is, and anything else as JSON."""
    if isinstance(data, str):
        return data
    try:
        return json.dumps(data)
    except TypeError:
        return str(data)


def _output(command: list[str]) -> str:
    """Return what a command writes; nothing where there is no such command, or it fails."""
    try:
        return subprocess.check_output(command, stderr=subprocess.DEVNULL).decode("utf-8")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _write_failure_reason_file(failure_msg: str) -> None:
    if not os.path.exists(FAILURE_REASON_PATH):
        with open(FAILURE_REASON_PATH, "w") as file:
            file.write("RuntimeEnvironmentError: " + failure_msg)


if __name__ == "__main__":
    main(sys.argv[1:])
