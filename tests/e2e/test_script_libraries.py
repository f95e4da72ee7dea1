"""What scripts import of Amazon's images, in jobs (`engine/script_mode/libraries`)."""

from __future__ import annotations

import pytest

from sagewright.engine.executors.process import isolation
from tests.e2e.conftest import channel
from tests.e2e.scripts import run


def test_a_script_finds_the_libraries_that_images_hold(cloud):
    code = """
from sagemaker_containers import entry_point
from sagemaker_containers.beta.framework import content_types, encoders, env, modules, server, transformer, worker
from sagemaker_training import environment
from sagemaker_xgboost_container import distributed
from sagemaker_xgboost_container.data_utils import get_dmatrix

job = environment.Environment()
print("job:", job.current_host, job["hosts"], job.to_cmd_args(), job.to_env_vars()["SM_HP_RATE"])
entry_point._wait_hostname_resolution()
rows = get_dmatrix(environment.channel_path("train"), "csv")
print("rows:", rows.num_row(), rows.num_col(), encoders.encode([1, 2], content_types.JSON))
try:
    modules.run_module
except AttributeError as error:
    print("error:", error)
"""
    cloud.s3.put_object(Bucket="bucket", Key="rows/r.csv", Body=b"1,2,3\n0,4,5\n")
    channels = [channel("s3://bucket/rows/")]
    job = run(cloud, "libraries", code, hyperparameters={"rate": 0.5}, InputDataConfig=channels)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    log = cloud.log("libraries")
    assert "job: algo-1 ['algo-1'] ['--rate', '0.5'] 0.5" in log
    assert "rows: 2 2 [1, 2]" in log
    assert "error: Sagewright's `sagemaker_containers.beta.framework.modules` has no `run_module`." in log


@pytest.mark.skipif("mount" not in isolation.probe(), reason="the kernel gives programs no namespaces")
def test_a_script_trains_one_booster_on_two_hosts_as_in_the_image(cloud):
    code = """
import json, os, xgboost
from sagemaker_xgboost_container import distributed
from sagemaker_xgboost_container.data_utils import get_dmatrix

def train(rows, is_master):
    booster = xgboost.train({"max_depth": 2}, rows, 3)
    print("trained:", is_master, xgboost.collective.get_world_size())
    if is_master:
        booster.save_model(os.environ["SM_MODEL_DIR"] + "/model.json")

rows = get_dmatrix(os.environ["SM_CHANNEL_TRAIN"], "libsvm")
distributed.rabit_run(
    exec_fun=train,
    args={"rows": rows},
    include_in_training=rows is not None,
    hosts=json.loads(os.environ["SM_HOSTS"]),
    current_host=os.environ["SM_CURRENT_HOST"],
    update_rabit_args=True,
)
"""
    cloud.s3.put_object(Bucket="bucket", Key="rows/r.libsvm", Body=b"1 1:2 2:3\n0 1:1 2:5\n" * 20)
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    job = run(
        cloud,
        "together",
        code,
        ResourceConfig=resources,
        InputDataConfig=[channel("s3://bucket/rows/", ContentType="x")],
    )
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert sorted(line for line in cloud.log("together") if line.startswith("trained:")) == [
        "trained: False 2",
        "trained: True 2",
    ]
