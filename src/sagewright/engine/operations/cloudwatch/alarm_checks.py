"""What must hold of an alarm that is put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sagewright.engine.operations.cloudwatch.alarm_records import is_function, is_policy
from sagewright.engine.operations.cloudwatch.errors import invalid, invalid_value, unbuilt
from sagewright.engine.operations.cloudwatch.queries import check_queries
from sagewright.engine.operations.cloudwatch.statistic import statistic
from sagewright.engine.operations.topic_rules import unreachable
from sagewright.engine.parts import Params
from sagewright.engine.scaling.alarms import OPERATORS
from sagewright.vocabulary.arns import parse_arn
from sagewright.vocabulary.errors import ApiError

ACTION_MEMBERS = ("OKActions", "AlarmActions", "InsufficientDataActions")
MISSING = ("breaching", "notBreaching", "ignore", "missing")
LONGEST_S, LONGEST_OF_HOURS_S = 86_400, 7 * 86_400  # that an alarm may look back, and one of hours or more
MOST_METRICS = 10
_UNBUILT = (
    "ThresholdMetricId",
    "EvaluationWindow",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "ActionConfiguration",
)
_OF_ONE_METRIC = ("MetricName", "Namespace", "Period")


def check_metric_alarm(params: Params) -> None:
    """Check the members of `PutMetricAlarm`.

    Raises:
        ApiError: `ValidationError`, `InvalidParameterValue`.
    """
    for member in _UNBUILT:
        if params.get(member):
            raise unbuilt(member)
    for member in ("EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if params.get(member) is None:
            raise invalid(f"The parameter {member} is required.")
    if params["ComparisonOperator"] not in OPERATORS:
        raise invalid(f"`ComparisonOperator {params['ComparisonOperator']}` is not built into the Sagewright engine.")
    if params.get("Metrics"):
        _check_expression(params)
    else:
        _check_metric(params)
    if params.get("TreatMissingData", "missing") not in MISSING:
        raise invalid(f"Option {params['TreatMissingData']} is not supported for TreatMissingData parameter.")
    if params.get("DatapointsToAlarm", 1) > params["EvaluationPeriods"]:
        raise invalid("DatapointsToAlarm must not be greater than EvaluationPeriods.")
    looked_back = period_of(params) * params["EvaluationPeriods"]
    if looked_back > (LONGEST_OF_HOURS_S if period_of(params) >= 3600 else LONGEST_S):
        raise invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).")
    check_actions(params)


def check_actions(params: Params) -> None:
    """Check that an alarm's actions can be run here.

    Raises:
        ApiError: `ValidationError`.
    """
    for action in actions_of(params):
        if not _is_arn(action):
            raise invalid(f"Invalid arn syntax: {action}")
        if is_policy(action):
            continue
        if ":sns:" not in action and not is_function(action):
            raise invalid(
                f"The action `{action}` is neither a scaling policy nor an SNS topic nor a function of Lambda: "
                "no other is built."
            )
        if reason := unreachable([action]):
            raise invalid(reason)


def actions_of(request: Mapping[str, Any]) -> Iterable[str]:
    for member in ACTION_MEMBERS:
        yield from request.get(member, ())


def period_of(request: Mapping[str, Any]) -> int:
    """Return the seconds of an alarm's periods."""
    if not request.get("Metrics"):
        return int(request["Period"])
    own = next(query for query in request["Metrics"] if query.get("ReturnData", True))
    if own.get("Period"):
        return int(own["Period"])
    return max(int(query["MetricStat"]["Period"]) for query in request["Metrics"] if query.get("MetricStat"))


def result_of(request: Mapping[str, Any]) -> str:
    """Return the id of the query that an alarm on expressions watches."""
    return str(next(query["Id"] for query in request["Metrics"] if query.get("ReturnData", True)))


def _check_metric(params: Params) -> None:
    for member in _OF_ONE_METRIC:
        if params.get(member) is None:
            raise invalid(f"The parameter {member} is required.")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        raise invalid("You must specify either Statistic or ExtendedStatistic, but not both.")
    extended = params.get("ExtendedStatistic")
    if extended is not None and statistic(extended) is None:
        raise invalid_value(f"The value {extended} for parameter ExtendedStatistic is not supported.")
    option = params.get("EvaluateLowSampleCountPercentile", "evaluate")
    if option not in ("evaluate", "ignore"):
        raise invalid(
            f"Option {option} is not supported. "
            "Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    if params["Period"] not in (10, 20, 30) and params["Period"] % 60:
        raise invalid("Period must be 10, 20, 30 or a multiple of 60")


def _check_expression(params: Params) -> None:
    for member in (*_OF_ONE_METRIC, "Dimensions", "Statistic", "ExtendedStatistic", "Unit"):
        if params.get(member):
            raise invalid(f"The parameters Metrics and {member} are mutually exclusive.")
    queries = params["Metrics"]
    check_queries(queries)
    if sum(1 for query in queries if query.get("ReturnData", True)) != 1:
        raise invalid("Exactly one element of the metrics list should return data.")
    if not any(query.get("MetricStat") for query in queries):
        raise invalid("Invalid metrics list: at least one of them must be a metric.")
    if sum(1 for query in queries if query.get("MetricStat")) > MOST_METRICS:
        raise invalid(f"An alarm can watch an expression over {MOST_METRICS} metrics.")
    if any("SEARCH" in str(query.get("Expression")) for query in queries):
        raise invalid("SEARCH is not supported on Metric Alarms.")


def _is_arn(text: str) -> bool:
    try:
        arn = parse_arn(text)
    except (ValueError, ApiError):
        return False
    return bool(arn.service and arn.resource)
