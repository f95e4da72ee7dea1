"""What a policy's ARN names: a policy of the account, or one of AWS's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.aws_managed import ManagedPolicy, aws_managed
from sagewright.engine.operations.iam.entities import POLICY, find_or_none
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.errors import ApiError


@dataclass(frozen=True)
class Named:
    """A managed policy.

    Attributes:
        text: Of its default version.
        id: Of the account's own policies; empty: the policy is AWS's.
    """

    arn: str
    name: str
    path: str
    id: str
    text: str
    own: Record | None = None
    aws: ManagedPolicy | None = None


def named_policy(parts: Parts, account: str, arn: str) -> Named | None:
    """Return the policy of an ARN, if there is one."""
    owner, path, name = _split(arn)
    if owner == "aws":
        policy = aws_managed(name)
        is_it = policy is not None and policy.path == path
        return Named(arn, name, path, "", policy.text, aws=policy) if policy and is_it else None
    record = find_or_none(parts, account, POLICY, name) if owner == account else None
    if record is None or record.body["path"] != path:
        return None
    return Named(arn, name, path, record.body["id"], default_text(record.body), own=record)


def existing_policy(parts: Parts, caller: Caller, arn: str) -> Named:
    """Return the policy of an ARN.

    Raises:
        ApiError: `NoSuchEntity`.
    """
    found = named_policy(parts, caller.account, _checked(arn))
    if found is None:
        raise missing_policy(arn)
    return found


def own_policy_name(parts: Parts, caller: Caller, arn: str) -> str:
    """Return the name of a policy of the account that shall be changed.

    Raises:
        ApiError: There is none, or it is AWS's.
    """
    found = existing_policy(parts, caller, arn)
    if found.own is None:
        raise ApiError("AccessDenied", f"Policy {arn} is managed by AWS and cannot be changed.", 403)
    return found.name


def attachable_policy(parts: Parts, caller: Caller, arn: str) -> Named:
    """Return a policy that shall be attached.

    Raises:
        ApiError: `NoSuchEntity`.
    """
    found = named_policy(parts, caller.account, _checked(arn))
    if found is None:
        raise ApiError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    return found


def boundary_of(parts: Parts, caller: Caller, arn: str | None) -> str | None:
    """Return the ARN of a policy that shall be a permissions boundary.

    Raises:
        ApiError: `NoSuchEntity`.
    """
    if arn is None:
        return None
    if named_policy(parts, caller.account, _checked(arn)) is None:
        raise ApiError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)
    return arn


def default_text(body: Mapping[str, object]) -> str:
    """Return the document of a recorded policy's default version."""
    versions: list[Mapping[str, str]] = body["versions"]  # type: ignore[assignment]
    return next(version["text"] for version in versions if version["id"] == body["default"])


def missing_policy(arn: str) -> ApiError:
    """Return AWS's answer where an ARN names no policy."""
    return ApiError("NoSuchEntity", f"Policy {arn} was not found.", 404)


def policy_arn(caller: Caller, record: Record) -> str:
    """Return the ARN of a policy of the account."""
    return f"arn:{partition_of(caller.region)}:iam::{record.scope}:policy{record.body['path']}{record.name}"


def _split(arn: str) -> tuple[str, str, str]:
    """Return the account, path and name that an ARN gives."""
    fields = arn.split(":", 5)
    if len(fields) != 6 or fields[2] != "iam" or not fields[5].startswith("policy/"):
        return "", "", ""
    path, _, name = fields[5].removeprefix("policy").rpartition("/")
    return fields[4], f"{path}/", name


def _checked(arn: str) -> str:
    if not arn.startswith("arn:"):
        raise ApiError("ValidationError", f"ARN {arn} is not valid.")
    return arn
