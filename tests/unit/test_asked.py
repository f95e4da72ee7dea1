"""What operations ask for, in the words of policies."""

from __future__ import annotations

import pytest

from sagewright.engine.authorisation.asked import Place
from sagewright.engine.authorisation.tables import everything_asked

PLACE = Place("aws", "us-east-1", "123456789012", "ann")
ROLE = "arn:aws:iam::123456789012:role/service/r"
SM = "arn:aws:sagemaker:us-east-1:123456789012:"
RECORDS = {("iam-user", "bob"): {"path": "/staff/", "boundary": "arn:aws:iam::aws:policy/B"}}

CASES = [
    # service, operation, params, what is asked for
    ("s3", "ListBuckets", {}, ["s3:ListAllMyBuckets *"]),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "a//k"}, ["s3:GetObject arn:aws:s3:::b/a//k"]),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, ["s3:GetObject arn:aws:s3:::b/k"]),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k", "VersionId": "v"}, ["s3:GetObjectVersion arn:aws:s3:::b/k"]),
    ("s3", "DeleteObject", {"Bucket": "b", "Key": "k", "VersionId": "v"}, ["s3:DeleteObjectVersion arn:aws:s3:::b/k"]),
    ("s3", "ListObjectsV2", {"Bucket": "b"}, ["s3:ListBucket arn:aws:s3:::b"]),
    ("s3", "ListObjectVersions", {"Bucket": "b"}, ["s3:ListBucketVersions arn:aws:s3:::b"]),
    ("s3", "UploadPart", {"Bucket": "b", "Key": "k"}, ["s3:PutObject arn:aws:s3:::b/k"]),
    ("s3", "ListParts", {"Bucket": "b", "Key": "k"}, ["s3:ListMultipartUploadParts arn:aws:s3:::b/k"]),
    ("s3", "GetBucketLifecycleConfiguration", {"Bucket": "b"}, ["s3:GetLifecycleConfiguration arn:aws:s3:::b"]),
    ("s3", "DeleteBucketCors", {"Bucket": "b"}, ["s3:PutBucketCORS arn:aws:s3:::b"]),
    ("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": "{}"}, ["s3:PutBucketPolicy arn:aws:s3:::b"]),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": "/from/a%20key?versionId=v"},
        ["s3:PutObject arn:aws:s3:::b/k", "s3:GetObjectVersion arn:aws:s3:::from/a key"],
    ),
    (
        "s3",
        "PutObject",
        {"Bucket": "b", "Key": "k", "ACL": "private", "Tagging": "a=b"},
        ["s3:PutObject arn:aws:s3:::b/k", "s3:PutObjectTagging arn:aws:s3:::b/k", "s3:PutObjectAcl arn:aws:s3:::b/k"],
    ),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "1"}, {"Key": "2", "VersionId": "v"}]}},
        ["s3:DeleteObject arn:aws:s3:::b/1", "s3:DeleteObjectVersion arn:aws:s3:::b/2"],
    ),
    (
        "sagemaker",
        "CreateTrainingJob",
        {"TrainingJobName": "My-Job", "RoleArn": ROLE, "Tags": [{"Key": "a", "Value": "b"}]},
        [
            f"sagemaker:CreateTrainingJob {SM}training-job/my-job",
            f"sagemaker:AddTags {SM}training-job/my-job",
            f"iam:PassRole {ROLE}",
        ],
    ),
    (
        "sagemaker",
        "CreateModel",
        {"ModelName": "m", "ExecutionRoleArn": ROLE},
        [f"sagemaker:CreateModel {SM}model/m", f"iam:PassRole {ROLE}"],
    ),
    (
        "sagemaker",
        "DescribeEndpointConfig",
        {"EndpointConfigName": "c"},
        [f"DescribeEndpointConfig {SM}endpoint-config/c"],
    ),
    (
        "sagemaker",
        "CreateEndpoint",
        {"EndpointName": "e", "EndpointConfigName": "c"},
        [f"sagemaker:CreateEndpoint {SM}endpoint/e", f"sagemaker:CreateEndpoint {SM}endpoint-config/c"],
    ),
    ("sagemaker", "UpdateEndpointWeightsAndCapacities", {"EndpointName": "e"}, [f"{SM}endpoint/e"]),
    ("sagemaker", "ListTrainingJobs", {}, ["sagemaker:ListTrainingJobs *"]),
    ("sagemaker", "AddTags", {"ResourceArn": f"{SM}model/m"}, [f"sagemaker:AddTags {SM}model/m"]),
    (
        "sagemaker",
        "DescribeHyperParameterTuningJob",
        {"HyperParameterTuningJobName": "t"},
        [f"{SM}hyper-parameter-tuning-job/t"],
    ),
    ("sagemaker", "DescribeModelPackage", {"ModelPackageName": f"{SM}model-package/g/1"}, [f"{SM}model-package/g/1"]),
    (
        "sagemaker",
        "StopPipelineExecution",
        {"PipelineExecutionArn": f"{SM}pipeline/p/execution/x"},
        [f"{SM}pipeline/p"],
    ),
    ("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": "E"}, [f"sagemaker:InvokeEndpoint {SM}endpoint/e"]),
    (
        "sagemaker-featurestore-runtime",
        "PutRecord",
        {"FeatureGroupName": "F"},
        [f"sagemaker:PutRecord {SM}feature-group/f"],
    ),
    ("iam", "ListUsers", {}, ["iam:ListUsers arn:aws:iam::123456789012:user/"]),
    ("iam", "GetUser", {}, ["iam:GetUser arn:aws:iam::123456789012:user/ann"]),
    ("iam", "GetUser", {"UserName": "bob"}, ["iam:GetUser arn:aws:iam::123456789012:user/staff/bob"]),
    ("iam", "CreateRole", {"RoleName": "r", "Path": "/p/"}, ["iam:CreateRole arn:aws:iam::123456789012:role/p/r"]),
    ("iam", "CreatePolicy", {"PolicyName": "p"}, ["iam:CreatePolicy arn:aws:iam::123456789012:policy/p"]),
    ("sts", "GetCallerIdentity", {}, []),
    ("sts", "AssumeRole", {"RoleArn": ROLE}, [f"sts:AssumeRole {ROLE}"]),
    ("sts", "AssumeRole", {"RoleArn": ROLE, "Tags": [1]}, [f"sts:AssumeRole {ROLE}", f"sts:TagSession {ROLE}"]),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "/g", "logStreamName": "s"},
        ["logs:PutLogEvents arn:aws:logs:us-east-1:123456789012:log-group:/g:log-stream:s"],
    ),
    ("logs", "DescribeLogGroups", {}, ["arn:aws:logs:us-east-1:123456789012:log-group::log-stream:"]),
    (
        "logs",
        "DescribeLogStreams",
        {"logGroupName": "/g"},
        ["arn:aws:logs:us-east-1:123456789012:log-group:/g:log-stream:"],
    ),
    ("cloudwatch", "PutMetricData", {"Namespace": "n"}, ["cloudwatch:PutMetricData *"]),
    (
        "cloudwatch",
        "DeleteAlarms",
        {"AlarmNames": ["a", "b"]},
        [f"cloudwatch:DeleteAlarms arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}" for name in "ab"],
    ),
    (
        "sns",
        "Publish",
        {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"},
        ["sns:Publish arn:aws:sns:us-east-1:123456789012:t"],
    ),
    (
        "sqs",
        "SendMessageBatch",
        {"QueueUrl": "http://h/123456789012/q"},
        ["sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:q"],
    ),
    ("dynamodb", "PutItem", {"TableName": "t"}, ["dynamodb:PutItem arn:aws:dynamodb:us-east-1:123456789012:table/t"]),
    (
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "a"}}, {"Delete": {"TableName": "b"}}]},
        [
            "dynamodb:PutItem arn:aws:dynamodb:us-east-1:123456789012:table/a",
            "dynamodb:DeleteItem arn:aws:dynamodb:us-east-1:123456789012:table/b",
        ],
    ),
    (
        "dynamodb",
        "Query",
        {"TableName": "t", "IndexName": "i"},
        ["dynamodb:Query arn:aws:dynamodb:us-east-1:123456789012:table/t/index/i"],
    ),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": 'SELECT * FROM "t"'},
        ["dynamodb:PartiQLSelect arn:aws:dynamodb:us-east-1:123456789012:table/t"],
    ),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "f"},
        ["lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:f"],
    ),
    (
        "lambda",
        "CreateFunction",
        {"FunctionName": "f", "Role": ROLE},
        ["lambda:CreateFunction arn:aws:lambda:us-east-1:123456789012:function:f", f"iam:PassRole {ROLE}"],
    ),
    ("ssm", "GetParameter", {"Name": "/a/b"}, ["ssm:GetParameter arn:aws:ssm:us-east-1:123456789012:parameter/a/b"]),
    (
        "ecr",
        "DescribeImages",
        {"repositoryName": "r"},
        ["ecr:DescribeImages arn:aws:ecr:us-east-1:123456789012:repository/r"],
    ),
    ("events", "PutRule", {"Name": "r"}, ["events:PutRule arn:aws:events:us-east-1:123456789012:rule/r"]),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": "DELETE\nFROM theirs WHERE a = 'from mine'"},
        [f"dynamodb:PartiQLDelete arn:aws:dynamodb:us-east-1:123456789012:table/{name}" for name in ("theirs", "mine")],
    ),
    ("ssm", "GetParameter", {"Name": "/a/b:3"}, ["ssm:GetParameter arn:aws:ssm:us-east-1:123456789012:parameter/a/b"]),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "123456789012:function:f"},
        ["lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:f"],
    ),
    (
        "sns",
        "Publish",
        {"TopicArn": "arn:aws:sns:us-east-1:123456789012:a", "TargetArn": "arn:aws:sns:us-east-1:123456789012:b"},
        [f"sns:Publish arn:aws:sns:us-east-1:123456789012:{name}" for name in "ab"],
    ),
    (
        "secretsmanager",
        "BatchGetSecretValue",
        {"SecretIdList": ["a", "b"]},
        [f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-??????" for name in "ab"],
    ),
    ("ec2", "DescribeInstances", {}, ["ec2:DescribeInstances *"]),
    (
        "sesv2",
        "SendEmail",
        {"FromEmailAddress": "a@b.c"},
        ["ses:SendEmail arn:aws:ses:us-east-1:123456789012:identity/a@b.c"],
    ),
]


