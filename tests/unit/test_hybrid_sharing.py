"""moto's state in a home: what one process stores another one finds, piece by piece."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.gateway.hybrid import sharing, store
from tests.unit.hybrid import clients_of, forget

QUEUE = "https://queue.amazonaws.com/123456789012/q"


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    forget()


@pytest.fixture
def client(home):
    return clients_of(home)


@pytest.fixture
def rows(home):
    """Count the rows of a table that were written since the last call."""
    last = [0]

    def count(table="pieces"):
        with contextlib.closing(sqlite3.connect(home / "hybrid" / "state.sqlite3")) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table} WHERE seq > ?", last).fetchone()[0]
            last[:] = connection.execute("SELECT value FROM numbers WHERE name = 'seq'").fetchone()
        return found

    return count


def make_table(client, *, ranged=False):
    keys = ["id", "at"] if ranged else ["id"]
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": k, "KeyType": t} for k, t in zip(keys, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )


def item(number, value=0, **more):
    return {"id": {"S": f"k{number}"}, "v": {"N": str(value)}, **more}


def scan(client):
    return {
        (i["id"]["S"], i.get("at", {}).get("S")): int(i["v"]["N"])
        for i in client("dynamodb").scan(TableName="t")["Items"]
    }


@pytest.mark.parametrize("ranged", [False, True])
def test_a_write_stores_the_rows_that_it_changes(client, rows, ranged):
    make_table(client, ranged=ranged)
    more = {"at": {"S": "x"}} if ranged else {}
    place = "x" if ranged else None
    for start in (0, 25):
        requests = [{"PutRequest": {"Item": item(n, n, **more)}} for n in range(start, start + 25)]
        client("dynamodb").batch_write_item(RequestItems={"t": requests})
    assert rows() == 50
    client("dynamodb").get_item(TableName="t", Key={"id": {"S": "k1"}, **more})
    key = {"id": {"S": "k7"}, **more}
    client("dynamodb").update_item(
        TableName="t", Key=key, UpdateExpression="SET v = v + :n", ExpressionAttributeValues={":n": {"N": "100"}}
    )
    assert rows() == 1
    client("dynamodb").delete_item(TableName="t", Key={"id": {"S": "k8"}, **more})
    assert rows() == 1
    expected = {(f"k{n}", place): n for n in range(50) if n != 8} | {("k7", place): 107}
    assert scan(client) == expected
    forget()
    assert scan(client) == expected


def test_a_failed_transaction_changes_nothing(client, rows):
    make_table(client)
    for number in range(3):
        client("dynamodb").put_item(TableName="t", Item=item(number))
    rows()
    never = {"Put": {"TableName": "t", "Item": item(1, 9), "ConditionExpression": "attribute_not_exists(id)"}}
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        client("dynamodb").transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": item(0, 9)}}, never])
    assert scan(client) == {(f"k{n}", None): 0 for n in range(3)}
    client("dynamodb").put_item(TableName="t", Item=item(2, 5))
    forget()
    assert scan(client) == {("k0", None): 0, ("k1", None): 0, ("k2", None): 5}


def test_a_transaction_changes_all(client):
    make_table(client)
    client("dynamodb").put_item(TableName="t", Item=item(0))
    client("dynamodb").transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "t", "Item": item(1, 1)}},
            {
                "Update": {
                    "TableName": "t",
                    "Key": {"id": {"S": "k0"}},
                    "UpdateExpression": "SET v = :v",
                    "ExpressionAttributeValues": {":v": {"N": "7"}},
                }
            },
        ]
    )
    forget()
    assert scan(client) == {("k0", None): 7, ("k1", None): 1}


def test_a_backup_keeps_rows_of_its_own(client):
    make_table(client)
    client("dynamodb").put_item(TableName="t", Item=item(0, 1))
    backup = client("dynamodb").create_backup(TableName="t", BackupName="bak")["BackupDetails"]["BackupArn"]
    client("dynamodb").put_item(TableName="t", Item=item(0, 2))
    forget()
    client("dynamodb").restore_table_from_backup(TargetTableName="u_1", BackupArn=backup)
    forget()
    found = client("dynamodb").scan(TableName="u_1")["Items"]
    assert (found[0]["v"], scan(client)) == ({"N": "1"}, {("k0", None): 2})


def test_a_table_that_goes_takes_its_rows_along(client, home):
    make_table(client)
    client("dynamodb").put_item(TableName="t", Item=item(0))
    client("dynamodb").delete_table(TableName="t")
    with contextlib.closing(sqlite3.connect(home / "hybrid" / "state.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM pieces").fetchone() == (0,)


def test_messages_are_stored_one_by_one(client, rows):
    queue = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    for number in range(20):
        client("sqs").send_message(QueueUrl=queue, MessageBody=str(number))
    assert rows() == 20
    taken = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=2)["Messages"]
    assert rows() == 2
    client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=taken[0]["ReceiptHandle"])
    assert rows() == 1
    forget()
    client("sqs").change_message_visibility(
        QueueUrl=queue, ReceiptHandle=taken[1]["ReceiptHandle"], VisibilityTimeout=0
    )
    client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=taken[0]["ReceiptHandle"])  # once more is no error
    forget()
    left = []
    while found := client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        left += [int(message["Body"]) for message in found]
    assert sorted(left) == list(range(1, 20))


def test_an_answer_that_cannot_be_stored_is_none(client, home, monkeypatch):
    """What was half done is thrown away, in memory too."""
    client("sns").create_topic(Name="a")

    def fail(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "put_state", fail)
        with pytest.raises(ClientError, match="InternalFailure"):
            client("sns").create_topic(Name="b")
    assert [t["TopicArn"].rpartition(":")[2] for t in client("sns").list_topics()["Topics"]] == ["a"]


def test_accounts_are_apart_in_one_process(client, monkeypatch):
    client("sns").create_topic(Name="a")
    monkeypatch.setenv("SAGEWRIGHT_ACCOUNT", "210987654321")
    assert client("sns").create_topic(Name="b")["TopicArn"].split(":")[4] == "210987654321"
    assert len(client("sns").list_topics()["Topics"]) == 1


def test_a_service_that_works_on_the_state_of_another_one_stores_it(client):
    """SESv2 holds SES's backend, and asks for it no more."""
    for address in ("a@example.com", "b@example.com"):
        client("sesv2").create_email_identity(EmailIdentity=address)
        forget()
    client("sesv2").create_email_identity(EmailIdentity="c@example.com")
    client("sesv2").create_email_identity(EmailIdentity="d@example.com")
    forget()
    assert len(client("ses").list_identities()["Identities"]) == 4


