"""Scripts run by PyTorch's launcher, on one host and on several."""

from __future__ import annotations

import importlib.util

import pytest

from tests.e2e.scripts import run

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")

SUM = """
import socket, torch
import torch.distributed as dist
dist.init_process_group("gloo")
total = torch.tensor([dist.get_rank() + 1.0])
dist.all_reduce(total)
print("TOLD", dist.get_rank(), dist.get_world_size(), socket.gethostname(), total.item(), flush=True)
dist.destroy_process_group()
"""


@pytest.mark.parametrize("count", [1, 2])
def test_processes_of_all_hosts_meet(cloud, count):
    resources = {"InstanceType": "ml.t3.medium", "InstanceCount": count, "VolumeSizeInGB": 1}
    values = {"sagemaker_torch_distributed_enabled": True, "sagemaker_instance_type": "ml.t3.medium"}
    job = run(cloud, "sum", SUM, hyperparameters=values, ResourceConfig=resources)
    log = cloud.log("sum")
    assert job["TrainingJobStatus"] == "Completed", (job.get("FailureReason"), log)
    told = sorted(line for line in log if line.startswith("TOLD"))
    total = float(sum(range(count + 1)))
    assert told == [f"TOLD {rank} {count} algo-{rank + 1} {total}" for rank in range(count)]
