"""Every process of the engine is killed at random moments; nothing may be lost, stuck, or half there.

`make chaos` runs 100 rounds; CHAOS_ROUNDS, CHAOS_SEED and CHAOS_VICTIMS (separated by commas) choose others.
"""

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sagewright import targets
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.steward.loop import steward_pid
from tests.conftest import processes_of

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "100"))
SEED = int(os.environ.get("CHAOS_SEED", "20"))
ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
WORK = "import time, pathlib; time.sleep(0.4); pathlib.Path('/opt/ml/model/answer').write_text('42' * 1000)"
# Counts to 10 and goes on from its checkpoint; the size of the checkpoint tells a whole one from a torn one.
COUNT = """
import pathlib, time
saved = pathlib.Path("/opt/ml/checkpoints/count")
count = len(saved.read_text()) // 100_000 if saved.exists() else 0
while count < 10:
    time.sleep(0.05)
    count += 1
    draft = saved.with_name("draft")
    draft.write_text("x" * 100_000 * count)
    draft.replace(saved)
pathlib.Path("/opt/ml/model/answer").write_text("42" * 1000)
"""
# Two hosts that lean on each other: each needs the other's word, and gives up when the connection breaks.
TOGETHER = """
import json, pathlib, socket, time
me = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())["current_host"]
def connected():
    if me == "algo-1":
        return socket.create_server(("0.0.0.0", 7777)).accept()[0]
    while True:
        try:
            return socket.create_connection(("algo-1", 7777), timeout=30)
        except OSError:
            time.sleep(0.01)
peer = connected()
for word in ("first", "second"):
    peer.sendall(word.encode().ljust(10))
    assert peer.recv(10).decode().strip() == word
    time.sleep(0.2)
pathlib.Path("/opt/ml/model", "answer" if me == "algo-1" else me).write_text("42" * 1000)
"""
ALONE = ("submitter", "steward", "host", "host-retried", "program", "server", "job", "spot", "checkpoints")
SEVERAL = ("host-of-several", "host-of-several-retried", "steward-of-several", "engine-of-several-retried")
VICTIMS = tuple(os.environ.get("CHAOS_VICTIMS", ",".join(ALONE + SEVERAL)).split(","))

SUBMIT = """
import json, sys
from sagewright import targets
sagemaker = targets.boto_session().client("sagemaker")
request = json.loads(sys.argv[1])
print("begin", flush=True)
sagemaker.create_training_job(**request)
print("accepted", flush=True)
import time
time.sleep(60)
"""


def counting(name, dice, victim):
    """A job with checkpoints: a spot job that is interrupted, or one that is tried again."""
    job = scripted(request(name, retried=victim == "checkpoints"), "count.py")
    job["CheckpointConfig"] = {"S3Uri": f"s3://chaos/saved/{name}"}
    if victim == "spot":
        job["EnableManagedSpotTraining"] = True
        job["StoppingCondition"]["MaxWaitTimeInSeconds"] = 600
        job["Environment"] = {"SAGEWRIGHT_INTERRUPT_AFTER_S": f"{dice.uniform(0.0, 0.5):.2f}"}
    return job


def together(name, victim):
    """A job of two hosts."""
    job = scripted(request(name, retried=victim.endswith("-retried")), "together.py")
    job["ResourceConfig"]["InstanceCount"] = 2
    return job


def scripted(job, script):
    """Have a job run a script of the channel `code`."""
    job["AlgorithmSpecification"]["ContainerEntrypoint"] = ["python", f"/opt/ml/input/data/code/{script}"]
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://chaos/code/"}}
    job["InputDataConfig"].append({"ChannelName": "code", "DataSource": source})
    return job


def request(name, *, retried=False):
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": "python:3",
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["python", "-c", WORK],
        },
        "RoleArn": ROLE,
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://chaos/train/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://chaos/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **({"RetryStrategy": {"MaximumRetryAttempts": 3}} if retried else {}),
    }


