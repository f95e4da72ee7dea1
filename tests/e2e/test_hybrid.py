"""The rest of AWS: what one process leaves in SNS, SQS, DynamoDB and SES, the next one finds."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import pytest

from tests.e2e.programs import programs_in

PRELUDE = """
import boto3, functools, json, sys
client = functools.cache(boto3.client)
def error(service, operation, **params):
    try:
        getattr(client(service), operation)(**params)
    except client(service).exceptions.ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
"""


@pytest.fixture
def programs(tmp_path):
    return programs_in(tmp_path)


@pytest.fixture
def says(programs):
    """Run a program to its good end, and return what it says last, as JSON."""

    def run(text):
        return json.loads(programs.says(PRELUDE + text).splitlines()[-1])

    return run


MAKE = """
topic = client("sns").create_topic(Name="news")["TopicArn"]
queue = client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
client("ses").verify_email_identity(EmailAddress="me@example.com")
key = {"AttributeName": "id"}
client("dynamodb").create_table(
    TableName="runs", KeySchema=[{**key, "KeyType": "HASH"}], AttributeDefinitions=[{**key, "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
print(json.dumps([topic, queue]))
"""
USE = """
client("sns").publish(TopicArn="arn:aws:sns:us-east-1:123456789012:news", Subject="done", Message="job a is done")
client("ses").send_email(Source="me@example.com", Destination={"ToAddresses": ["you@example.com"]},
               Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}})
table = boto3.resource("dynamodb").Table("runs")
table.put_item(Item={"id": "a", "epochs": 3})
table.update_item(Key={"id": "a"}, UpdateExpression="SET epochs = epochs + :n", ExpressionAttributeValues={":n": 4})
print("null")
"""
LOOK = """
queue = client("sqs").get_queue_url(QueueName="inbox")["QueueUrl"]
message = json.loads(client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"])
print(json.dumps({
    "topics": [topic["TopicArn"] for topic in client("sns").list_topics()["Topics"]],
    "message": [message["Subject"], message["Message"]],
    "sent": client("ses").get_send_quota()["SentLast24Hours"],
    "item": int(boto3.resource("dynamodb").Table("runs").get_item(Key={"id": "a"})["Item"]["epochs"]),
}))
"""


def test_three_processes_share_what_they_make(says):
    topic, _ = says(MAKE)
    says(USE)
    assert topic == "arn:aws:sns:us-east-1:123456789012:news"
    assert says(LOOK) == {"topics": [topic], "message": ["done", "job a is done"], "sent": 1, "item": 7}


SEND_FOR_EVER = """
queue = client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
for number in range(1_000_000):
    client("sqs").send_message(QueueUrl=queue, MessageBody=str(number))
    print(number, flush=True)
"""
DRAIN = """
queue, found = client("sqs").create_queue(QueueName="inbox")["QueueUrl"], []
while messages := client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
    found += [int(message["Body"]) for message in messages]
print(json.dumps(sorted(found)))
"""


def test_what_was_answered_survives_kill_9(programs, says):
    with programs.start(programs.script(PRELUDE + SEND_FOR_EVER)) as process:
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()
        answered += [int(line) for line in process.stdout.read().splitlines()]
    found = says(DRAIN)
    assert found[: len(answered)] == answered
    assert len(found) <= len(answered) + 1  # the one under way is there or is not


SEND_TEN = """
queue = client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
for number in range(10):
    client("sqs").send_message(QueueUrl=queue, MessageBody=str(10 * int(sys.argv[1]) + number))
"""


def test_processes_at_the_same_time_lose_nothing(programs, says):
    script = programs.script(PRELUDE + SEND_TEN, "send.py")
    senders = [programs.start(script, str(number)) for number in range(3)]
    for sender in senders:
        _, err = sender.communicate(timeout=60)
        assert sender.returncode == 0, err
    assert says(DRAIN) == list(range(30))


WAIT = """
queue = client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
print("waiting", flush=True)
print(client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]["Body"])
"""


def test_a_queue_is_waited_on_while_another_process_sends(programs):
    with programs.start(programs.script(PRELUDE + WAIT, "wait.py")) as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "waiting\n"
        sent = programs.run(programs.script(PRELUDE + SEND_TEN, "send.py"), "7")
        out, err = waiting.communicate(timeout=15)
    assert sent.returncode == 0, sent.stderr
    assert out.strip() in {str(number) for number in range(70, 80)}, err


STAND_BY = """
key = {"AttributeName": "id"}
client("dynamodb").create_table(
    TableName="runs", KeySchema=[{**key, "KeyType": "HASH"}], AttributeDefinitions=[{**key, "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
table = boto3.resource("dynamodb").Table("runs")
for id in "abc":
    table.put_item(Item={"id": id, "n": 0})
print("made", flush=True)
input()
print(json.dumps({item["id"]: int(item["n"]) for item in table.scan()["Items"]}))
"""
MEANWHILE = """
from sagewright.engine.gateway.hybrid import store
store.REMEMBERED = int(sys.argv[1])
table = boto3.resource("dynamodb").Table("runs")
table.delete_item(Key={"id": "a"})
table.put_item(Item={"id": "d", "n": 4})
for n in range(8):
    table.put_item(Item={"id": "b", "n": n})
"""


@pytest.mark.parametrize("remembered", [4096, 4])
def test_a_process_hears_of_what_others_change(programs, remembered):
    """Whether or not it is remembered which rows have gone."""
    with programs.start(programs.script(PRELUDE + STAND_BY, "stand_by.py")) as process:
        assert process.stdout.readline() == "made\n"
        other = programs.run(programs.script(PRELUDE + MEANWHILE, "meanwhile.py"), str(remembered))
        assert other.returncode == 0, other.stderr
        out, _ = process.communicate("\n", timeout=30)
    assert json.loads(out) == {"b": 7, "c": 0, "d": 4}


QUEUE_WORK = """
import io, zipfile
data = io.BytesIO()
with zipfile.ZipFile(data, "w") as archive:
    archive.writestr("code.py", "def handler(event, context): print('got', event)")
client("lambda").create_function(
    FunctionName="f", Role="arn:aws:iam::123456789012:role/r", Runtime="python3.12", Handler="code.handler",
    Code={"ZipFile": data.getvalue()}, Timeout=60,
)
client("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 1}')
"""
LOOK_FOR_WORK = """
import time
deadline, found = time.time() + 40, []
while time.time() < deadline and not found:
    try:
        pages = client("logs").filter_log_events(logGroupName="/aws/lambda/f", filterPattern="got")
        found = [event["message"] for event in pages["events"]]
    except client("logs").exceptions.ResourceNotFoundException:
        pass
    time.sleep(0.1)
print(json.dumps(found))
"""


def test_the_steward_makes_deliveries_when_whoever_queued_them_is_gone(programs, says):
    assert programs.run(programs.script(PRELUDE + QUEUE_WORK)).returncode == 0
    assert says(LOOK_FOR_WORK) == ["got {'n': 1}"]


REFUSED = """
topic = "arn:aws:sns:us-east-1:123456789012:none"
print(json.dumps([
    error("sns", "publish", TopicArn=topic, Message="m"),
    error("dynamodb", "describe_table", TableName="none"),
    error("sns", "get_data_protection_policy", ResourceArn=topic),
    error("braket", "search_jobs", filters=[]),
    error("batch", "submit_job", jobName="j", jobQueue="q", jobDefinition="d"),
    error("sns", "subscribe", TopicArn=client("sns").create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint="https://example.com"),
]))
"""


def test_what_is_not_there_and_what_is_not_built(says):
    missing, no_table, unknown, no_service, docker, delivery = says(REFUSED)

    assert missing[0] == "NotFound"
    assert no_table[0] == "ResourceNotFoundException"
    assert unknown == [
        "UnknownOperationException",
        "`sns:GetDataProtectionPolicy` is not built into moto, which answers for sns.",
    ]
    assert no_service[0] == "UnknownOperationException"
    assert "`braket:SearchJobs`" in no_service[1]
    assert docker == ["NotImplemented", "`batch:SubmitJob` is not built: moto runs batch jobs in docker."]
    assert delivery[0] == "InvalidParameter"
    assert delivery[1].endswith(
        "\nhint: name its host or network in SAGEWRIGHT_DELIVER_TO, or subscribe a queue of SQS."
    )


WITHOUT_MOTO = """
sys.modules["moto"] = None
account = client("sts").get_caller_identity()["Account"]
print(json.dumps([*error("sns", "list_topics"), account]))
"""


def test_without_moto_the_hint_says_what_to_install(says):
    """And what is our own needs no moto."""
    code, message, account = says(WITHOUT_MOTO)
    assert code == "UnknownOperationException"
    assert message.startswith("`sns:ListTopics` needs the library moto (")
    assert message.endswith("\nhint: pip install 'sagewright[hybrid]'")
    assert account == "123456789012"


COUNT = """
client("sns").create_topic(Name=sys.argv[1])
print(*(len(boto3.client("sns", region).list_topics()["Topics"]) for region in ("us-east-1", "eu-west-1")))
"""


def test_homes_regions_and_accounts_are_apart(programs):
    script = programs.script(PRELUDE + COUNT)
    counts = [
        programs.run(script, name, **changes).stdout.split()
        for name, changes in (
            ("a", {}),
            ("b", {"AWS_DEFAULT_REGION": "eu-west-1"}),
            ("c", {"SAGEWRIGHT_ACCOUNT": "210987654321"}),
            ("d", {"SAGEWRIGHT_HOME": str(programs.folder / "other")}),
        )
    ]
    assert counts == [["1", "0"], ["1", "1"], ["1", "0"], ["1", "0"]]


DAMAGED = """
from botocore.config import Config
client = functools.partial(boto3.client, config=Config(retries={"max_attempts": 0}))
print(json.dumps([*error("sns", "list_topics"), client("sqs").list_queues()["QueueUrls"]]))
"""


def test_a_damaged_state_is_named_and_nothing_else_suffers(home, says):
    says(
        'client("sns").create_topic(Name="a"); print(json.dumps(client("sqs").create_queue(QueueName="q")["QueueUrl"]))'
    )
    with contextlib.closing(sqlite3.connect(home / "hybrid" / "state.sqlite3")) as connection, connection:
        connection.execute("UPDATE states SET data = substr(data, 1, 100) WHERE name LIKE '%/sns'")
    code, message, queues = says(DAMAGED)
    assert code == "InternalFailure"
    assert message.startswith(f"The state of `sns` in `{home}` is damaged: ")
    assert message.endswith("\nhint: remove the folder `hybrid`, or start with another home.")
    assert [queue.rpartition("/")[2] for queue in queues] == ["q"]
