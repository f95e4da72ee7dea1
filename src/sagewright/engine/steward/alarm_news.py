"""The message that subscribers of an alarm's topics get, as CloudWatch sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.cloudwatch.alarm_records import COMPOSITE, type_of
from sagewright.vocabulary.arns import parse_arn


def news_of(record: Record, was: str) -> dict[str, Any]:
    """Return the message of an alarm that has come from one state into another."""
    body, request, arn = record.body, record.body["request"], parse_arn(record.body["arn"])
    changed_at = datetime.fromtimestamp(body["updated_at"], timezone.utc)
    news = {
        "AlarmName": record.name,
        "AlarmDescription": request.get("AlarmDescription"),
        "AWSAccountId": arn.account,
        "NewStateValue": body["state"],
        "NewStateReason": body["reason"],
        "StateChangeTime": changed_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        "Region": arn.region,
        "AlarmArn": body["arn"],
        "OldStateValue": was,
    }
    if type_of(record) == COMPOSITE:
        return {**news, "AlarmRule": request["AlarmRule"]}
    return {**news, "Trigger": _trigger(request)}


def event_of(record: Record, was: str) -> dict[str, Any]:
    """Return the event that functions of Lambda are invoked with."""
    body, request, arn = record.body, record.body["request"], parse_arn(record.body["arn"])
    changed_at = (
        datetime.fromtimestamp(body["updated_at"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    )
    configuration = {"description": request.get("AlarmDescription")}
    if type_of(record) == COMPOSITE:
        configuration["alarmRule"] = request["AlarmRule"]
    state = {"value": body["state"], "reason": body["reason"], "timestamp": changed_at}
    if body.get("reason_data"):
        state["reasonData"] = body["reason_data"]
    return {
        "source": "aws.cloudwatch",
        "alarmArn": body["arn"],
        "accountId": arn.account,
        "time": changed_at,
        "region": arn.region,
        "alarmData": {
            "alarmName": record.name,
            "state": state,
            "previousState": {"value": was},
            "configuration": {name: value for name, value in configuration.items() if value is not None},
        },
    }


def _trigger(request: Mapping[str, Any]) -> dict[str, Any]:
    common = {
        "EvaluationPeriods": request["EvaluationPeriods"],
        "ComparisonOperator": request["ComparisonOperator"],
        "Threshold": request["Threshold"],
        "TreatMissingData": request.get("TreatMissingData", "missing"),
    }
    if request.get("Metrics"):
        return {**common, "Metrics": request["Metrics"]}
    return {
        "MetricName": request["MetricName"],
        "Namespace": request["Namespace"],
        "Statistic": request.get("Statistic") or request.get("ExtendedStatistic"),
        "Dimensions": [{"name": d["Name"], "value": d["Value"]} for d in request["Dimensions"]],
        "Period": request["Period"],
        **common,
    }
