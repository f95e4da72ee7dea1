"""Who the caller is, and whose a key is."""

from __future__ import annotations

from sagewright.engine.operations.sts.sessions import SESSION
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

ACCESS_KEY = "iam-access-key"


def get_caller_identity(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the caller's identity."""
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


def get_access_key_info(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the account that a key belongs to."""
    key_id = params["AccessKeyId"]
    record = parts.state.get(ACCESS_KEY, "", key_id) or parts.state.get(SESSION, "", key_id)
    if record is None:
        raise ApiError("ValidationError", f"Invalid value for parameter AccessKeyId: {key_id}")
    return {"Account": record.body["account"]}
