"""Lambda: functions in Python, each invocation in a process of its own."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import stat
import subprocess
import sys
import time
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.hybrid import deliveries, pending
from sagewright.engine.gateway.hybrid.delivering import deliver
from sagewright.engine.gateway.hybrid.functions import archives
from sagewright.engine.steward.deliveries import DeliveryReconciler
from tests.unit.hybrid import clients_of, forget

PLACE = "us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/runs-functions"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("sagewright.engine.steward.bell.Bell.ring", lambda self: None)
    yield tmp_path / "home"
    forget()


@pytest.fixture
def client(home):
    home.mkdir()
    return clients_of(home)


@pytest.fixture
def create(client):
    def make(code, name="f", **more):
        files = {"code.py": code} if isinstance(code, str) else code
        return client("lambda").create_function(
            FunctionName=name,
            Role=ROLE,
            **{"Runtime": "python3.12", "Handler": "code.handler", "Code": {"ZipFile": zipped(files)}, **more},
        )

    return make


@pytest.fixture
def invoke(client):
    def run(event=None, name="f", **more):
        done = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **more)
        text = done["Payload"].read()
        return json.loads(text) if text else None, done

    return run


@pytest.fixture
def steward(home):
    reconciler = DeliveryReconciler(engine_of(home).parts, deliver)

    def run():
        busy = reconciler.tick()
        reconciler.settle(30)
        return busy

    return run


def zipped(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def log_of(client, name="f"):
    return [e["message"] for e in client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]]


TELLS = """
import os
def handler(event, context):
    print("doubling", event["n"])
    return {
        "twice": 2 * event["n"], "region": os.environ["AWS_REGION"], "own": os.environ["OWN"],
        "told": [context.function_name, context.function_version, context.memory_limit_in_mb],
        "left": 0 < context.get_remaining_time_in_millis() <= 20_000, "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
    }
"""


def test_a_function_is_invoked(client, create, invoke):
    made = create(TELLS, Environment={"Variables": {"OWN": "x"}}, Timeout=20, MemorySize=256)
    forget()
    result, done = invoke({"n": 21}, LogType="Tail")
    assert (result["twice"], result["region"], result["own"]) == (42, "us-east-1", "x")
    assert result["told"] == ["f", "$LATEST", "256"]
    assert result["left"]
    assert result["arn"] == made["FunctionArn"]
    assert (done["StatusCode"], done["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in done
    log = log_of(client)
    assert log[0] == f"START RequestId: {result['id']} Version: $LATEST"
    assert "doubling 21" in log
    assert log[-1].startswith(f"REPORT RequestId: {result['id']}\tDuration: ")
    assert base64.b64decode(done["LogResult"]).decode().splitlines()[:2] == log[:2]


ANSWERED = "def handler(event, context):\n"
FAILURES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "raises": (ANSWERED + "    raise ValueError('no ' + event)", {}, "ValueError", "no x"),
    "import": ("import nowhere", {}, "Runtime.ImportModuleError", "Unable to import module 'code': No module named"),
    "syntax": ("def handler(", {}, "Runtime.UserCodeSyntaxError", "Syntax error in module 'code': "),
    "missing": ("x = 1", {}, "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'code'"),
    "name": ("x = 1", {"Handler": "code"}, "Runtime.MalformedHandlerName", "Bad handler 'code': "),
    "result": (ANSWERED + "    return {1, 2}", {}, "Runtime.MarshalError", "Unable to marshal response: "),
    "exit": (ANSWERED + "    import os; os._exit(3)", {}, "Runtime.ExitError", "exited with error: exit status 3"),
    "slow": (ANSWERED + "    import time; time.sleep(60)", {"Timeout": 1}, "Sandbox.Timedout", "after 1.00 seconds"),
    "large": (ANSWERED + "    return 'x' * 7_000_000", {}, "Function.ResponseSizeTooLarge", "Response payload size"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_a_function_may_do_wrong(create, invoke, case):
    code, more, kind, text = FAILURES[case]
    create(code, **{"Timeout": 20, **more})
    result, done = invoke("x")
    assert (done["StatusCode"], done["FunctionError"], result["errorType"]) == (200, "Unhandled", kind)
    assert text in result["errorMessage"]
    if case == "raises":
        assert result["stackTrace"][-1].startswith('  File "')
        assert 'code.py", line 2, in handler\n    raise ValueError' in result["stackTrace"][-1]


def test_a_function_is_held_to_its_memory(create, invoke, monkeypatch):
    monkeypatch.setattr("sagewright.engine.gateway.hybrid.functions.running.ENGINE_BYTES", 0)
    create(ANSWERED + "    x = b'1' * (400 << 20)\n    import time; time.sleep(30)", MemorySize=128, Timeout=25)
    result, _ = invoke()
    assert result["errorType"] == "Runtime.ExitError"
    assert result["errorMessage"].endswith("signal: killed")


LEAVES_A_CHILD = """
import subprocess, sys
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print("child", child.pid)
    return child.pid
