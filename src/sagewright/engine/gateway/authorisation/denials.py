"""In which words a service denies (IAM User Guide, "Troubleshoot access denied error messages"; `contract.md` 8.9)."""

from __future__ import annotations

from sagewright.engine.authorisation.asked import EVERYTHING, Asked
from sagewright.engine.gateway.authentication import dialects
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.policies import Decision
from sagewright.vocabulary.errors import ApiError

_ARTICLES = {"identity-based policy": "an", "permissions boundary": "a", "session policy": "a"}


def denied(exchange: Exchange, caller_arn: str, asked: Asked, decision: Decision, *, is_own: bool) -> ApiError:
    """Return the answer to something that is not allowed."""
    if exchange.request.service == dialects.S3:
        text = _text(caller_arn, asked, decision, quoted=True) if is_own else "Access Denied"
        return ApiError("AccessDenied", text, 403)
    dialect = dialects.dialect_of(exchange)
    text = _text(caller_arn, asked, decision, quoted=False)
    if dialect == dialects.EC2:
        text = f"You are not authorized to perform this operation. {text}"
    return dialects.refusal(dialect, "denied", text)


def _text(caller_arn: str, asked: Asked, decision: Decision, *, quoted: bool) -> str:
    resource = f'"{asked.resource}"' if quoted else asked.resource
    where = "" if asked.resource == EVERYTHING else f" on resource: {resource}"
    return f"User: {caller_arn} is not authorized to perform: {asked.action}{where}{_reason(asked, decision)}"


def _reason(asked: Asked, decision: Decision) -> str:
    if decision.explicit:
        return f" with an explicit deny in {_ARTICLES.get(decision.source, 'a')} {decision.source}"
    if asked.trust:  # who may assume a role is not told to those who may not
        return ""
    return f" because no {decision.source} allows the {asked.action} action"
