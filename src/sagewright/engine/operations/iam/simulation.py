"""What policies would decide (IAM API Reference, `SimulatePrincipalPolicy`, `SimulateCustomPolicy`).

The answers come from what decides real requests. What is not simulated is refused: organizations' policies, and the
ways of EC2's resources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.attached import Source, boundary_source, sources_of
from sagewright.engine.operations.iam.entities import GROUP, PRINCIPALS, USER, Kind, arn_of, find
from sagewright.engine.operations.iam.pages import page_of
from sagewright.engine.operations.iam.statement_positions import positions
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.policies import Decision, Match, Policies, Question, check_document, decide, document_of
from sagewright.engine.policies.context_keys import context_keys
from sagewright.engine.policies.decisions import BOUNDARY, IDENTITY
from sagewright.vocabulary.arns import parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError

_ACTION = re.compile(r"[\w.-]+:[\w*?-]+")


@dataclass(frozen=True)
class Simulated:
    """The policies of a simulation.

    Attributes:
        who: The ARN of whom it is about.
        known: What is known of him beside the caller's entries.
    """

    sources: Sequence[Source]
    boundary: Source | None
    resource: Source | None
    who: str
    known: Mapping[str, tuple[str, ...]]


def simulate_custom_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Decide by the policies that are given."""
    account_root = f"arn:{partition_of(caller.region)}:iam::{caller.account}:root"
    if params.get("ResourcePolicy") and not params.get("CallerArn"):
        raise ApiError("InvalidInput", "CallerArn is required when ResourcePolicy is included.")
    simulated = Simulated(
        _given(params),
        _given_boundary(params),
        _given_resource(params),
        params.get("CallerArn") or account_root.replace(":root", ":user/nobody"),
        {},
    )
    return _page(params, simulated)


def simulate_principal_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Decide by the policies of a user, group or role, and those that are given beside them."""
    kind, record = _principal(parts, caller, params["PolicySourceArn"])
    who = arn_of(partition_of(caller.region), record, kind)
    if kind is GROUP and params.get("ResourcePolicy") and not params.get("CallerArn"):
        raise ApiError("InvalidInput", "CallerArn is required when ResourcePolicy is included.")
    simulated = Simulated(
        [*sources_of(parts, record, kind), *_given(params)],
        _given_boundary(params) or boundary_source(parts, record),
        _given_resource(params),
        params.get("CallerArn") or who,
        _known(kind, record, who),
    )
    return _page(params, simulated)


def get_context_keys_for_custom_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return what the policies that are given ask about a request."""
    return {"ContextKeyNames": _keys(_given(params))}


