"""CloudWatch and CloudWatch Logs (Service Authorization Reference)."""

from __future__ import annotations

from collections.abc import Sequence

from sagewright.engine.authorisation.asked import Asked, Known, Params, Place, one, texts
from sagewright.engine.authorisation.tags import tag_context

_OF_STREAMS = ("CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents")


def asked_of_logs(operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of CloudWatch Logs asks for.

    Groups are asked about as `log-group:<name>:log-stream:`, which policies match with `log-group:<name>:*`.
    """
    action, context = f"logs:{operation}", tag_context(params)
    arns = [text for text in (texts(params, "resourceArn", "logGroupIdentifier"),) if text.startswith("arn:")]
    for identifier in params.get("logGroupIdentifiers") or ():
        arns.append(str(identifier))
    if arns:
        return [Asked(action, _whole(arn, place), context) for arn in arns]
    names = [str(name) for name in params.get("logGroupNames") or ()]
    if name := texts(params, "logGroupName", "logGroupIdentifier"):
        names.append(name)
    if operation == "DescribeLogGroups":
        names = [""]
    stream = texts(params, "logStreamName") if operation in _OF_STREAMS else ""
    return [Asked(action, _group(name, stream, place), context) for name in names] or [Asked(action, "*", context)]


def _group(name: str, stream: str, place: Place) -> str:
    return place.arn("logs", f"log-group:{name}:log-stream:{stream}")


def _whole(identifier: str, place: Place) -> str:
    if not identifier.startswith("arn:"):
        return _group(identifier, "", place)
    return f"{identifier.removesuffix(':*')}:log-stream:" if ":log-group:" in identifier else identifier


def asked_of_cloudwatch(operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of CloudWatch asks for."""
    context = {**tag_context(params), **one("cloudwatch:namespace", params.get("Namespace"))}
    action = f"cloudwatch:{operation}"
    names = [str(name) for name in params.get("AlarmNames") or ()]
    names += [str(params["AlarmName"])] if params.get("AlarmName") else []
    if operation in ("DescribeAlarms", "DescribeAlarmHistory") and not names:
        names = ["*"]
    if operation.startswith(("Delete", "Disable", "Enable", "Describe", "Put", "Set")) and names:
        return [Asked(action, place.arn("cloudwatch", f"alarm:{name}"), context) for name in names]
    boards = [str(name) for name in params.get("DashboardNames") or ()]
    boards += [str(params["DashboardName"])] if params.get("DashboardName") else []
    if boards:
        stem = f"arn:{place.partition}:cloudwatch::{place.account}:dashboard"
        return [Asked(action, f"{stem}/{name}", context) for name in boards]
    return [Asked(action, texts(params, "ResourceARN") or "*", context)]