"""


def test_nothing_is_left_running(create, invoke):
    create(LEAVES_A_CHILD, Timeout=20)
    began = time.monotonic()
    pid, _ = invoke()
    assert time.monotonic() - began < 15
    for _ in range(100):
        if not _runs(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the child still runs")


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


DIES = """
import os, sys
sys.path[:0] = {path!r}
from pathlib import Path
from sagewright.engine.gateway.hybrid.functions import running
folder = Path({folder!r})
invocation = {{
    "handler": "code.handler", "payload": "1", "timeout_s": 60, "name": "f", "version": "1", "arn": "", "memory_mib": 1,
    "request_id": "", "log_group": "", "log_stream": "",
}}
running.run(invocation, dict(os.environ), folder, [folder], 1 << 30, 60.0)
"""


def test_a_function_ends_with_whoever_runs_it(tmp_path):
    (tmp_path / "code.py").write_text(
        "import os, time, pathlib\n"
        + ANSWERED
        + "    pathlib.Path('pid').write_text(str(os.getpid()))\n    time.sleep(60)"
    )
    text = DIES.format(path=sys.path, folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", text]) as process:
        pid = int(eventually((tmp_path / "pid").read_text))
        process.kill()
    assert eventually(lambda: not _runs(pid))


def eventually(look):
    """Return what is there at last, within some seconds."""
    for _ in range(400):
        with contextlib.suppress(FileNotFoundError):
            if found := look():
                return found
        time.sleep(0.05)
    raise AssertionError("it never came")


CALLS_BACK = """
import boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=event, MessageBody="from " + context.function_name)
    boto3.client("s3").put_object(Bucket="b", Key="k", Body=b"done")
"""


def test_calls_of_a_function_lead_back_to_the_engine(client, create, invoke):
    queue = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    client("s3").create_bucket(Bucket="b" * 3)
    create(CALLS_BACK.replace('"b"', '"bbb"'), Timeout=30)
    _, done = invoke(queue)
    assert "FunctionError" not in done
    assert client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "from f"
    assert client("s3").get_object(Bucket="bbb", Key="k")["Body"].read() == b"done"


def test_code_comes_from_our_s3_and_changes(client, create, invoke):
    client("s3").create_bucket(Bucket="code")
    client("s3").put_object(Bucket="code", Key="f.zip", Body=zipped({"code.py": ANSWERED + "    return 1"}))
    create("", Code={"S3Bucket": "code", "S3Key": "f.zip"})
    assert invoke()[0] == 1
    version = client("lambda").publish_version(FunctionName="f")["Version"]
    client("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion=version)
    client("lambda").update_function_code(FunctionName="f", ZipFile=zipped({"code.py": ANSWERED + "    return 2"}))
    forget()
    assert [invoke(Qualifier=q)[0] for q in ("$LATEST", version, "live")] == [2, 1, 1]
    assert invoke(name="f:live")[1]["ExecutedVersion"] == version
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        invoke(Qualifier="9")
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        create("", name="g", Code={"S3Bucket": "code", "S3Key": "none"})


def test_code_lies_in_files_that_go_with_the_function(client, create, home):
    create(ANSWERED + "    return 1")
    create(ANSWERED + "    return 1", name="g")
    create(ANSWERED + "    return 2", name="h")
    assert len(list((home / "hybrid" / "code").glob("*.zip"))) == 2
    client("lambda").delete_function(FunctionName="f")
    client("lambda").delete_function(FunctionName="h")
    assert len(list((home / "hybrid" / "code").glob("*.zip"))) == 1


def test_layers_are_found(client, create, invoke):
    layer = client("lambda").publish_layer_version(
        LayerName="l", Content={"ZipFile": zipped({"python/shared.py": "answer = 42"})}
    )["LayerVersionArn"]
    create("import shared\n" + ANSWERED + "    return shared.answer", Layers=[layer])
    forget()
    assert invoke()[0] == 42


def linked():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        member = zipfile.ZipInfo("link")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return data.getvalue()


def bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", b"\0" * (90 << 20))
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"no archive", zipped({"../up.py": ""}), zipped({"/etc/x": ""}), zipped({"a\\..\\b": ""}), linked(), bomb()],
)
def test_archives_that_are_none_or_would_harm_are_refused(create, data, home):
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        create("", Code={"ZipFile": data})
    assert not (home / "hybrid" / "code").exists()


def test_an_archive_that_unfolds_to_more_than_it_says_is_stopped(home, monkeypatch):
    digest = archives.keep(home, zipped({"a": "x" * 1000}))
    monkeypatch.setattr(archives, "UNFOLDED_BYTES", 500)
    with pytest.raises(archives.BadArchive, match="more than it says"):
        archives.folder_of(home, digest)
    assert [path.suffix for path in (home / "hybrid" / "code").iterdir()] == [".zip"]


@pytest.mark.parametrize(
    "more",
    [
        {"Runtime": "nodejs20.x"},
        {"PackageType": "Image", "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b"}},
        {
            "FileSystemConfigs": [
                {
                    "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0",
                    "LocalMountPath": "/mnt/a",
                }
            ]
        },
        {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}},
    ],
)
def test_what_is_not_built_is_refused_by_name(create, more):
    with pytest.raises(ClientError, match="not built"):
        create("x = 1", **more)


def test_dry_runs_and_events(client, create, invoke, steward, home):
    create("import boto3\n" + ANSWERED + "    print('event', event)")
    assert invoke(InvocationType="DryRun")[1]["StatusCode"] == 204
    assert invoke({"n": 1}, InvocationType="Event")[1]["StatusCode"] == 202
    assert pending.count(home) == 1
    forget()
    steward()
    assert "event {'n': 1}" in log_of(client)
    assert pending.count(home) == 0


def test_an_event_that_fails_is_tried_again_and_given_up(client, create, invoke, steward, home, monkeypatch):
    monkeypatch.setattr(pending, "RETRY_AFTER_S", (0.0,))
    create(ANSWERED + "    raise ValueError('no')")
    invoke(InvocationType="Event")
    for _ in range(3):
        steward()
    assert [line for line in log_of(client) if line.startswith("START")].__len__() == 2
    assert pending.count(home) == 0


def test_a_topic_invokes_a_function(client, create, steward):
    made = create(ANSWERED + "    print(event['Records'][0]['Sns']['Message'], event['Records'][0]['EventSource'])")
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=made["FunctionArn"])
    client("sns").publish(TopicArn=topic, Message="hello")
    steward()
    assert "hello aws:sns" in log_of(client)


def test_the_engine_s_own_messages_invoke_a_function(client, create, steward, home):
    """As S3's do, of what happens to objects."""
    made = create(ANSWERED + "    print('told', event)")["FunctionArn"]
    assert deliveries.reachable(home, made)
    assert not deliveries.reachable(home, made + "-not")
    deliveries.send(home, made, "", ['{"n": 1}'])
    steward()
    assert "told {'n': 1}" in log_of(client)


