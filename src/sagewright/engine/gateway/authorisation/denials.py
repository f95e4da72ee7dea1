"""In which words a service denies (IAM User Guide, "Troubleshoot access denied error messages"; `contract.md` 8.9)."""

from __future__ import annotations

from sagewright.engine.authorisation.asked import Asked
from sagewright.engine.gateway.authentication import dialects
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.policies import Decision, refusal_text
from sagewright.vocabulary.errors import ApiError


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
    text = refusal_text(caller_arn, asked.action, asked.resource, decision, quoted=quoted)
    hidden = asked.trust and not decision.explicit  # who may assume a role is not told to those who may not
    return text.partition(" because no ")[0] if hidden else text
