"""Roles that a request hands over to a service: who does so needs `iam:PassRole` on each (`contract.md` 8.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.authorisation.asked import Asked, Params

_ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/.+")
_MEMBER = re.compile(r"(?:\w*[rR]ole(?:Arn|ARN)?|roleArn)")
_CHANGES = re.compile(r"(Describe|Get|List|Delete|Invoke|Search|BatchGet|Head|Simulate)\w*")
_OWN_ROOMS = frozenset(("iam", "sts"))  # roles are their subject
# The services that roles are passed to, where they are not called like botocore's.
_PRINCIPALS = {
    "sagemaker-featurestore-runtime": "sagemaker",
    "sagemaker-metrics": "sagemaker",
    "stepfunctions": "states",
    "application-autoscaling": "application-autoscaling",
    "ecs": "ecs-tasks",
    "cognito-idp": "cognito-idp",
}


def passed_roles(service: str, operation: str, params: Params) -> Iterator[Asked]:
    """Yield `iam:PassRole` on every role that a request hands over."""
    if service in _OWN_ROOMS or _CHANGES.fullmatch(operation):
        return
    context = {"iam:passedtoservice": (f"{_PRINCIPALS.get(service, service)}.amazonaws.com",)}
    for arn in sorted(set(_roles(params))):
        match = _ROLE.fullmatch(arn)
        yield Asked("iam:PassRole", arn, context, match[1] if match else "")


def _roles(value: Any) -> Iterator[str]:
    """Yield every role's ARN that stands under a member called after a role."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if isinstance(member, str):
                if _MEMBER.fullmatch(str(name)) and _ROLE.fullmatch(member):
                    yield member
            else:
                yield from _roles(member)
    elif isinstance(value, list):
        for item in value:
            yield from _roles(item)
