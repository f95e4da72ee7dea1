"""The shell script that a function's job starts with: it prepares the job, then calls the function in it.

Amazon's images run it as well as the engine does. What it leaves to Python is in `runtime_environment`.
"""

from __future__ import annotations

from sagewright.vocabulary.remote_functions import RUNTIME_CHANNEL

_START = f"""#!/bin/bash
# Prepares a job and calls the function in it. Its arguments are those of both.
set -eu

base="${{SAGEMAKER_BASE_DIR:-/opt/ml}}"
scripts="$base/input/data/{RUNTIME_CHANNEL}"
"""

_PREPARE = """
cache="${SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY:-$base/cache}/sm_remotefunction_user_dependencies_cache"
export CONDA_PKGS_DIRS="${CONDA_PKGS_DIRS:-$cache/conda/pkgs}"
export PIP_CACHE_DIR="${PIP_CACHE_DIR:-$cache/pip}"

python "$scripts/bootstrap_runtime_environment.py" "$@"
if [ -f "$base/input/sm_training.env" ]; then
    source "$base/input/sm_training.env"
fi

within=()
if [ -f remote_function_conda_env.txt ]; then
    runner=conda
    if command -v mamba >/dev/null; then
        runner=mamba
    fi
    within=("$runner" run -n "$(cat remote_function_conda_env.txt)")
fi
if [ -d sagemaker_remote_function_workspace ]; then
    cd sagemaker_remote_function_workspace
fi
function=(-m sagemaker.remote_function.invoke_function "$@")
"""

_RUN = """
run() {
    ${within[@]+"${within[@]}"} "$@"
}
"""

_ONE_PROCESS = """
run python "${function[@]}"
"""

_TORCHRUN = """
run torchrun --nnodes "$SM_HOST_COUNT" --nproc_per_node "$SM_NPROC_PER_NODE" \\
    --master_addr "$SM_MASTER_ADDR" --master_port "$SM_MASTER_PORT" --node_rank "$SM_CURRENT_HOST_RANK" \\
    "${function[@]}"
"""

# The first host starts all processes, through a connection to the others, which wait until it is done.
_MPIRUN = """
if [ "$SM_HOST_COUNT" -gt 1 ]; then
    python "$scripts/mpi_utils_remote.py"
fi
if [ "$SM_CURRENT_HOST" = "$SM_MASTER_ADDR" ]; then
    run mpirun --host "$SM_HOSTS_LIST" -np "$((SM_NPROC_PER_NODE * SM_HOST_COUNT))" \\
        --allow-run-as-root --display-map --tag-output -mca btl_tcp_if_include "$SM_NETWORK_INTERFACE_NAME" \\
        -mca plm_rsh_no_tree_spawn 1 -mca pml ob1 -mca btl ^openib -mca orte_abort_on_non_zero_status 1 \\
        -mca btl_vader_single_copy_mechanism none -mca plm_rsh_num_concurrent "$SM_HOST_COUNT" \\
        -x NCCL_SOCKET_IFNAME="$SM_NETWORK_INTERFACE_NAME" -x LD_LIBRARY_PATH -x PATH \\
        ${SM_FI_PROVIDER:-} ${SM_NCCL_PROTO:-} ${SM_FI_EFA_USE_DEVICE_RDMA:-} \\
        python -m mpi4py "${function[@]}"
    if [ "$SM_HOST_COUNT" -gt 1 ]; then
        python "$scripts/mpi_utils_remote.py" --job_ended 1
    fi
fi
"""

_SPARK = """
python3 "$scripts/bootstrap_runtime_environment.py" "$@"
smspark-submit "$@"
"""


def driver_of(is_spark: bool, use_torchrun: bool, use_mpirun: bool) -> str:
    """Return the script that a job starts with; of several ways the last that is asked for counts."""
    if use_mpirun:
        return _START + _PREPARE + _RUN + _MPIRUN
    if use_torchrun:
        return _START + _PREPARE + _RUN + _TORCHRUN
    return _START + _SPARK if is_spark else _START + _PREPARE + _RUN + _ONE_PROCESS
