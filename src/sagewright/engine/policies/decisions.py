"""What several policies say together (IAM User Guide, "Policy evaluation logic").

1. An explicit deny in any policy decides.
2. Within an account, the resource's policy or the identity's policies may allow. Who is named in the resource's policy
   tells what else limits it: a user or session named itself (or `*`) is limited by nothing; the role behind a session
   by the permissions boundary and the session's policies; an account only passes the permission on to its identities'
   policies.
3. Across accounts, both must allow, and so must the role's trust policy in any case.
4. What the identity's policies allow, the permissions boundary and the session's policies must allow as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sagewright.engine.policies.documents import Document, Match, Question, matches_of
from sagewright.engine.policies.principals import DIRECT, PARENT

IDENTITY, BOUNDARY = "identity-based policy", "permissions boundary"
SESSION, RESOURCE = "session policy", "resource-based policy"


@dataclass(frozen=True)
class Policies:
    """The documents that decide.

    Attributes:
        identity: Of the user and its groups, or of the role.
        boundary: The permissions boundary, if there is one.
        session: What narrows the session; none: nothing does.
        resource: The policy of the resource, if it has one.
        trust: The resource's policy must allow even within the account, as the trust policy of a role must.
    """

    identity: Sequence[Document] = ()
    boundary: Document | None = None
    session: Sequence[Document] = ()
    resource: Document | None = None
    trust: bool = False


@dataclass(frozen=True)
class Decision:
    """What was decided, and why.

    Attributes:
        explicit: A statement denies, rather than none allowing.
        source: The kind of policy that allowed, that denied, or that was missing: `identity-based policy`,
            `permissions boundary`, `session policy` or `resource-based policy`, as AWS's messages name them.
        statements: Those that deny, or else all that allow.
    """

    allowed: bool
    explicit: bool
    source: str
    statements: Sequence[Match] = ()


def decide(question: Question, policies: Policies) -> Decision:
    """Tell whether the policies allow what is asked."""
    found = [*_matches(question, policies)]
    denials = [match for match in found if match.effect == "Deny"]
    if denials:
        return Decision(False, True, denials[0].source, denials)
    source, allowed = _weighed(question, policies, found)
    return Decision(allowed, False, source, found)


def _matches(question: Question, policies: Policies) -> Iterable[Match]:
    bounded = policies.boundary is not None
    for position, document in enumerate(policies.identity):
        yield from matches_of(document, question, IDENTITY, position)
    if policies.boundary is not None:
        yield from matches_of(policies.boundary, question, BOUNDARY)
    for position, document in enumerate(policies.session):
        yield from matches_of(document, question, SESSION, position)
    if policies.resource is not None:
        yield from matches_of(policies.resource, question, RESOURCE, bounded=bounded)


def _weighed(question: Question, policies: Policies, allowing: Sequence[Match]) -> tuple[str, bool]:
    """Return the kind of policy that settles it, and how, where no statement denies."""
    level = max((match.level for match in allowing if match.source == RESOURCE), default=0)
    identity = question.identity
    if question.service is not None or not identity.caller_arn:
        return RESOURCE, level > 0
    is_own = identity.account == question.account
    if not level and (policies.trust or not is_own):
        return RESOURCE, False
    if level == DIRECT and is_own:
        return RESOURCE, True
    missing = _missing(question, policies, {match.source for match in allowing})
    if level == PARENT and is_own and missing in (None, IDENTITY):
        missing = _missing_limit(policies, {match.source for match in allowing})
        return missing or RESOURCE, missing is None
    return missing or IDENTITY, missing is None


def _missing(question: Question, policies: Policies, sources: set[str]) -> str | None:
    """Return the kind of the caller's own policies that does not allow."""
    if IDENTITY not in sources and not question.identity.principal_arn.endswith(":root"):
        return IDENTITY
    return _missing_limit(policies, sources)


def _missing_limit(policies: Policies, sources: set[str]) -> str | None:
    if policies.boundary is not None and BOUNDARY not in sources:
        return BOUNDARY
    if policies.session and SESSION not in sources:
        return SESSION
    return None
