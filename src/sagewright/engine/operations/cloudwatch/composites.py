"""Composite alarms: alarms on the states of others."""

from __future__ import annotations

from sagewright.engine.operations.cloudwatch.alarm_checks import check_actions
from sagewright.engine.operations.cloudwatch.alarm_records import COMPOSITE, KIND
from sagewright.engine.operations.cloudwatch.alarms import put_alarm
from sagewright.engine.operations.cloudwatch.errors import invalid, unbuilt
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.scaling.alarm_rules import BadRule, parsed

_UNBUILT = (
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
    "ActionConfiguration",
)


def put_composite_alarm(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a composite alarm, or change one.

    Raises:
        ApiError: `ValidationError`: the rule cannot be read, or names an alarm that there is not.
    """
    for member in _UNBUILT:
        if params.get(member):
            raise unbuilt(member)
    name = params["AlarmName"]
    try:
        rule = parsed(params["AlarmRule"])
    except BadRule as error:
        raise invalid(f"Error in the AlarmRule: {error}.") from None
    for child in rule.names:
        if child == name:
            raise invalid(f"The alarm {name} cannot depend on itself.")
        if parts.state.get(KIND, caller.scope, child) is None:
            raise invalid(
                f"Could not save the composite alarm {name} as alarm {child} in its alarm rule does not exist."
            )
    check_actions(params)
    request = {member: value for member, value in params.items() if member != "Tags"}
    put_alarm(parts, caller.scope, request, COMPOSITE, params.get("Tags") or ())
    parts.ring()
    return {}
