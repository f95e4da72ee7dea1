"""What scripts make in moto's services is there for the next process."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.hybrid import clients_of, forget

ROLE = "arn:aws:iam::123456789012:role/service"
STATES = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
TEMPLATE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "made"}}}})
RULE = {"Name": "rule", "ScheduleExpression": "rate(1 day)"}


def code():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("code.py", "def h(event, context): pass")
    return data.getvalue()


# What to make, what to ask for, what the answer must name: service -> operation and params, twice, and a word.
CASES: dict[str, tuple[str, dict[str, Any], str, dict[str, Any], str]] = {
    "acm": ("request_certificate", {"DomainName": "example.com"}, "list_certificates", {}, "example.com"),
    "athena": ("create_work_group", {"Name": "team"}, "list_work_groups", {}, "team"),
    "cloudformation": (
        "create_stack",
        {"StackName": "stack", "TemplateBody": TEMPLATE},
        "describe_stack_resources",
        {"StackName": "stack"},
        "/made",
    ),
    "codecommit": (
        "create_repository",
        {"repositoryName": "repo"},
        "get_repository",
        {"repositoryName": "repo"},
        "repo",
    ),
    "comprehend": (
        "create_entity_recognizer",
        {
            "RecognizerName": "names",
            "DataAccessRoleArn": ROLE,
            "LanguageCode": "en",
            "InputDataConfig": {"EntityTypes": [{"Type": "A"}], "Documents": {"S3Uri": "s3://b/k"}},
        },
        "list_entity_recognizers",
        {},
        "names",
    ),
    "dynamodb": (
        "create_table",
        {
            "TableName": "table",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
        "list_tables",
        {},
        "table",
    ),
    "ec2": ("create_vpc", {"CidrBlock": "10.7.0.0/16"}, "describe_vpcs", {}, "10.7.0.0/16"),
    "ecr": ("create_repository", {"repositoryName": "images"}, "describe_repositories", {}, "images"),
    "emr": (
        "run_job_flow",
        {
            "Name": "spark",
            "Instances": {"InstanceCount": 1, "MasterInstanceType": "m5.xlarge"},
            "ReleaseLabel": "emr-6.2.0",
        },
        "list_clusters",
        {},
        "spark",
    ),
    "events": ("put_rule", RULE, "list_rules", {}, "rate(1 day)"),
    "firehose": (
        "create_delivery_stream",
        {"DeliveryStreamName": "hose", "S3DestinationConfiguration": {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::b"}},
        "list_delivery_streams",
        {},
        "hose",
    ),
    "glue": ("create_database", {"DatabaseInput": {"Name": "lake"}}, "get_databases", {}, "lake"),
    "kinesis": ("create_stream", {"StreamName": "stream", "ShardCount": 1}, "list_streams", {}, "stream"),
    "kms": ("create_key", {"Description": "key"}, "list_keys", {}, "arn:aws:kms"),
    "lambda": (
        "create_function",
        {
            "FunctionName": "f",
            "Role": ROLE,
            "Runtime": "python3.12",
            "Handler": "code.handler",
            "Code": {"ZipFile": code()},
        },
        "list_functions",
        {},
        "function:f",
    ),
    "rds": (
        "create_db_instance",
        {"DBInstanceIdentifier": "db", "Engine": "postgres", "DBInstanceClass": "db.m5.large", "AllocatedStorage": 20},
        "describe_db_instances",
        {},
        "postgres",
    ),
    "secretsmanager": ("create_secret", {"Name": "secret", "SecretString": "s"}, "list_secrets", {}, "secret"),
    "ses": ("verify_email_identity", {"EmailAddress": "me@example.com"}, "list_identities", {}, "me@example.com"),
    "sesv2": ("create_contact_list", {"ContactListName": "friends"}, "list_contact_lists", {}, "friends"),
    "sns": ("create_topic", {"Name": "news"}, "list_topics", {}, "news"),
    "sqs": ("create_queue", {"QueueName": "inbox"}, "list_queues", {}, "inbox"),
    "ssm": (
        "put_parameter",
        {"Name": "p", "Value": "v", "Type": "String"},
        "get_parameter",
        {"Name": "p"},
        "parameter/p",
    ),
    "stepfunctions": (
        "create_state_machine",
        {"name": "steps", "definition": STATES, "roleArn": ROLE},
        "list_state_machines",
        {},
        "stateMachine:steps",
    ),
    "transcribe": (
        "create_vocabulary",
        {"VocabularyName": "v", "LanguageCode": "en-US", "Phrases": ["a"]},
        "list_vocabularies",
        {},
        "v",
    ),
}


@pytest.mark.parametrize("service", CASES)
def test_what_was_made_is_there_for_the_next_process(tmp_path, monkeypatch, service):
    monkeypatch.setattr("sagewright.engine.steward.bell.Bell.ring", lambda self: None)
    make, given, look, asked, word = CASES[service]
    clients = clients_of(tmp_path)
    try:
        getattr(clients(service), make)(**given)
        forget()
        assert word in json.dumps(getattr(clients(service), look)(**asked), default=str)
        getattr(clients(service), look)(**asked)  # and what it reads can be stored once more
    finally:
        forget()


def test_a_library_that_moto_misses_is_named(home, monkeypatch):
    def ask(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'graphql'", name="graphql")

    monkeypatch.setattr("sagewright.engine.gateway.hybrid.asking.ask", ask)
    with pytest.raises(ClientError, match=r"needs the library graphql(.|\n)*pip install 'moto\[appsync\]'"):
        clients_of(home)("appsync").list_graphql_apis()
