"""Training jobs on several hosts: their network, their fates, and what they leave together."""

from __future__ import annotations

import http.server
import json
import os
import signal
import threading

import pytest

from sagewright.engine.executors.process.folder import HostFolder
from tests.e2e.conftest import channel, wait_until
from tests.e2e.test_training import archive

TALK = """
import json, pathlib, socket, threading, time
config = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())
me, hosts = config["current_host"], config["hosts"]
server = socket.create_server(("0.0.0.0", 7777))  # the same port on every host
heard = []
def listen():
    for _ in hosts[1:]:
        with server.accept()[0] as one:
            heard.append(one.makefile().read())
listener = threading.Thread(target=listen)
listener.start()
for other in hosts:
    while other != me:
        try:
            with socket.create_connection((other, 7777), timeout=5) as one:
                one.sendall(me.encode())
            break
        except ConnectionRefusedError:
            time.sleep(0.01)
listener.join()
facts = {
    "heard": sorted(heard),
    "hostname": socket.gethostname(),
    "address": socket.gethostbyname(me),
    "interfaces": sorted(name for _, name in socket.if_nameindex()),
    "config": config,
    "began": time.time(),
}
pathlib.Path("/opt/ml/model", me).write_text(json.dumps(facts))
pathlib.Path("/opt/ml/output/data/same").write_text(me)
print("done", me)
"""
ONE_FAILS = """
import json, pathlib, signal, sys, time
me = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())["current_host"]
if me == "algo-2":
    pathlib.Path("/opt/ml/output/failure").write_text("algo-2 has had enough")
    sys.exit(3)
time.sleep(60)
"""
WAIT = """
import pathlib, signal, sys, time
def leave(*_):
    pathlib.Path("/opt/ml/model", sys.platform).write_text("left")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
time.sleep(60)
"""


def several(count, instance_type="ml.t3.medium"):
    return {"InstanceType": instance_type, "InstanceCount": count, "VolumeSizeInGB": 1}


def folders(cloud):
    return [HostFolder(path.parent) for path in sorted((cloud.home / "executions").glob("*/*/host.json"))]


def test_hosts_talk_by_name_on_ports_of_their_own(cloud):
    job = cloud.run("talk", TALK, ResourceConfig=several(3))

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    left = archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    facts = {name: json.loads(text) for name, text in left.items()}
    hosts = ["algo-1", "algo-2", "algo-3"]
    assert sorted(facts) == hosts
    for host, seen in facts.items():
        assert seen["heard"] == [other for other in hosts if other != host]
        assert seen["hostname"] == seen["config"]["current_host"] == host
        assert seen["interfaces"] == ["eth0", "lo"]
        assert seen["config"]["hosts"] == hosts
    assert len({seen["address"] for seen in facts.values()}) == 3
    began = [seen["began"] for seen in facts.values()]
    assert max(began) - min(began) < 5.0
    assert archive(cloud, "s3://bucket/out/talk/output/output.tar.gz") == {"same": b"algo-1"}
    assert sorted(cloud.log("talk")) == ["done algo-1", "done algo-2", "done algo-3"]
    assert [t["Status"] for t in job["SecondaryStatusTransitions"]][-3:] == ["Training", "Uploading", "Completed"]


def test_hosts_reach_the_machine_s_network_by_way_of_their_proxy_and_each_other_directly(cloud):
    code = """
import http.server, json, os, pathlib, threading, time, urllib.error, urllib.request
config = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello of " + config["current_host"].encode())
server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Hello)
threading.Thread(target=server.serve_forever, daemon=True).start()
def get(url):
    while True:
        try:
            return urllib.request.urlopen(url, timeout=10).read().decode()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.01)
seen = [get(f"http://{host}:8000/") for host in config["hosts"]] + [get(os.environ["OUTSIDE"])]
pathlib.Path("/opt/ml/model", config["current_host"]).write_text(json.dumps(seen))
time.sleep(0.5)  # the others may still ask
"""
    with http.server.ThreadingHTTPServer(("127.0.0.5", 0), http.server.SimpleHTTPRequestHandler) as outside:
        threading.Thread(target=outside.serve_forever, daemon=True).start()
        url = f"http://127.0.0.5:{outside.server_address[1]}/pyproject.toml"
        job = cloud.run("out", code, ResourceConfig=several(2), Environment={"OUTSIDE": url})
        outside.shutdown()
    assert job["TrainingJobStatus"] == "Completed", (job.get("FailureReason"), cloud.log("out"))
    for text in archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"]).values():
        first, second, outside_text = json.loads(text)
        assert (first, second) == ("hello of algo-1", "hello of algo-2")
        assert 'name = "sagewright"' in outside_text


def test_an_only_host_has_a_name_too(cloud):
    code = """
import json, pathlib, socket
config = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())
print(socket.gethostname(), socket.gethostbyname("algo-1"), socket.gethostbyname("localhost"))
print(config["network_interface_name"] in [name for _, name in socket.if_nameindex()])
"""
    assert cloud.run("alone", code)["TrainingJobStatus"] == "Completed"
    assert cloud.log("alone") == ["algo-1 127.0.0.1 127.0.0.1", "True"]