def get_context_keys_for_principal_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return what the policies of a user, group or role ask about a request."""
    kind, record = _principal(parts, caller, params["PolicySourceArn"])
    return {"ContextKeyNames": _keys([*sources_of(parts, record, kind), *_given(params)])}


# --------------------------------------------------------------------------------------------------------------------
# What is given


def _principal(parts: Parts, caller: Caller, arn: str) -> tuple[Kind, Record]:
    try:
        family, _, rest = parse_arn(arn).resource.partition("/")
    except ValueError:
        raise ApiError("InvalidInput", f"Invalid ARN: {arn}") from None
    for kind in PRINCIPALS:
        if kind.family == family and parse_arn(arn).account == caller.account:
            return kind, find(parts, caller.account, kind, rest.rpartition("/")[2])
    raise ApiError("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")


def _given(params: Params) -> list[Source]:
    texts = params.get("PolicyInputList") or ()
    return [Source(f"PolicyInputList.{number}", "none", _checked(text)) for number, text in enumerate(texts, start=1)]


def _given_boundary(params: Params) -> Source | None:
    texts = params.get("PermissionsBoundaryPolicyInputList") or ()
    return Source("PermissionsBoundaryPolicyInputList.1", "none", _checked(texts[0])) if texts else None


def _given_resource(params: Params) -> Source | None:
    text = params.get("ResourcePolicy")
    return Source("ResourcePolicy", "resource", _checked(text, "resource")) if text else None


def _checked(text: str, kind: str = "identity") -> str:
    try:
        check_document(text, kind)
    except ApiError as error:
        raise ApiError("InvalidInput", f"Invalid policy: {error.message}") from None
    return text


def _known(kind: Kind, record: Record, who: str) -> Mapping[str, tuple[str, ...]]:
    tags = {f"aws:principaltag/{tag['Key'].lower()}": (tag["Value"],) for tag in record.body.get("tags") or ()}
    if kind is USER:
        tags |= {"aws:username": (record.name,), "aws:userid": (record.body["id"],)}
    return {**tags, "aws:principalarn": (who,), "aws:principalaccount": (record.scope,)} if kind is not GROUP else {}


# --------------------------------------------------------------------------------------------------------------------
# What follows


def _page(params: Params, simulated: Simulated) -> Result:
    for member in ("ResourceHandlingOption", "OrderedOrganizationPolicyInputList"):
        if params.get(member):
            raise ApiError("InvalidInput", f"`{member}` is not simulated.\nhint: leave it out, or ask AWS.")
    asked = [
        (action, resource) for action in params["ActionNames"] for resource in params.get("ResourceArns") or ("*",)
    ]
    for action, _ in asked:
        if not _ACTION.fullmatch(action):
            raise ApiError("InvalidInput", f"Invalid action name: {action}")
    page, more = page_of(params, list(enumerate(asked)), lambda item: f"{item[0]:06}")
    return {"EvaluationResults": [_result(params, simulated, *item) for _, item in page], **more}


def _result(params: Params, simulated: Simulated, action: str, resource: str) -> dict[str, Any]:
    question = _question(params, simulated, action, resource)
    boundary = document_of(simulated.boundary.text) if simulated.boundary else None
    policies = Policies(
        identity=[document_of(source.text) for source in simulated.sources],
        boundary=boundary,
        resource=document_of(simulated.resource.text) if simulated.resource else None,
    )
    decision = decide(question, policies)
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": _word(decision),
        "MatchedStatements": list(_statements(simulated, decision.statements)),
        "MissingContextValues": _missing(simulated, question),
    }
    if boundary is not None:
        alone = decide(question, Policies(identity=[boundary]))
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": alone.allowed}
    return result


def _question(params: Params, simulated: Simulated, action: str, resource: str) -> Question:
    entries = params.get("ContextEntries") or ()
    given = {item["ContextKeyName"].lower(): tuple(item.get("ContextKeyValues") or ()) for item in entries}
    who = simulated.who
    own_account = who.split(":")[4] if who.count(":") >= 5 else ""
    named = resource.split(":")[4] if resource.count(":") >= 5 else ""
    owner = params.get("ResourceOwner") or ""
    owner = owner.split(":")[4] if owner.count(":") >= 5 else owner
    account = owner or (named if named.isdigit() else own_account)
    return Question(action, resource, who, who, account, {**simulated.known, **given})


def _word(decision: Decision) -> str:
    if decision.allowed:
        return "allowed"
    return "explicitDeny" if decision.explicit else "implicitDeny"


def _statements(simulated: Simulated, matches: Sequence[Match]) -> Iterator[dict[str, Any]]:
    for match in matches:
        if match.source == IDENTITY:
            source: Source | None = simulated.sources[match.document]
        else:
            source = simulated.boundary if match.source == BOUNDARY else simulated.resource
        if source is not None:
            place = positions(source.text)[match.statement]
            yield {"SourcePolicyId": source.name, "SourcePolicyType": source.kind, **place}


def _missing(simulated: Simulated, question: Question) -> list[str]:
    sources = [*simulated.sources, *(source for source in (simulated.boundary, simulated.resource) if source)]
    return [key for key in _keys(sources) if key.lower() not in question.context]


def _keys(sources: Sequence[Source]) -> list[str]:
    found = (key for source in sources for key in context_keys(document_of(source.text)))
    return list({key.lower(): key for key in found}.values())
