"""EventBridge: where events go that match a rule, and when scheduled rules are due.

moto keeps buses, rules and archives, and matches events. What becomes of one that matches is done here: queues and
topics get it at once, functions and logs from the steward. A scheduled rule that is enabled is a delivery that waits
for its time.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from datetime import datetime, timezone
from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend, Rule
from moto.events.utils import EventTemplateParser

from sagewright.engine.gateway.hybrid import backends, pending, sharing
from sagewright.engine.scaling.schedules import BadSchedule, next_time
from sagewright.vocabulary.arns import Arn, parse_arn

log = logging.getLogger(__name__)

TARGETS = ("sqs", "sns", "lambda", "logs", "events")
_REFUSED = (
    "DeadLetterConfig",
    "EcsParameters",
    "HttpParameters",
    "RedshiftDataParameters",
    "SageMakerPipelineParameters",
)


def take_over() -> None:
    """Let moto's rules deliver as this module says."""
    rule: Any = Rule
    rule.send_to_targets = _send_to_targets
    backend: Any = EventsBackend
    backend.put_targets = _checking(EventsBackend.put_targets)
    backend.put_rule = _planning(EventsBackend.put_rule)
    backend.enable_rule = _enabling(EventsBackend.enable_rule)


def put(account: str, region: str, source: str, kind: str, resources: list[str], detail: dict[str, Any]) -> None:
    """Put an event on the account's default bus, in a request under way."""
    backend: Any = backends.backend_of(("events", account, region))
    backend.put_events([{"Source": source, "DetailType": kind, "Resources": resources, "Detail": json.dumps(detail)}])


def run_scheduled(account: str, region: str, name: str, expression: str, due_at: float) -> None:
    """Send a scheduled rule's event to its targets, and plan the next one, in a request under way."""
    backend: Any = backends.backend_of(("events", account, region))
    rule = backend._get_event_bus("default").rules.get(name)
    if rule is None or rule.state != "ENABLED" or rule.scheduled_expression != expression:
        return
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": due_at,
        "region": region,
        "resources": [rule.arn],
        "detail": {},
    }
    _to_targets(rule, event)
    _plan(rule, due_at)


def _send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
    if self.state != "ENABLED" or not self.event_pattern.matches_event(original_event):
        return
    _to_targets(self, dict(original_event), transform=transform_input)


def _to_targets(rule: Any, event: dict[str, Any], *, transform: bool = True) -> None:
    plain = {name: value for name, value in event.items() if name not in ("ingestion-time", "replay-name")}
    if not isinstance(plain["time"], str):
        plain["time"] = _iso(float(plain["time"]))
    for target in rule.targets:
        arn = parse_arn(target["Arn"])
        if arn.service == "events" and not arn.resource.startswith("event-bus/"):
            rule._send_to_events_archive(_archive_of(rule, target, event), event)
            continue
        try:
            _to_target(rule, target, arn, _input(target, plain) if transform else json.dumps(plain), plain)
        except (ServiceException, JsonRESTError) as error:  # as on AWS, whoever puts events never hears of it
            log.warning("rule %s: nothing sent to %s: %s", rule.name, arn, error)