def test_threads_share_transactions_and_lose_nothing(client, home, rows):
    """Some of them fail, which the others do not notice."""
    client("sqs").create_queue(QueueName="q")
    client("sns").create_topic(Name="t")
    failures: list[Exception] = []

    def send(number):
        for turn in range(10):
            client("sqs").send_message(QueueUrl=QUEUE, MessageBody=f"{number}-{turn}")
            with pytest.raises(ZeroDivisionError):
                sharing.work_on(home, lambda _: 1 // 0)

    def run(number):
        try:
            send(number)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forget()
    found = set()
    while messages := client("sqs").receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10).get("Messages"):
        found |= {message["Body"] for message in messages}
    assert not failures
    assert found == {f"{number}-{turn}" for number in range(4) for turn in range(10)}


def test_work_that_waited_is_one_change(home, client, rows):
    client("sqs").create_queue(QueueName="q")
    rows()
    begun, go_on = threading.Event(), threading.Event()

    def hold(_):
        begun.set()
        assert go_on.wait(20)

    def send(number):
        client("sqs").send_message(QueueUrl=QUEUE, MessageBody=str(number))

    holder = threading.Thread(target=sharing.work_on, args=(home, hold))
    holder.start()
    assert begun.wait(20)
    senders = [threading.Thread(target=send, args=(number,)) for number in range(5)]
    for sender in senders:
        sender.start()
    while len(sharing._waiting) < 5:
        time.sleep(0.01)
    go_on.set()
    for thread in (holder, *senders):
        thread.join()
    with contextlib.closing(sqlite3.connect(home / "hybrid" / "state.sqlite3")) as connection:
        assert connection.execute("SELECT count(DISTINCT seq) FROM pieces").fetchone() == (1,)
    assert rows() == 5
