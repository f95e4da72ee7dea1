"""Which policies decide what a user or role may do.

This is read for every request that comes over the network: some records by their keys, 20 microseconds each. Nothing is
kept from one request to the next but documents by their text, so that a change counts from the next request on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.attachments import attached_policies
from sagewright.engine.operations.iam.entities import GROUP, ROLE, USER, Kind, find_or_none
from sagewright.engine.operations.iam.groups import groups_of
from sagewright.engine.operations.iam.policy_arns import named_policy
from sagewright.engine.parts import Parts, Principal
from sagewright.engine.policies import Policies, document_of

# What a boundary that is gone allows: nothing.
_NOTHING = '{"Version":"2012-10-17","Statement":[]}'


@dataclass(frozen=True)
class Source:
    """A policy of a user, group or role: `kind` in the words of IAM's simulator."""

    name: str
    kind: str
    text: str


def policies_of(parts: Parts, account: str, principal: Principal) -> Policies:
    """Return the policies of a user or role, without those of resources. Whoever is gone has none."""
    record = _record(parts, account, principal)
    if record is None:
        return Policies(session=principal.session_policies)
    boundary = boundary_source(parts, record)
    return Policies(
        identity=[document_of(source.text) for source in sources_of(parts, record, _KINDS[principal.kind])],
        boundary=document_of(boundary.text) if boundary else None,
        session=principal.session_policies,
    )


def sources_of(parts: Parts, record: Record, kind: Kind) -> Iterator[Source]:
    """Yield the policies of a user, group or role; a user's groups' are among the user's."""
    yield from (Source(name, kind.family, text) for name, text in (record.body.get("inline") or {}).items())
    for policy in attached_policies(parts, record):
        yield Source(policy.name, "user-managed" if policy.own else "aws-managed", policy.text)
    if kind is USER:
        for group in groups_of(parts, record):
            yield from sources_of(parts, group, GROUP)


def boundary_source(parts: Parts, record: Record) -> Source | None:
    """Return the permissions boundary of a user or role."""
    arn = record.body.get("boundary")
    if not arn:
        return None
    policy = named_policy(parts, record.scope, arn)
    if policy is None:
        return Source(arn, "none", _NOTHING)
    return Source(policy.name, "user-managed" if policy.own else "aws-managed", policy.text)


def _record(parts: Parts, account: str, principal: Principal) -> Record | None:
    kind = _KINDS.get(principal.kind)
    return find_or_none(parts, account, kind, principal.name) if kind else None


_KINDS = {"user": USER, "role": ROLE}
