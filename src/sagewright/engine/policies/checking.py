"""What is wrong with a policy document that somebody wants to store, in AWS's words.

The order of the checks is the service's: a document with several faults gets the first one's message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sagewright.engine.policies import conditions
from sagewright.engine.policies.documents import ELEMENTS, Document, statements_of
from sagewright.engine.policies.principals import strings
from sagewright.vocabulary.errors import ApiError

# An identity's policy that stands for itself, one within a user, group or role, a role's trust policy, and those of
# other resources (S3's have rules of their own: `bucket_checking`).
KINDS = ("managed", "identity", "trust", "resource")

_TOP = {"Version", "Id", "Statement", "Conditions"}
_VERSIONS = ("2008-10-17", "2012-10-17")
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "*")
_IAM_PATHS = (
    *("user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/"),
    *("sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/"),
)
_REGIONAL_IN_S3 = ("accesspoint", "access-grants", "async-request", "job", "storage-lens", "*")
_TRUST_ACTIONS = {
    *("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession"),
    *("sts:setsourceidentity", "sts:setcontext", "sts:getfederationtoken", "sts:getsessiontoken"),
    *("sts:getcalleridentity", "sts:getaccesskeyinfo", "sts:decodeauthorizationmessage", "sts:getservicebearertoken"),
}
_PRINCIPAL_KINDS = {"AWS", "Service", "Federated", "CanonicalUser", "*"}
_AWS_PRINCIPAL = re.compile(
    r"\*|\d{12}|A[A-Z]{3}[A-Z0-9]{12,}"
    r"|arn:[\w-]+:(iam::\d{12}:(root|user/[^*?]+|role/[^*?]+)|sts::\d{12}:(assumed-role|federated-user)/[^*?]+)"
)
_LARGEST_DATE = 9223372036854775807
_DATE = re.compile(
    r"-?\d+(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12]\d|3[01]))?)?"
    r"(t(([01]?\d|2[0-3])(:[0-5]?\d(:[0-5]?\d(\.\d{1,9})?(z|[+-]([01]\d|2[0-3])(:[0-5]\d)?)?)?)?)?)?",
    re.IGNORECASE,
)


def check_document(text: str, kind: str) -> dict[str, Any]:
    """Return the document that a text holds.

    Args:
        kind: `managed`, `identity`, `trust` or `resource`.

    Raises:
        ApiError: `MalformedPolicyDocument`.
    """
    document = _read(text)
    statements = statements_of(document)
    if kind == "managed" and document.get("Version") != _VERSIONS[-1]:
        raise _malformed("Policy document must be version 2012-10-17 or greater.")
    fault = _fault_of_resources(statements)
    if not _is_legible(statements) or fault == _LEGACY:
        raise _malformed(_LEGACY)
    _check_sids(statements)
    _check_presence(statements, "Action", "Policy statement must contain actions.")
    if fault:
        raise _malformed(fault)
    _check_actions(statements)
    _CHECKS_OF_KINDS[kind](statements)
    return document


# --------------------------------------------------------------------------------------------------------------------
# Syntax

_SYNTAX = "Syntax errors in policy."
_LEGACY = "The policy failed legacy parsing"


def _read(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not _is_well_formed(document):
        raise _malformed(_SYNTAX)
    return document


def _is_well_formed(document: Document) -> bool:
    statements = document.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    return (
        set(document) <= _TOP
        and document.get("Version", _VERSIONS[0]) in _VERSIONS
        and isinstance(document.get("Id", ""), str)
        and isinstance(statements, list)
        and bool(statements)
        and all(isinstance(statement, dict) and _is_statement(statement) for statement in statements)
    )


def _is_statement(statement: Mapping[str, Any]) -> bool:
    return (
        set(statement) <= ELEMENTS
        and not any({name, f"Not{name}"} <= set(statement) for name in ("Action", "Resource", "Principal"))
        and isinstance(statement.get("Sid", ""), str)
        and isinstance(statement.get("Effect"), str)
        and statement["Effect"].lower() in ("allow", "deny")
        and all(_is_texts(statement[name]) for name in _texts_of(statement))
        and _is_condition(statement.get("Condition", {}))
        and all(_is_principal(statement[name]) for name in ("Principal", "NotPrincipal") if name in statement)
    )


def _texts_of(statement: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in ("Action", "NotAction", "Resource", "NotResource") if name in statement)


def _is_texts(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(item is None or isinstance(item, str) for item in value)
    )


def _is_condition(block: Any) -> bool:
    return isinstance(block, dict) and all(
        isinstance(keys, dict)
        and (not keys or conditions.is_operator(operator))
        and all(_is_value(value) for value in keys.values())
        for operator, keys in block.items()
    )


def _is_value(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str | bool | int | float) for item in value)
    return isinstance(value, str | bool | int | float)


def _is_principal(element: Any) -> bool:
    if isinstance(element, str):
        return True
    return isinstance(element, dict) and set(element) <= _PRINCIPAL_KINDS and all(map(_is_texts, element.values()))


# --------------------------------------------------------------------------------------------------------------------
# What an older parser of the service looks at


def _is_legible(statements: Sequence[Mapping[str, Any]]) -> bool:
    return all(
        statement["Effect"] in ("Allow", "Deny")
        and all(_is_readable(*item) for item in _values_of_conditions(statement))
        for statement in statements
    )


def _values_of_conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for operator, keys in statement.get("Condition", {}).items():
        for values in keys.values():
            yield from ((operator, str(value)) for value in (values if isinstance(values, list) else [values]))


def _is_readable(operator: str, value: str) -> bool:
    """Tell whether an operator's value can be read: a date, a number, a range of addresses."""
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    if name.startswith("Date"):
        return _is_date(value)
    return conditions.is_value_of(name, value)