def _archive_of(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> str:
    """Return which archive a managed rule feeds: moto lets its target's transformer say so."""
    return parse_arn(json.loads(_input(target, event))["archive-arn"]).resource.partition("/")[2]


def _input(target: dict[str, Any], event: dict[str, Any]) -> str:
    """Return what a target gets of an event, as JSON."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        from jsonpath_ng.ext.parser import parse

        found = parse(target["InputPath"]).find(event)
        return json.dumps(found[0].value if found else None)
    if transformer := target.get("InputTransformer"):
        made = EventTemplateParser.parse(
            input_template=transformer.get("InputTemplate"),
            input_paths_map=transformer.get("InputPathsMap", {}),
            event={"ingestion-time": event["time"], **event},  # type: ignore[typeddict-item]
        )
        return json.dumps(made)
    return json.dumps(event)


def _to_target(rule: Any, target: dict[str, Any], arn: Arn, text: str, event: dict[str, Any]) -> None:
    connection, _ = sharing.under_way()
    if arn.service == "sqs":
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        queues: Any = backends.backend_of(("sqs", arn.account, arn.region))
        if arn.resource in queues.queues:
            queues.send_message(arn.resource, text, group_id=group)
    elif arn.service == "sns":
        topics: Any = backends.backend_of(("sns", arn.account, arn.region))
        if str(arn) in topics.topics:
            topics.publish(text, arn=str(arn))
    elif arn.service == "events":
        buses: Any = backends.backend_of(("events", arn.account, arn.region))
        bus = arn.resource.partition("/")[2]
        more = {"DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
        buses.put_events([{"Source": event["source"], "EventBusName": bus, **more}])
    elif arn.service == "lambda":
        pending.add(connection, {"kind": "lambda", "function": str(arn), "payload": text}, time.time())
        sharing.ring_afterwards()
    else:
        group = arn.resource.removeprefix("log-group:").removesuffix(":*")
        work = {"kind": "log", "account": arn.account, "region": arn.region, "group": group, "text": text}
        pending.add(connection, {**work, "stream": str(uuid.uuid4())}, time.time())
        sharing.ring_afterwards()


def _checking(put_targets: Any) -> Any:
    def put_checked(self: Any, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> None:
        for target in targets if _is_known(self, name, event_bus_arn) else ():
            service = target["Arn"].split(":")[2] if target["Arn"].count(":") > 4 else ""
            if service and (service not in TARGETS or ":api-destination/" in target["Arn"]):
                raise ValidationException(f"Targets like `{target['Arn']}` are not built: {', '.join(TARGETS)} are.")
            for member in _REFUSED:
                if target.get(member):
                    raise ValidationException(f"`{member}` of targets is not built.")
        put_targets(self, name, event_bus_arn, targets)

    return put_checked


def _is_known(backend: Any, name: str, event_bus_arn: str | None) -> bool:
    bus = backend.event_buses.get(backend._normalize_event_bus_arn(event_bus_arn))
    return bus is not None and name in bus.rules


def _planning(put_rule: Any) -> Any:
    def put_and_plan(self: Any, *args: Any, **kwargs: Any) -> Any:
        rule = put_rule(self, *args, **kwargs)
        _plan(rule, time.time())
        return rule

    return put_and_plan


def _enabling(enable: Any) -> Any:
    def enable_and_plan(self: Any, name: str, event_bus_arn: str | None) -> bool:
        done: bool = enable(self, name, event_bus_arn)
        if done:
            _plan(self.describe_rule(name, event_bus_arn), time.time())
        return done

    return enable_and_plan


def _plan(rule: Any, now: float) -> None:
    """Have a scheduled rule run when it is due next, unless that is planned already."""
    expression = rule.scheduled_expression
    if not expression or rule.state != "ENABLED":
        return
    try:
        due_at = next_time(expression, now, now + _first_s(expression), timezone.utc)
    except BadSchedule as error:
        raise ValidationException(f"Parameter ScheduleExpression is not valid: {error}") from None
    place = {"account": rule.account_id, "region": rule.region_name, "rule": rule.name}
    work = {"kind": "schedule", **place, "expression": expression}
    connection, _ = sharing.under_way()
    if due_at is not None and not pending.waits(connection, work, after=now):
        pending.add(connection, work, due_at)
        sharing.ring_afterwards()


def _first_s(expression: str) -> float:
    """Return how long after a rule was made a rate is due first: a rate is due when it has passed once."""
    if not expression.startswith("rate("):
        return 0.0
    number, unit = expression[5:-1].split(" ")
    return int(number) * {"minute": 60.0, "hour": 3600.0, "day": 86400.0}[unit.removesuffix("s")]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
