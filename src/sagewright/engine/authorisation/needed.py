"""The least policy that some requests need of who sends them, from what each asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sagewright.engine.authorisation.asked import Asked, Place
from sagewright.engine.authorisation.tables import everything_asked

Document = dict[str, Any]
Request = Mapping[str, Any]
Conditions = tuple[tuple[str, tuple[str, ...]], ...]

VERSION = "2012-10-17"

# What another run of the same program calls otherwise: the times and chances in names.
_OF_THIS_RUN = re.compile(
    r"\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{3}|(?<=-)\d{10}-[0-9a-f]{4}(?![0-9a-f])|(?<=-)\d{6}-\d{4}(?!\d)"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_NOBODY_NEEDS = ("sts:GetCallerIdentity",)  # is allowed to everybody


def caller_policy(requests: Iterable[Request], account: str) -> Document:
    """Return the policy that who sends the requests needs: each action on the resources that it was asked on.

    Args:
        requests: Each with `service`, `operation`, `region` and `params`.
        account: Whose the resources are, 12 digits.
    """
    needed: dict[tuple[str, Conditions], set[str]] = {}
    for request in requests:
        for asked in asked_of(request, account):
            if asked.action not in _NOBODY_NEEDS:
                needed.setdefault((asked.action, _conditions(asked)), set()).add(general(asked.resource))
        for key in _volume_keys(request["params"]):
            for action in ("kms:CreateGrant", "kms:DescribeKey"):
                needed.setdefault((action, ()), set()).add(key)
    return policy_of(needed)


def asked_of(request: Request, account: str) -> Sequence[Asked]:
    """Return all that must be allowed before a request may begin."""
    region = str(request["region"])
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    place = Place(partition, region, account)
    return everything_asked(request["service"], request["operation"], request["params"], place, lambda *_: None)


def policy_of(needed: Mapping[tuple[str, Conditions], set[str]]) -> Document:
    """Return a policy in which actions on the same resources under the same conditions share a statement."""
    shared: dict[tuple[tuple[str, ...], Conditions], list[str]] = {}
    for (action, conditions), resources in needed.items():
        shared.setdefault((tuple(_without_the_covered(resources)), conditions), []).append(action)
    statements = [
        _statement(sorted(actions), resources, conditions) for (resources, conditions), actions in shared.items()
    ]
    return {"Version": VERSION, "Statement": sorted(statements, key=lambda one: (one["Action"], one["Resource"]))}


def general(resource: str) -> str:
    """Return an ARN in which what differs from run to run is a `*`."""
    return _OF_THIS_RUN.sub("*", resource)


def _conditions(asked: Asked) -> Conditions:
    if asked.action != "iam:PassRole":
        return ()
    return (("iam:PassedToService", tuple(asked.context.get("iam:passedtoservice", ()))),)


def _volume_keys(value: Any) -> Iterable[str]:
    """Yield the ARNs of keys that encrypt volumes: who starts something with them grants their use."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            is_key = isinstance(member, str) and name == "VolumeKmsKeyId" and member.startswith("arn:")
            yield from (member,) if is_key else _volume_keys(member)
    elif isinstance(value, list):
        for item in value:
            yield from _volume_keys(item)


def _without_the_covered(resources: set[str]) -> list[str]:
    """Return resources without those that another one's `*` at its end stands for."""
    stems = [one[:-1] for one in resources if one.endswith("*")]
    return sorted(one for one in resources if not any(one != f"{stem}*" and one.startswith(stem) for stem in stems))


def _statement(actions: Sequence[str], resources: Sequence[str], conditions: Conditions) -> Document:
    statement: Document = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    for key, values in conditions:
        operator = "StringLike" if any("*" in value for value in values) else "StringEquals"
        statement.setdefault("Condition", {}).setdefault(operator, {})[key] = list(values)
    return statement
