"""The role that work acts as which was ordered over the network (`contract.md` 8.9).

In the user's own process roles are accepted as they come, and work acts as nobody: the operating system is the border.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sagewright.engine.acting import check_may, kept_role
from sagewright.engine.objects.guarded import AccessRefused
from sagewright.engine.operations.iam.entities import ROLE, find_or_none
from sagewright.engine.parts import Caller, Parts
from sagewright.engine.planning.document import Role
from sagewright.engine.policies import Policies, Question, decide, document_of
from sagewright.vocabulary.arns import parse_arn
from sagewright.vocabulary.errors import ApiError, validation_error
from sagewright.vocabulary.s3_uris import split_s3_uri

SERVICE = "sagemaker.amazonaws.com"


def acting_role(parts: Parts, caller: Caller, arn: str | None) -> dict[str, str] | None:
    """Return the role that work of this caller acts as, as records keep it; None: it acts as nobody.

    Without a role it acts as one that may do nothing.

    Raises:
        ApiError: `ValidationException`: the service cannot assume the role.
    """
    if caller.principal is None:
        return None
    if arn:
        check_assumable(parts, caller, arn)
    return asdict(Role(arn or "", caller.account, caller.region))


def acting_model(parts: Parts, caller: Caller, model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's body with the role that it acts as when this caller has it served."""
    return {**model, "role": acting_role(parts, caller, model["request"].get("ExecutionRoleArn"))}


def check_assumable(parts: Parts, caller: Caller, arn: str) -> None:
    """Check that the role exists, is the account's own, and lets the service assume it.

    Raises:
        ApiError: `ValidationException`.
    """
    if caller.principal is None:
        return
    parsed = parse_arn(arn)
    if parsed.account != caller.account:
        raise validation_error("Cross-account pass role is not allowed.")
    record = find_or_none(parts, caller.account, ROLE, parsed.resource_name.rpartition("/")[2])
    question = Question("sts:AssumeRole", arn, "", "", caller.account, {}, service=SERVICE)
    if record is None or not decide(question, Policies(resource=document_of(record.body["trust"]), trust=True)).allowed:
        raise _cannot_assume(arn)


def check_may_store(parts: Parts, variants: Sequence[Mapping[str, Any]], uri: str) -> None:
    """Check that what serves the variants may write below an S3 URI.

    Raises:
        ApiError: `ValidationException`.
    """
    bucket, prefix = split_s3_uri(uri)
    for container in (container for variant in variants for container in variant["containers"]):
        role = kept_role(container)
        try:
            if role is not None:
                check_may(parts, role, "s3:PutObject", bucket, f"{prefix.rstrip('/')}/captures".lstrip("/"))
        except AccessRefused as error:
            raise validation_error(f"Could not write to {uri}: {error}") from None


def _cannot_assume(arn: str) -> ApiError:
    return validation_error(
        f"Could not assume role {arn}. Please ensure that the role exists and allows principal '{SERVICE}' to assume "
        "the role."
    )
