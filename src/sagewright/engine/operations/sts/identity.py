"""Who the caller is."""

from __future__ import annotations

from sagewright.engine.parts import Caller, Params, Parts, Result


def get_caller_identity(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the caller's identity."""
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}
