"""The rest of AWS: which resources can be told from the params of a service (Service Authorization Reference).

What cannot be told is asked about as `*`: only policies for all resources allow it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sagewright.engine.authorisation.asked import Asked, Context, Known, Params, Place, one, texts
from sagewright.engine.authorisation.tags import tag_context

# botocore's name -> the prefix of the service's actions, where they differ.
_PREFIXES = {
    "sesv2": "ses",
    "stepfunctions": "states",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "efs": "elasticfilesystem",
    "opensearch": "es",
    "dynamodbstreams": "dynamodb",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "iot-data": "iot",
    "cloudsearchdomain": "cloudsearch",
    "application-autoscaling": "application-autoscaling",
}
# Operations whose action has another name.
_ACTIONS = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "lambda:InvokeFunction",
    ("ses", "SendRawEmail"): "ses:SendRawEmail",
    ("dynamodb", "ExecuteTransaction"): "dynamodb:PartiQLUpdate",
}

# The members that name a resource, the first that is there, and the resource's part of its ARN.
_MEMBERS: Mapping[str, Sequence[tuple[str, str]]] = {
    "dynamodb": (("TableName", "table/{}"),),
    "lambda": (("FunctionName", "function:{}"), ("LayerName", "layer:{}")),
    "ssm": (("Name", "parameter/{}"), ("Path", "parameter/{}"), ("Names", "parameter/{}")),
    "ecr": (("repositoryName", "repository/{}"), ("repositoryNames", "repository/{}")),
    "kms": (("KeyId", "key/{}"),),
    "kinesis": (("StreamName", "stream/{}"),),
    "firehose": (("DeliveryStreamName", "deliverystream/{}"),),
    "stepfunctions": (("stateMachineArn", "{}"), ("executionArn", "{}"), ("name", "stateMachine:{}")),
    "codecommit": (("repositoryName", "{}"),),
    "athena": (("WorkGroup", "workgroup/{}"), ("Name", "workgroup/{}")),
    "cloudformation": (("StackName", "stack/{}/*"),),
    "ec2": (("InstanceIds", "instance/{}"), ("InstanceId", "instance/{}"), ("VolumeId", "volume/{}")),
    "ses": (("Source", "identity/{}"), ("Identity", "identity/{}")),
    "sesv2": (("FromEmailAddress", "identity/{}"), ("EmailIdentity", "identity/{}")),
}


def asked_of_others(service: str, operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of any other service asks for."""
    action = _ACTIONS.get((service, operation), f"{_PREFIXES.get(service, service)}:{operation}")
    special = _SPECIAL.get(service)
    if special is not None:
        found = list(special(action, params, place))
        if found:
            return found
    context = tag_context(params)
    resources = list(_resources(service, operation, params, place))
    return [Asked(action, resource, context) for resource in resources] or [Asked(action, "*", context)]


def _resources(service: str, operation: str, params: Params, place: Place) -> Iterator[str]:
    arn = texts(params, "ResourceArn", "resourceArn", "ResourceARN", "Arn", "arn")
    if arn.startswith("arn:"):
        yield arn
        return
    if operation.startswith("List") and service not in ("ssm", "ecr", "kinesis"):
        return
    for member, template in _MEMBERS.get(service, ()):
        value = params.get(member)
        if value:
            names = value if isinstance(value, list) else [value]
            yield from (_arn(_PREFIXES.get(service, service), template, str(name), place) for name in names)
            return


def _arn(prefix: str, template: str, name: str, place: Place) -> str:
    if name.startswith("arn:"):
        return name
    if prefix == "lambda":
        name = name.rpartition(":function:")[2]  # `123456789012:function:name` means the same
    if prefix == "ssm":
        name = name.partition(":")[0].removeprefix("/")  # without the version
    return place.arn(prefix, template.format(name))


def _of_sns(action: str, params: Params, place: Place) -> Iterator[Asked]:
    context = {
        **tag_context(params),
        **one("sns:protocol", params.get("Protocol")),
        **one("sns:endpoint", params.get("Endpoint")),
    }
    topics = [str(params[name]) for name in ("TopicArn", "TargetArn", "ResourceArn") if params.get(name)]
    subscription = texts(params, "SubscriptionArn")
    if subscription and not topics:
        topics = [subscription.rpartition(":")[0]]
    if action == "sns:CreateTopic":
        topics = [place.arn("sns", str(params.get("Name")))]
    yield from (Asked(action, topic, context, _account_of(topic)) for topic in topics)


