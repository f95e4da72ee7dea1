"""The life of a job in real processes: spot, checkpoints, stops, limits."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest

from sagewright import cli
from tests.e2e.conftest import channel, wait_until
from tests.e2e.test_training import archive, host_of

# Counts on from its checkpoint, one step every twentieth of a second; on SIGTERM it leaves at once.
COUNT = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
saved = pathlib.Path("/opt/ml/checkpoints/step")
step = int(saved.read_text()) if saved.exists() else 0
print(f"begins at {step}", flush=True)
while step < LAST:
    time.sleep(0.05)
    step += 1
    draft = saved.with_name(".draft")
    draft.write_text(str(step))
    draft.rename(saved)
pathlib.Path("/opt/ml/model/step").write_text(str(step))
"""
CHECKPOINTS = {"CheckpointConfig": {"S3Uri": "s3://bucket/saved"}}


def count_to(last):
    return COUNT.replace("LAST", str(last))


def spot(*seconds, wait_s=600):
    return {
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": wait_s},
        **({"Environment": {"SAGEWRIGHT_INTERRUPT_AFTER_S": ",".join(seconds)}} if seconds else {}),
    }


def statuses(job):
    return [transition["Status"] for transition in job["SecondaryStatusTransitions"]]


def body_of(cloud, key):
    return cloud.s3.get_object(Bucket="bucket", Key=key)["Body"].read()


def keys(cloud, prefix):
    return [item["Key"] for item in cloud.s3.list_objects_v2(Bucket="bucket", Prefix=prefix).get("Contents", ())]


def test_an_interrupted_spot_job_goes_on_from_its_checkpoint(cloud):
    job = cloud.run("spot", count_to(30), **spot("0.6"), **CHECKPOINTS)

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert statuses(job) == [
        *("Starting", "Downloading", "Training", "Interrupted"),
        *("Starting", "Downloading", "Training", "Uploading", "Completed"),
    ]
    begins = [int(line.split()[-1]) for line in cloud.log("spot") if line.startswith("begins at")]
    assert begins[0] == 0
    assert 0 < begins[1] < 30
    assert body_of(cloud, "saved/step") == b"30"
    assert keys(cloud, "saved/") == ["saved/step"]
    assert archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"step": b"30"}
    assert job["BillableTimeInSeconds"] <= job["TrainingTimeInSeconds"]


def test_checkpoints_are_stored_while_the_job_runs_and_after_a_stop(cloud):
    cloud.submit("stopped", count_to(10_000), **CHECKPOINTS)
    wait_until(lambda: keys(cloud, "saved/step"))
    assert cloud.describe("stopped")["SecondaryStatus"] == "Training"
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    assert cloud.end_of("stopped")["SecondaryStatus"] == "Stopped"
    last = int(body_of(cloud, "saved/step"))

    job = cloud.run("more", count_to(last + 1), **CHECKPOINTS)
    assert job["TrainingJobStatus"] == "Completed"
    assert f"begins at {last}" in cloud.log("more")


def test_what_a_killed_host_leaves_is_there_for_the_next_attempt(cloud):
    cloud.submit("killed", count_to(60), RetryStrategy={"MaximumRetryAttempts": 1}, **CHECKPOINTS)
    wait_until(lambda: "begins at 0" in cloud.log("killed") if cloud.describe("killed") and _logged(cloud) else False)
    ml = host_of(cloud).ml
    wait_until(lambda: (ml / "checkpoints/step").exists() and int((ml / "checkpoints/step").read_text() or 0) >= 3)
    os.kill(host_of(cloud).pid(), signal.SIGKILL)

    assert cloud.end_of("killed")["TrainingJobStatus"] == "Completed"
    begins = [int(line.split()[-1]) for line in cloud.log("killed") if line.startswith("begins at")]
    assert begins[0] == 0
    assert begins[1] >= 3


def _logged(cloud):
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    return bool(groups)


def test_a_failed_job_leaves_its_checkpoints_and_tensorboard_logs(cloud):
    code = """
import pathlib
pathlib.Path("/opt/ml/checkpoints/a/b").mkdir(parents=True)
pathlib.Path("/opt/ml/checkpoints/a/b/c").write_text("kept")
pathlib.Path("/opt/ml/output/tensorboard/events").write_text("seen")
raise SystemExit(3)
"""
    job = cloud.run("fails", code, TensorBoardOutputConfig={"S3OutputPath": "s3://bucket/logs"}, **CHECKPOINTS)
    assert job["TrainingJobStatus"] == "Failed"
    assert body_of(cloud, "saved/a/b/c") == b"kept"
    assert body_of(cloud, "logs/fails/tensorboard-output/events") == b"seen"