def _is_date(value: str) -> bool:
    if value.isascii() and value.isdigit():
        return len(value) < 20 and int(value) <= _LARGEST_DATE
    match = _DATE.fullmatch(value)
    return match is not None and ("-" in value or "t" in value.lower())


def _fault_of_resources(statements: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the first fault of a resource's ARN, or what the older parser says of it."""
    for statement in statements:
        texts = [text for name in ("Resource", "NotResource") for text in strings(statement.get(name))]
        faults = [fault for text in sorted(texts) if (fault := _fault_of_resource(text))]
        if faults:
            return faults[0]
        if any(_fails_legacy_parsing(text) for text in texts):
            return _LEGACY
    return None


def _fault_of_resource(text: str) -> str | None:
    if text == "*":
        return None
    parts = text.split(":", 5)
    if len(parts) == 1:
        return f'Resource {text} must be in ARN format or "*".'
    if parts[1] not in _PARTITIONS:
        return f'Partition "{parts[1]}" is not valid for resource "{_spelt_out(parts)}".'
    if len(parts) == 2:
        return "Resource vendor must be fully qualified and cannot contain regexes."
    parts += [""] * (6 - len(parts))
    return _fault_of_region(text, parts) or _fault_of_path(parts)


def _spelt_out(parts: Sequence[str]) -> str:
    rest = [*parts[2:5], *(["*"] * (3 - len(parts[2:5])))]
    return ":".join(["arn", parts[1], *rest, parts[5] if len(parts) == 6 else "*"])


def _fault_of_region(text: str, parts: Sequence[str]) -> str | None:
    service, region, resource = parts[2], parts[3], parts[5]
    if service == "iam" and region:
        return f"IAM resource {text} cannot contain region information."
    if service == "s3" and region and not resource.startswith(_REGIONAL_IN_S3):
        return f"Resource {text} can not contain region information."
    return None


def _fault_of_path(parts: Sequence[str]) -> str | None:
    if parts[2] != "iam" or parts[5] == "root" or parts[5].startswith((*_IAM_PATHS, "role-template/", "*")):
        return None
    return f'IAM resource path must either be "*" or start with {", ".join(_IAM_PATHS)}.'


def _fails_legacy_parsing(text: str) -> bool:
    return text != "*" and (("::" in text and text.count(":") < 5) or not text.split(":")[2])


# --------------------------------------------------------------------------------------------------------------------
# Meaning


def _check_sids(statements: Sequence[Mapping[str, Any]]) -> None:
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(sids) != len(set(sids)):
        raise _malformed("Statement IDs (SID) in a single policy must be unique.")


def _check_presence(statements: Sequence[Mapping[str, Any]], name: str, message: str) -> None:
    for statement in statements:
        if not [element for element in (name, f"Not{name}") if statement.get(element, []) != []]:
            raise _malformed(message)


def _check_actions(statements: Sequence[Mapping[str, Any]]) -> None:
    for statement in statements:
        for action in (*strings(statement.get("Action")), *strings(statement.get("NotAction"))):
            if fault := _fault_of_action(action):
                raise _malformed(fault)


def _fault_of_action(action: str) -> str | None:
    vendor, *names = action.split(":")
    if not names and vendor != "*":
        return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    if len(names) > 1:
        return "Actions/Condition can contain only one colon."
    if vendor != "*" and re.search(r"[^a-zA-Z0-9\-.]", vendor):
        return f"Vendor {vendor} is not valid"
    return None


def _check_identity(statements: Sequence[Mapping[str, Any]]) -> None:
    _check_presence(statements, "Resource", "Policy statement must contain resources.")
    if any("Principal" in statement or "NotPrincipal" in statement for statement in statements):
        raise _malformed("Policy document should not specify a principal.")


def _check_trust(statements: Sequence[Mapping[str, Any]]) -> None:
    for statement in statements:
        if not {action.lower() for action in strings(statement.get("Action", "*"))} <= _TRUST_ACTIONS:
            raise _malformed(
                "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  "
                "and sts:AssumeRoleWithWebIdentity"
            )
        for element in ("Resource", "NotResource", "NotPrincipal"):
            if element in statement:
                raise _malformed(f"Has prohibited field {element}.")
    _check_principals(statements)


def _check_resource(statements: Sequence[Mapping[str, Any]]) -> None:
    _check_presence(statements, "Resource", "Policy statement must contain resources.")
    _check_principals(statements)


def _check_principals(statements: Sequence[Mapping[str, Any]]) -> None:
    for statement in statements:
        element = statement.get("Principal", statement.get("NotPrincipal"))
        if not element:
            raise _malformed("Missing required field Principal")
        if fault := fault_of_principal(element):
            raise _malformed(f"Invalid principal in policy: {fault}")


def fault_of_principal(element: Any) -> str | None:
    """Return what of a `Principal` names nobody, as AWS's message quotes it."""
    kinds: Mapping[str, Any] = element if isinstance(element, Mapping) else {"AWS": element}
    for name in strings(kinds.get("AWS")):
        if not _AWS_PRINCIPAL.fullmatch(name):
            return f'"AWS":"{name}"'
    for name in strings(kinds.get("Service")):
        if not re.fullmatch(r"[\w.-]+\.(amazonaws\.com(\.cn)?|internal|amazon\.com|aws)", name):
            return f'"SERVICE":"{name}"'
    return None


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedPolicyDocument", message)


_CHECKS_OF_KINDS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], None]] = {
    "managed": _check_identity,
    "identity": _check_identity,
    "trust": _check_trust,
    "resource": _check_resource,
}