FAILS_ONCE = """
import os
def handler(event, context):
    for record in event["Records"]:
        print("got", record["body"], record["attributes"]["ApproximateReceiveCount"])
        if record["attributes"]["ApproximateReceiveCount"] == "1" and record["body"] == "bad":
            raise ValueError("bad")
"""


def test_a_queue_feeds_a_function(client, create, steward, home):
    made = create(FAILS_ONCE)
    queue = client("sqs").create_queue(QueueName="q", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName=made["FunctionArn"], BatchSize=1)
    steward()
    for body in ("good", "bad"):
        client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    deadline = time.monotonic() + 30
    while pending.count(home) and time.monotonic() < deadline:
        forget()
        steward()
        time.sleep(0.2)
    got = sorted(line for line in log_of(client) if line.startswith("got"))
    assert got == ["got bad 1", "got bad 2", "got good 1"]
    counts = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_reserved_concurrency_of_none_throttles(client, create, invoke):
    create(ANSWERED + "    return 1")
    client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        invoke()


def test_services_that_would_wait_for_a_function_are_refused(client, create):
    made = create(ANSWERED + "    return 1")
    client("secretsmanager").create_secret(Name="s", SecretString="x")
    with pytest.raises(ClientError, match="not built"):
        client("secretsmanager").rotate_secret(
            SecretId="s", RotationLambdaARN=made["FunctionArn"], RotationRules={"AutomaticallyAfterDays": 1}
        )


def test_a_missing_function_is_named(invoke):
    with pytest.raises(ClientError, match="Function not found: arn:aws:lambda:us-east-1:123456789012:function:f"):
        invoke()


def test_a_function_does_not_see_who_runs_it(create, invoke, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "secret")
    create(
        "import os\n"
        + ANSWERED
        + "    return [os.environ.get('MY_TOKEN'), os.getcwd() == os.environ['LAMBDA_TASK_ROOT']]"
    )
    assert invoke()[0] == [None, True]
    assert os.environ["MY_TOKEN"] == "secret"
