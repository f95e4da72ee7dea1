"""What is known of moto's operations: which ones only read, and which ones are not let through."""

from __future__ import annotations

# Operations that change nothing in moto. Others may, whatever their names say: `GetShardIterator` makes an iterator,
# `DescribeExecution` moves an execution on. A service begins to be stored with the first of its other operations.
_READS = {
    "dynamodb": (
        *("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems", "ListTables", "ListTagsOfResource"),
        *("DescribeTimeToLive", "DescribeEndpoints"),
    ),
    "sns": (
        *("ListTopics", "GetTopicAttributes", "ListSubscriptions", "ListSubscriptionsByTopic", "ListTagsForResource"),
        *("GetSubscriptionAttributes", "GetSMSAttributes"),
    ),
    "sqs": ("GetQueueUrl", "GetQueueAttributes", "ListQueues", "ListQueueTags"),
    "ssm": ("GetParameter", "GetParameters", "GetParametersByPath", "DescribeParameters", "ListTagsForResource"),
    "secretsmanager": ("ListSecrets", "DescribeSecret", "GetResourcePolicy"),
    "events": ("ListRules", "DescribeRule", "ListTargetsByRule", "ListEventBuses", "DescribeEventBus"),
    "ecr": ("DescribeRepositories", "ListImages", "DescribeImages", "GetAuthorizationToken", "GetRepositoryPolicy"),
    "ses": ("ListIdentities", "GetIdentityVerificationAttributes", "GetSendQuota", "ListVerifiedEmailAddresses"),
    "kms": ("DescribeKey", "ListKeys", "ListAliases", "Encrypt", "Decrypt", "GenerateDataKey"),
}
_PREFIXES = {"ec2": ("Describe", "Get")}

_REFUSED = {
    "batch": {"SubmitJob": "moto runs batch jobs in docker"},
    "lambda": {
        **dict.fromkeys(
            ("CreateFunctionUrlConfig", "UpdateFunctionUrlConfig"), "nothing listens at addresses of functions"
        ),
        **dict.fromkeys(
            ("PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig"),
            "events that fail are tried again as they are by default, and go nowhere after",
        ),
        "InvokeWithResponseStream": "functions in Python do not stream",
    },
}


def reads_only(service: str, operation: str) -> bool:
    """Tell whether an operation changes nothing."""
    return operation in _READS.get(service, ()) or operation.startswith(_PREFIXES.get(service, ("-",)))


def refusal(service: str, operation: str) -> str | None:
    """Return why an operation is not let through; None: it is."""
    return _REFUSED.get(service, {}).get(operation)
