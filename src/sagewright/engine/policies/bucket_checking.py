"""What is wrong with a bucket's policy, in S3's words (its code is `MalformedPolicy`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sagewright.engine.policies import conditions
from sagewright.engine.policies.checking import fault_of_principal
from sagewright.engine.policies.documents import ELEMENTS, statements_of
from sagewright.engine.policies.principals import strings
from sagewright.vocabulary.errors import ApiError

MAX_BYTES = 20480

_TOP = {"Version", "Id", "Statement"}
_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}


def check_bucket_policy(text: str, bucket: str) -> dict[str, Any]:
    """Return the document that a text holds.

    Raises:
        ApiError: `MalformedPolicy`, or `PolicyTooLarge`.
    """
    if len(text.encode()) > MAX_BYTES:
        raise ApiError("PolicyTooLarge", f"Policy exceeds the maximum allowed size of {MAX_BYTES} bytes.")
    document = _read(text)
    for name in document:
        if name not in _TOP:
            raise _malformed(f"Unknown field {name}")
    if document.get("Version", "2012-10-17") not in ("2008-10-17", "2012-10-17"):
        raise _malformed("The policy must contain a valid version string")
    if not isinstance(document.get("Id", ""), str):
        raise _malformed("Invalid policy syntax.")
    if "Statement" not in document:
        raise _malformed("Missing required field Statement")
    for statement in _statements(document):
        _check_statement(statement, bucket)
    return document


def _read(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    return document


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = document["Statement"]
    if not isinstance(found, dict | list) or not found:
        raise _malformed("Could not parse the policy: Statement is empty!")
    statements = list(statements_of(document))
    if not all(isinstance(statement, dict) for statement in statements):
        raise _malformed("Invalid policy syntax.")
    return statements


def _check_statement(statement: Mapping[str, Any], bucket: str) -> None:
    for name in statement:
        if name not in ELEMENTS:
            raise _malformed(f"Unknown field {name}")
    for names in (("Effect",), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")):
        _check_presence(statement, names)
    if statement["Effect"] not in ("Allow", "Deny"):
        raise _malformed(f"Invalid effect: {statement['Effect']}")
    if not isinstance(statement.get("Sid", ""), str):
        raise _malformed("Invalid policy syntax.")
    if statement["Effect"] == "Allow" and "NotPrincipal" in statement:
        raise _malformed("Allow with NotPrincipal is not allowed.")
    _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    for action in _texts(statement.get("Action", statement.get("NotAction"))):
        if action != "*" and not action.lower().startswith("s3:"):
            raise _malformed("Policy has invalid action")
    for resource in _texts(statement.get("Resource", statement.get("NotResource"))):
        if not _is_of_bucket(resource, bucket):
            raise _malformed("Policy has invalid resource")
    _check_condition(statement.get("Condition", {}))


def _check_presence(statement: Mapping[str, Any], names: tuple[str, ...]) -> None:
    given = [name for name in names if name in statement]
    if not given:
        raise _malformed(f"Missing required field {names[0]}")
    if len(given) > 1:
        raise _malformed("Invalid policy syntax.")


def _check_principal(element: Any) -> None:
    is_named = isinstance(element, str) or (
        isinstance(element, dict)
        and bool(element)
        and set(element) <= {"AWS", "Service", "Federated", "CanonicalUser"}
        and all(isinstance(name, str) for names in element.values() for name in _texts(names))
    )
    if not is_named or (isinstance(element, str) and element != "*") or fault_of_principal(element):
        raise _malformed("Invalid principal in policy")


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str) for item in values):
        raise _malformed("Invalid policy syntax.")
    return list(strings(values))


def _is_of_bucket(resource: str, bucket: str) -> bool:
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "s3" or parts[3] or parts[4]:
        return False
    return parts[5].partition("/")[0] in (bucket, "${aws:PrincipalAccount}") or _is_covered(parts[5], bucket)


def _is_covered(pattern: str, bucket: str) -> bool:
    """Tell whether a pattern with a wildcard may mean the bucket."""
    head = re.split(r"[*?]", pattern, maxsplit=1)[0]
    return head != pattern and (bucket.startswith(head) or head.startswith(f"{bucket}/"))


def _check_condition(block: Any) -> None:
    if not isinstance(block, dict):
        raise _malformed("Invalid policy syntax.")
    for operator, keys in block.items():
        if not conditions.is_operator(operator):
            raise _malformed(f"Invalid Condition type : {operator}")
        if not isinstance(keys, dict):
            raise _malformed("Invalid policy syntax.")
        for key, value in keys.items():
            if key.partition(":")[0].lower() not in ("aws", "s3", "sts", "ec2", "kms") or ":" not in key:
                raise _malformed("Policy has an invalid condition key")
            if not all(_is_value(operator, item) for item in (value if isinstance(value, list) else [value])):
                raise _malformed("Invalid policy syntax.")


def _is_value(operator: str, value: Any) -> bool:
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    return isinstance(value, str | bool | int | float) and conditions.is_value_of(name, str(value))


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedPolicy", message)