class Stage:
    """A home with some data, an endpoint, and the means to kill what runs there."""

    def __init__(self, home, dice):
        self.home, self.dice = home, dice
        session = targets.boto_session()
        self.s3 = session.client("s3")
        self.sagemaker = session.client("sagemaker")
        self.runtime = session.client("sagemaker-runtime")
        self.s3.create_bucket(Bucket="chaos")
        rows = "\n".join(f"{3 * x + 1},{x},{x % 7}" for x in range(200))
        self.s3.put_object(Bucket="chaos", Key="train/rows.csv", Body=rows.encode())
        self.s3.put_object(Bucket="chaos", Key="code/count.py", Body=COUNT.encode())
        self.s3.put_object(Bucket="chaos", Key="code/together.py", Body=TOGETHER.encode())

    def deploy(self):
        job = {
            **request("server-model"),
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "HyperParameters": {"predictor_type": "regressor", "mini_batch_size": "50"},
        }
        job["InputDataConfig"][0]["ContentType"] = "text/csv"
        self.sagemaker.create_training_job(**job)
        model = self.end_of("server-model")["ModelArtifacts"]["S3ModelArtifacts"]
        container = {"Image": IMAGE, "ModelDataUrl": model}
        self.sagemaker.create_model(ModelName="m", PrimaryContainer=container, ExecutionRoleArn=ROLE)
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": "m",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        self.sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
        self.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
        wait_until(lambda: self.sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "InService")

    def end_of(self, name):
        def over():
            answer = self.sagemaker.describe_training_job(TrainingJobName=name)
            return answer if answer["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        return wait_until(over)

    def stop(self, name):
        """Stop a job; False: it had ended."""
        try:
            self.sagemaker.stop_training_job(TrainingJobName=name)
        except ClientError as error:
            if "is in status Completed" not in str(error):
                raise
            return False
        return True

    def answers(self):
        answer = self.runtime.invoke_endpoint(EndpointName="e", ContentType="text/csv", Body=b"10,3")
        return json.load(answer["Body"])["predictions"][0]["score"]

    def hosts(self, prefix):
        return [HostFolder(path.parent) for path in self.home.glob(f"executions/{prefix}*/*/started")]

    def kill(self, victim):
        pids = {
            "steward": lambda: [steward_pid(self.home)],
            "host": lambda: [folder.pid() for folder in self.hosts("tr-") if folder.is_alive()],
            "program": lambda: [
                child for folder in self.hosts("tr-") if folder.is_alive() for child in children(folder.pid())
            ],
            "host-of-several": lambda: self.one_of([folder.pid() for folder in self.hosts("tr-") if folder.is_alive()]),
            "steward-of-several": lambda: [steward_pid(self.home)],
            "engine-of-several": lambda: self.one_of(self.engine()),
            "spot": lambda: [steward_pid(self.home)],
            "checkpoints": lambda: [folder.pid() for folder in self.hosts("tr-") if folder.is_alive()],
            "server": lambda: [
                child for folder in self.hosts("ep-") if folder.is_alive() for child in children(folder.pid())
            ],
        }[victim.removesuffix("-retried")]()
        for pid in filter(None, pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return any(pids)

    def one_of(self, pids):
        return [self.dice.choice(sorted(pids))] if pids else []

    def engine(self):
        """Return the steward, its launcher, starters and hosts, but neither what they run nor the endpoint."""
        servers = {folder.pid() for folder in self.hosts("ep-")}
        programs = {child for folder in self.hosts("") for child in descendants(folder.pid())}
        return set(processes_of(self.home)) - servers - programs


def descendants(pid):
    for child in children(pid):
        yield child
        yield from descendants(child)


def children(pid):
    with contextlib.suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def wait_until(probe, seconds=90.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.02)
    raise AssertionError(f"still not so after {seconds} s")


def submit_and_kill(stage, name):
    """Submit from a process that is killed at any moment; return whether the engine had accepted."""
    script = subprocess.Popen(
        [sys.executable, "-c", SUBMIT, json.dumps(request(name))], stdout=subprocess.PIPE, text=True
    )
    with script:
        assert script.stdout is not None
        script.stdout.readline()
        time.sleep(stage.dice.uniform(0, 0.12))
        script.kill()
        return "accepted" in script.stdout.read()


def job_for(victim, name, dice):
    if victim in SEVERAL:
        return together(name, victim)
    if victim in ("spot", "checkpoints"):
        return counting(name, dice, victim)
    return request(name, retried=victim == "host-retried")


def check_job(stage, name, victim, hit):
    job = stage.end_of(name)
    status, reason = job["TrainingJobStatus"], job.get("FailureReason", "")
    if victim in ("host", "host-of-several") and hit and status == "Failed":
        assert reason.startswith("InternalServerError"), reason
    elif victim == "program" and hit and status == "Failed":
        assert reason.startswith("AlgorithmError"), reason
        assert "137" in reason, reason
    elif victim == "job" and hit:
        assert status == "Stopped", (status, reason)
    else:
        assert status == "Completed", (victim, status, reason)
    if victim in ("spot", "checkpoints"):
        keys = stage.s3.list_objects_v2(Bucket="chaos", Prefix=f"saved/{name}/")["Contents"]
        assert [(key["Key"], key["Size"]) for key in keys] == [(f"saved/{name}/count", 1_000_000)]
    if status == "Completed":
        body = stage.s3.get_object(Bucket="chaos", Key=f"out/{name}/output/model.tar.gz")["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            member = archive.extractfile("answer")
            assert member is not None
            assert member.read() == b"42" * 1000
            assert victim not in SEVERAL or sorted(archive.getnames()) == ["algo-2", "answer"]


def test_nothing_is_lost_whatever_is_killed(home):
    dice = random.Random(SEED)
    stage = Stage(home, dice)
    stage.deploy()
    expected = stage.answers()
    hits = dict.fromkeys(VICTIMS, 0)
    for number in range(ROUNDS):
        victim, name = dice.choice(VICTIMS), f"round-{number}"
        if victim == "submitter":
            accepted = submit_and_kill(stage, name)
            hits[victim] += 1
            known = {
                job["TrainingJobName"]
                for job in stage.sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]
            }
            assert name in known or not accepted, "an accepted job is lost"
            if name not in known:
                continue
            hit = True
        else:
            stage.sagemaker.create_training_job(**job_for(victim, name, dice))
            time.sleep(dice.uniform(0, 0.8))
            hit = stage.stop(name) if victim == "job" else stage.kill(victim)
            hits[victim] += hit
        check_job(stage, name, victim, hit)
        assert stage.answers() == pytest.approx(expected)
    print(f"\n{ROUNDS} rounds, seed {SEED}; killed: {hits}")
    stage.sagemaker.delete_endpoint(EndpointName="e")
    wait_until(lambda: not stage.sagemaker.list_endpoints()["Endpoints"])
    assert not [folder for folder in stage.hosts("") if folder.is_alive()]