def test_an_output_that_is_not_compressed_is_a_folder(cloud):
    code = """
import pathlib
pathlib.Path("/opt/ml/model/deep").mkdir()
pathlib.Path("/opt/ml/model/deep/weights").write_text("w")
pathlib.Path("/opt/ml/output/data/plot").write_text("p")
"""
    output = {"S3OutputPath": "s3://bucket/out", "CompressionType": "NONE"}
    job = cloud.run("plain", code, OutputDataConfig=output)
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://bucket/out/plain/output/model/"
    assert keys(cloud, "out/plain/") == ["out/plain/output/data/plot", "out/plain/output/model/deep/weights"]


@pytest.mark.parametrize("how", ["stop", "time"])
def test_the_model_of_a_job_that_was_ended_is_stored(cloud, how):
    code = "import time; open('/opt/ml/model/x', 'w').write('x'); print('there', flush=True); time.sleep(60)"
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 2}} if how == "time" else {}
    cloud.submit("ended", code, **limit)
    if how == "stop":
        wait_until(lambda: cloud.describe("ended")["SecondaryStatus"] == "Training" and "there" in cloud.log("ended"))
        cloud.sagemaker.stop_training_job(TrainingJobName="ended")
    job = cloud.end_of("ended")
    assert job["SecondaryStatus"] == {"stop": "Stopped", "time": "MaxRuntimeExceeded"}[how]
    assert statuses(job)[-2] == "Stopping"
    assert archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"x": b"x"}
    assert job["TrainingEndTime"] >= job["TrainingStartTime"]


def test_a_job_s_checkpoint_configuration_is_where_programs_look_for_it(cloud):
    code = "import shutil; shutil.copy('/opt/ml/input/config/checkpointconfig.json', '/opt/ml/model')"
    config = {"S3Uri": "s3://bucket/saved", "LocalPath": "/opt/ml/mine"}
    job = cloud.run("config", code, CheckpointConfig=config, InputDataConfig=[channel()])
    found = archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert found == {"checkpointconfig.json": b'{"S3Uri": "s3://bucket/saved", "LocalPath": "/opt/ml/mine"}'}


def test_a_running_spot_job_is_interrupted_from_the_command_line(cloud, capsys):
    code = (
        count_to(10_000)
        .replace("while ", "last = 10_000 if step == 0 else step + 1\nwhile ")
        .replace("< 10000", "< last")
    )
    cloud.submit("asked", code, **spot(), **CHECKPOINTS)
    wait_until(lambda: keys(cloud, "saved/step"))
    assert cli.main(["jobs", "interrupt", "asked"]) == 0
    assert capsys.readouterr().out.startswith("interrupted asked")

    job = cloud.end_of("asked")
    assert job["TrainingJobStatus"] == "Completed"
    assert "Interrupted" in statuses(job)
    assert cli.main(["jobs", "interrupt", "asked"]) == 2
    assert "cannot be interrupted now: it is in status Completed" in capsys.readouterr().err


def test_what_a_job_uses_of_the_machine_is_measured(cloud):
    code = "import time\nwhile time.process_time() < 0.5: pass\nprint('loss=1')"
    cloud.run("busy", code)
    job = cloud.describe("busy")
    values = {}
    for name in ("CPUUtilization", "MemoryUtilization", "DiskUtilization"):
        (point,) = cloud.client("cloudwatch").get_metric_statistics(
            Namespace="/aws/sagemaker/TrainingJobs",
            MetricName=name,
            Dimensions=[{"Name": "Host", "Value": "busy/algo-1"}],
            StartTime=job["CreationTime"],
            EndTime=job["CreationTime"] + timedelta(hours=1),
            Period=3600,
            Statistics=["Average"],
        )["Datapoints"]
        values[name] = point["Average"]
    assert 5 < values["CPUUtilization"] < 150
    assert 0 < values["MemoryUtilization"] < 50
    assert 0 <= values["DiskUtilization"] <= 100