@pytest.mark.parametrize(("service", "operation", "params", "expected"), CASES)
def test_what_is_asked_for(service, operation, params, expected):
    asked = everything_asked(service, operation, params, PLACE, lambda kind, name: RECORDS.get((kind, name)))
    found = [f"{one.action} {one.resource}" for one in asked]
    assert len(found) == len(expected)
    assert all(text.endswith(wanted) for text, wanted in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("service", "operation", "params", "key", "values"),
    [
        ("s3", "ListObjects", {"Bucket": "b", "Prefix": "p/", "MaxKeys": 5}, "s3:prefix", ("p/",)),
        ("s3", "ListObjects", {"Bucket": "b", "Prefix": "p/", "MaxKeys": 5}, "s3:max-keys", ("5",)),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "Tagging": "A=1"}, "s3:requestobjecttag/a", ("1",)),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ACL": "private"}, "s3:x-amz-acl", ("private",)),
        (
            "sagemaker",
            "CreateEndpointConfig",
            {
                "EndpointConfigName": "c",
                "ProductionVariants": [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.t2.medium"}],
            },
            "sagemaker:instancetypes",
            ("ml.m5.large", "ml.t2.medium"),
        ),
        (
            "sagemaker",
            "CreateTrainingJob",
            {"TrainingJobName": "j", "VpcConfig": {"Subnets": ["s1", "s2"]}},
            "sagemaker:vpcsubnets",
            ("s1", "s2"),
        ),
        (
            "sagemaker",
            "CreateModel",
            {"ModelName": "m", "EnableNetworkIsolation": True},
            "sagemaker:networkisolation",
            ("true",),
        ),
        (
            "sagemaker",
            "CreateModel",
            {"ModelName": "m", "Tags": [{"Key": "T", "Value": "v"}]},
            "aws:requesttag/t",
            ("v",),
        ),
        ("sagemaker", "DeleteTags", {"ResourceArn": "arn:x", "TagKeys": ["A", "B"]}, "aws:tagkeys", ("A", "B")),
        ("iam", "AttachUserPolicy", {"UserName": "u", "PolicyArn": "arn:p"}, "iam:policyarn", ("arn:p",)),
        ("iam", "PutUserPolicy", {"UserName": "bob"}, "iam:permissionsboundary", ("arn:aws:iam::aws:policy/B",)),
        ("sts", "AssumeRole", {"RoleArn": ROLE, "ExternalId": "x"}, "sts:externalid", ("x",)),
        ("cloudwatch", "PutMetricData", {"Namespace": "n"}, "cloudwatch:namespace", ("n",)),
        ("lambda", "CreateFunction", {"FunctionName": "f", "Tags": {"A": "b"}}, "aws:requesttag/a", ("b",)),
    ],
)
def test_what_policies_may_ask_about(service, operation, params, key, values):
    asked = everything_asked(service, operation, params, PLACE, lambda kind, name: RECORDS.get((kind, name)))
    assert asked[0].context[key] == values


def test_a_role_is_passed_to_a_service_wherever_it_stands():
    params = {"MonitoringScheduleConfig": {"MonitoringJobDefinition": {"RoleArn": ROLE}}, "MonitoringScheduleName": "m"}
    *_, last = everything_asked("sagemaker", "CreateMonitoringSchedule", params, PLACE, lambda kind, name: None)
    assert (last.action, last.resource) == ("iam:PassRole", ROLE)
    assert last.context == {"iam:passedtoservice": ("sagemaker.amazonaws.com",)}
    listed = everything_asked("sagemaker", "DescribeModel", {"ModelName": "m", "RoleArn": ROLE}, PLACE, lambda *_: None)
    assert [one.action for one in listed] == ["sagemaker:DescribeModel"]