def test_one_host_s_failure_is_the_job_s_and_ends_the_others(cloud):
    job = cloud.run("fails", ONE_FAILS, ResourceConfig=several(2))

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: algo-2 has had enough, exit code: 3"
    assert "Contents" not in cloud.s3.list_objects_v2(Bucket="bucket", Prefix="out/fails/")
    wait_until(lambda: not folders(cloud))


def test_a_stop_reaches_every_host(cloud):
    cloud.submit("stopped", WAIT, ResourceConfig=several(2))
    wait_until(lambda: _log(cloud, "stopped") == ["up", "up"])
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")

    job = cloud.end_of("stopped")
    assert job["TrainingJobStatus"] == "Stopped"
    assert archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"linux": b"left"}


def test_a_host_that_is_killed_takes_all_hosts_into_the_next_attempt(cloud):
    cloud.submit("retried", WAIT, ResourceConfig=several(2), RetryStrategy={"MaximumRetryAttempts": 1})
    wait_until(lambda: _log(cloud, "retried") == ["up", "up"])
    first = {folder.pid() for folder in folders(cloud)}
    os.kill(max(first), signal.SIGKILL)
    wait_until(lambda: len(_log(cloud, "retried")) == 4)
    assert first.isdisjoint({folder.pid() for folder in folders(cloud)})
    for pid in [folder.pid() for folder in folders(cloud)]:
        os.kill(pid, signal.SIGKILL)
    assert cloud.end_of("retried")["FailureReason"].startswith("InternalServerError: ")


def test_instance_groups_are_told_to_every_host(cloud):
    code = """
import json, pathlib
config = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())
config["channels"] = sorted(path.name for path in pathlib.Path("/opt/ml/input/data").iterdir())
config["told"] = sorted(json.loads(pathlib.Path("/opt/ml/input/config/inputdataconfig.json").read_text()))
pathlib.Path("/opt/ml/model", config["current_host"]).write_text(json.dumps(config))
"""
    groups = [
        {"InstanceGroupName": "big", "InstanceType": "ml.m5.large", "InstanceCount": 1},
        {"InstanceGroupName": "small", "InstanceType": "ml.t3.medium", "InstanceCount": 2},
    ]
    for_big = channel()
    for_big["DataSource"]["S3DataSource"]["InstanceGroupNames"] = ["big"]
    resources = {"InstanceGroups": groups, "VolumeSizeInGB": 1}
    job = cloud.run("groups", code, ResourceConfig=resources, InputDataConfig=[for_big])

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    left = archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    seen = {name: json.loads(text) for name, text in left.items()}
    assert {name: config["current_group_name"] for name, config in seen.items()} == {
        "algo-1": "big",
        "algo-2": "small",
        "algo-3": "small",
    }
    assert {name: config["current_instance_type"] for name, config in seen.items()} == {
        "algo-1": "ml.m5.large",
        "algo-2": "ml.t3.medium",
        "algo-3": "ml.t3.medium",
    }
    assert seen["algo-2"]["instance_groups"][1]["hosts"] == ["algo-2", "algo-3"]
    assert [seen[host]["channels"] for host in sorted(seen)] == [["code", "train"], ["code"], ["code"]]
    assert [seen[host]["told"] for host in sorted(seen)] == [["code", "train"], ["code"], ["code"]]
    assert job["ResourceConfig"] == resources


def test_a_group_that_the_job_has_not_is_refused(cloud):
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train/", "InstanceGroupNames": ["nobody"]}
    channels = [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}]
    with pytest.raises(cloud.sagemaker.exceptions.ClientError, match="instance group `nobody`"):
        cloud.submit("g", InputDataConfig=channels)


def _log(cloud, name):
    try:
        return cloud.log(name)
    except cloud.client("logs").exceptions.ResourceNotFoundException:
        return []


@pytest.mark.parametrize("count", [1, 2])
def test_linear_learner_trains_one_model_on_all_hosts(cloud, count):
    job = cloud.run("linear", ResourceConfig=several(count))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert list(archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])) == ["model_algo-1"]
    found = {line.partition("train mse_objective <loss>=")[2] for line in cloud.log("linear") if "mse_obj" in line}
    assert float(min(found - {""}, key=float)) < 1e-3


def test_xgboost_trains_one_model_on_the_shards_of_all_hosts(cloud):
    pytest.importorskip("xgboost")
    import xgboost

    for shard in range(4):  # no shard alone tells how y depends on x
        rows = "\n".join(f"{3 * x + 1},{x},{x % 7}" for x in range(50 * shard, 50 * shard + 50))
        cloud.s3.put_object(Bucket="bucket", Key=f"shards/{shard}.csv", Body=rows.encode())
    shards = channel("s3://bucket/shards/")
    shards["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    job = cloud.run(
        "boosted",
        AlgorithmSpecification={"TrainingImage": image},
        HyperParameters={"num_round": "4", "objective": "reg:squarederror", "eta": "1.0"},
        InputDataConfig=[shards],
        ResourceConfig=several(2),
    )
    assert job["TrainingJobStatus"] == "Completed", (job.get("FailureReason"), cloud.log("boosted"))
    left = archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert list(left) == ["xgboost-model"]
    booster = xgboost.Booster(model_file=bytearray(left["xgboost-model"]))
    told = booster.inplace_predict([[float(x), float(x % 7)] for x in (10, 190)])
    assert told == pytest.approx([31, 571], abs=20)
