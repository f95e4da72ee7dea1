"""Scripts run by MPI, on one host and on several."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

from tests.e2e.conftest import wait_until
from tests.e2e.scripts import run, submit

pytestmark = pytest.mark.skipif(
    shutil.which("mpirun") is None or importlib.util.find_spec("mpi4py") is None, reason="MPI is not installed"
)

SUM = """
import os, pathlib, socket
from mpi4py import MPI
world = MPI.COMM_WORLD
places = world.gather((world.rank, socket.gethostname(), os.environ["SM_CURRENT_HOST"]))
total = world.allreduce(world.rank + 1)
if world.rank == 0:
    print("TOLD", total, places, flush=True)
"""


def of(count):
    return {"InstanceType": "ml.t3.medium", "InstanceCount": count, "VolumeSizeInGB": 1}


def by_mpi(processes):
    return {"sagemaker_mpi_enabled": True, "sagemaker_mpi_num_of_processes_per_host": processes, "rate": "a b; $(c)"}


@pytest.mark.parametrize("count", [1, 2])
def test_ranks_on_all_hosts_meet(cloud, count):
    job = run(cloud, "sum", SUM, hyperparameters=by_mpi(2), ResourceConfig=of(count))
    log = cloud.log("sum")
    assert job["TrainingJobStatus"] == "Completed", (job.get("FailureReason"), log)
    (line,) = [line for line in log if "TOLD" in line]
    places = [(rank, f"algo-{rank // 2 + 1}", "algo-1") for rank in range(2 * count)]
    assert line == f"[1,0]<stdout>:TOLD {sum(range(2 * count + 1))} {places}"


def test_what_one_rank_fails_of_is_the_job_s_reason(cloud):
    code = SUM + "\nif world.rank == 1:\n    raise ValueError('rank 1 has had enough')\nworld.barrier()\n"
    job = run(cloud, "fails", code, hyperparameters=by_mpi(1), ResourceConfig=of(2))
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n")
    assert "ValueError: rank 1 has had enough" in job["FailureReason"]


def test_a_stop_reaches_the_ranks_of_all_hosts(cloud):
    code = SUM + "\nprint('up', flush=True)\nimport time; time.sleep(60)"
    submit(cloud, "stopped", {"train.py": code}, hyperparameters=by_mpi(1), ResourceConfig=of(2))

    def up():
        try:
            return sum(line.endswith(":up") for line in cloud.log("stopped")) == 2
        except cloud.client("logs").exceptions.ResourceNotFoundException:
            return False

    wait_until(up)
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    assert cloud.end_of("stopped")["TrainingJobStatus"] == "Stopped"


def test_without_mpirun_the_job_is_refused(cloud, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(cloud.sagemaker.exceptions.ClientError, match="needs the program `mpirun`"):
        submit(cloud, "refused", {"train.py": SUM}, hyperparameters=by_mpi(1))
