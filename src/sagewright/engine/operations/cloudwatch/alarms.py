"""CloudWatch alarms on metrics (CloudWatch API Reference). The steward evaluates them while it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import BadToken, Query, Record, VersionConflict
from sagewright.engine.operations.cloudwatch.queries import check_statistic
from sagewright.engine.operations.topic_rules import unreachable
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.scaling.alarms import ALARM, INSUFFICIENT, OK, OPERATORS
from sagewright.vocabulary.arns import Arn, partition_of
from sagewright.vocabulary.errors import ApiError

KIND = "alarm"
ACTIONS = {OK: "OKActions", ALARM: "AlarmActions", INSUFFICIENT: "InsufficientDataActions"}
MISSING = ("breaching", "notBreaching", "ignore", "missing")

_UNBUILT = (
    "Tags",
    "Metrics",
    "ThresholdMetricId",
    "EvaluateLowSampleCountPercentile",
    "EvaluationWindow",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "ActionConfiguration",
)
_NEEDED = ("MetricName", "Namespace", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator")


def put_metric_alarm(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make an alarm, or change one; a changed one keeps its state until it is evaluated again.

    Raises:
        ApiError: `ValidationError`.
    """
    _check(params)
    put_alarm(parts, caller.scope, {**params, "Dimensions": list(params.get("Dimensions", ()))})
    parts.ring()
    return {}


def describe_alarms(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of alarms in order of name."""
    for member in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
        if params.get(member):
            raise _invalid(f"`{member}` is not built into the Sagewright engine: it has no composite alarms.")
    if "MetricAlarm" not in params.get("AlarmTypes", ("MetricAlarm",)):
        return {"MetricAlarms": [], "CompositeAlarms": []}
    if params.get("AlarmNames"):
        found = [parts.state.get(KIND, caller.scope, name) for name in sorted(params["AlarmNames"])]
        records, token = [record for record in found if record is not None], None
    else:
        records, token = _page(parts, caller, params)
    alarms = [_described(record) for record in records if _is_wanted(record, params)]
    return {"MetricAlarms": alarms, "CompositeAlarms": [], "NextToken": token}


def delete_alarms(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget alarms, all or none.

    Raises:
        ApiError: `ResourceNotFound`: one of them is missing.
    """
    for name in params["AlarmNames"]:
        _find(parts, caller, name)
    for name in params["AlarmNames"]:
        parts.state.delete(KIND, caller.scope, name)
    return {}


def set_alarm_state(parts: Parts, caller: Caller, params: Params) -> Result:
    """Put an alarm into a state, until it is evaluated again; the steward runs the actions of that state."""
    record = _find(parts, caller, params["AlarmName"])
    body = turned(record.body, params["StateValue"], params["StateReason"], parts.clock.now())
    parts.state.put(
        replace(record, body={**body, "to_act": True}, status=body["state"]), expected_version=record.version
    )
    parts.ring()
    return {}


def put_alarm(parts: Parts, scope: str, request: Mapping[str, Any]) -> str:
    """Write an alarm and return its ARN.

    Args:
        request: The members of `PutMetricAlarm`, checked.
    """
    account, _, region = scope.partition("/")
    name, now = request["AlarmName"], parts.clock.now()
    arn = str(Arn(partition_of(region), "cloudwatch", region, account, f"alarm:{name}"))
    while True:
        record = parts.state.get(KIND, scope, name)
        body: dict[str, Any] = (
            dict(record.body) if record else turned({}, INSUFFICIENT, "Unchecked: Initial alarm creation", now)
        )
        body.pop("read", None)  # what was read of another metric, or in other periods
        body |= {"request": dict(request), "arn": arn, "configured_at": now}
        try:
            parts.state.put(
                Record(KIND, scope, name, body, body["state"]), expected_version=record.version if record else 0
            )
        except VersionConflict:
            continue
        return arn


def turned(body: Mapping[str, Any], state: str, reason: str, now: float) -> dict[str, Any]:
    """Return the body of an alarm that has come into a state."""
    changed = {**body, "state": state, "reason": reason[:1023], "updated_at": now}
    if body.get("state") != state:
        changed["transitioned_at"] = now
    return changed


def _check(params: Params) -> None:
    for member in _UNBUILT:
        if params.get(member):
            raise _invalid(f"`{member}` is not built into the Sagewright engine yet (target `local`).")
    for member in _NEEDED:
        if params.get(member) is None:
            raise _invalid(f"The parameter {member} is required.")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        raise _invalid("You must specify either Statistic or ExtendedStatistic, but not both.")
    check_statistic(params.get("Statistic") or params["ExtendedStatistic"])
    if params["ComparisonOperator"] not in OPERATORS:
        raise _invalid(f"`ComparisonOperator {params['ComparisonOperator']}` is not built into the Sagewright engine.")
    if params.get("TreatMissingData", "missing") not in MISSING:
        raise _invalid(f"Option {params['TreatMissingData']} is not supported for TreatMissingData parameter.")
    if params["Period"] not in (10, 20, 30) and params["Period"] % 60:
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    if params.get("DatapointsToAlarm", 1) > params["EvaluationPeriods"]:
        raise _invalid("DatapointsToAlarm must not be greater than EvaluationPeriods.")
    for action in (action for member in ACTIONS.values() for action in params.get(member, ())):
        if not is_policy(action) and ":sns:" not in action:
            raise _invalid(f"The action `{action}` is neither a scaling policy nor an SNS topic: no other is built.")
        if not is_policy(action) and (reason := unreachable([action])):
            raise _invalid(reason)


def is_policy(action: str) -> bool:
    """Tell whether an alarm's action is a scaling policy."""
    return ":autoscaling:" in action and ":scalingPolicy:" in action


def _page(parts: Parts, caller: Caller, params: Params) -> tuple[list[Record], str | None]:
    query = Query(
        KIND,
        caller.scope,
        name_prefix=params.get("AlarmNamePrefix"),
        status=params.get("StateValue"),
        sort_by="name",
        limit=params.get("MaxRecords", 50),
        after=params.get("NextToken"),
    )
    try:
        page = parts.state.list(query)
    except BadToken:
        raise ApiError("InvalidNextToken", "The NextToken of the request is not valid.") from None
    return list(page.records), page.next_token


def _is_wanted(record: Record, params: Params) -> bool:
    if params.get("StateValue", record.status) != record.status:
        return False
    prefix = params.get("ActionPrefix", "")
    return not prefix or any(action.startswith(prefix) for action in _actions(record))


def _actions(record: Record) -> Iterator[str]:
    for member in ACTIONS.values():
        yield from record.body["request"].get(member, ())


def _described(record: Record) -> Result:
    body = record.body
    return {
        "ActionsEnabled": True,
        **{member: [] for member in ACTIONS.values()},
        **body["request"],
        "AlarmArn": body["arn"],
        "AlarmConfigurationUpdatedTimestamp": body["configured_at"],
        "StateValue": body["state"],
        "StateReason": body["reason"],
        "StateUpdatedTimestamp": body["updated_at"],
        "StateTransitionedTimestamp": body["transitioned_at"],
    }


def _find(parts: Parts, caller: Caller, name: str) -> Record:
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        raise ApiError("ResourceNotFound", f"Unable to find alarm {name}.", 404)
    return record


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message)