def _of_sqs(action: str, params: Params, place: Place) -> Iterator[Asked]:
    parts = texts(params, "QueueUrl").rstrip("/").split("/")
    account, name = (parts[-2], parts[-1]) if len(parts) >= 2 else ("", texts(params, "QueueName"))
    account = account if re.fullmatch(r"\d{12}", account) else texts(params, "QueueOwnerAWSAccountId")
    if name:
        owner = place._replace(account=account or place.account)

        single = action.removesuffix("Batch")  # the actions of batches are those of single messages
        yield Asked(single, owner.arn("sqs", name), tag_context(params), account)


_TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_TABLES = re.compile(r"\b(?:from|into|update)\b\s*\"?([\w.-]+)", re.IGNORECASE)
_PARTIQL = {"select": "Select", "insert": "Insert", "update": "Update", "delete": "Delete"}


def _of_dynamodb(action: str, params: Params, place: Place) -> Iterator[Asked]:
    context: Context = {**tag_context(params), **one("dynamodb:select", params.get("Select"))}
    if isinstance(params.get("RequestItems"), Mapping):
        for name in params["RequestItems"]:
            yield Asked(action, _table(str(name), place), context)
    for item in params.get("TransactItems") or ():
        for word, content in item.items():
            if word in _TRANSACTED:
                yield Asked(f"dynamodb:{_TRANSACTED[word]}", _table(str(content.get("TableName")), place), context)
    for statement in _statements(params):
        yield from _of_statement(statement, place)
    if params.get("TableName") and params.get("IndexName"):
        yield Asked(action, f"{_table(str(params['TableName']), place)}/index/{params['IndexName']}", context)


def _table(name: str, place: Place) -> str:
    return name if name.startswith("arn:") else place.arn("dynamodb", f"table/{name}")


def _statements(params: Params) -> Iterator[str]:
    if params.get("Statement"):
        yield str(params["Statement"])
    for name in ("Statements", "TransactStatements"):
        for item in params.get(name) or ():
            yield str(item.get("Statement", ""))


def _of_statement(text: str, place: Place) -> Iterator[Asked]:
    """Yield what a statement of PartiQL asks for: about every table that it may be reading as one."""
    word = (text.split() or [""])[0].lower()
    action = f"dynamodb:PartiQL{_PARTIQL.get(word, 'Select')}"
    tables = _TABLES.findall(text)
    yield from (Asked(action, _table(table, place)) for table in dict.fromkeys(tables))
    if not tables:
        yield Asked(action)


def _of_events(action: str, params: Params, place: Place) -> Iterator[Asked]:
    context = tag_context(params)
    if action == "events:PutEvents":
        for entry in params.get("Entries") or ():
            bus = str(entry.get("EventBusName") or "default")
            facts = {**one("events:source", entry.get("Source")), **one("events:detail-type", entry.get("DetailType"))}
            yield Asked(action, bus if bus.startswith("arn:") else place.arn("events", f"event-bus/{bus}"), facts)
        return
    bus = texts(params, "EventBusName")
    name = texts(params, "Rule", "Name")
    if "EventBus" in action and name:
        yield Asked(action, place.arn("events", f"event-bus/{name}"), context)
    elif name:
        where = "" if bus in ("", "default") else f"{bus.rpartition('/')[2]}/"
        yield Asked(action, place.arn("events", f"rule/{where}{name}"), context)


def _of_secrets(action: str, params: Params, place: Place) -> Iterator[Asked]:
    if action.endswith(":ListSecrets"):
        return
    name = texts(params, "SecretId", "Name")
    for one_of in [name] if name else params.get("SecretIdList") or ():
        context = {**tag_context(params), "secretsmanager:name": (str(one_of),)}
        context.update(one("secretsmanager:secretid", params.get("SecretId")))
        yield Asked(action, _secret(str(one_of), place), context)


def _secret(name: str, place: Place) -> str:
    """Return the ARN of a secret; it ends in six characters of chance, for which a name stands."""
    return name if name.startswith("arn:") else place.arn("secretsmanager", f"secret:{name}-??????")


_SPECIAL: Mapping[str, Callable[[str, Params, Place], Iterator[Asked]]] = {
    "sns": _of_sns,
    "sqs": _of_sqs,
    "dynamodb": _of_dynamodb,
    "events": _of_events,
    "secretsmanager": _of_secrets,
}


def _account_of(arn: str) -> str:
    parts = arn.split(":", 5)
    account: Any = parts[4] if len(parts) == 6 else ""
    return account if re.fullmatch(r"\d{12}", account) else ""
