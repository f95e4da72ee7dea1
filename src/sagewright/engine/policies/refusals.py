"""In which words AWS refuses (IAM User Guide, "Troubleshoot access denied error messages")."""

from __future__ import annotations

from sagewright.engine.policies.decisions import Decision

_ARTICLES = {"identity-based policy": "an", "permissions boundary": "a", "session policy": "a"}


def refusal_text(caller_arn: str, action: str, resource: str, decision: Decision, *, quoted: bool) -> str:
    """Return the sentence.

    Args:
        quoted: Whether the resource stands in quotes, as S3 has it.
    """
    where = "" if resource == "*" else f' on resource: "{resource}"' if quoted else f" on resource: {resource}"
    return f"User: {caller_arn} is not authorized to perform: {action}{where}{_reason(action, decision)}"


def _reason(action: str, decision: Decision) -> str:
    if decision.explicit:
        return f" with an explicit deny in {_ARTICLES.get(decision.source, 'a')} {decision.source}"
    return f" because no {decision.source} allows the {action} action"
