"""As whom a function acts.

A function whose code and settings come from the user's own process acts as its user, like everything else in there. One
that somebody has made or changed over the network acts as its role, with temporary credentials in its environment, as
in AWS Lambda, and reaches the engine through the server.

What is noted down is that a function is the user's own; what is not is nobody's to trust.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagewright import settings
from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.mounts.startup import child_environment
from sagewright.engine.operations.sts.sessions import open_service_session
from sagewright.engine.parts import Caller
from sagewright.engine.server.address import address_of
from sagewright.vocabulary.errors import ApiError

KIND = "lambda-own"
CHANGES = frozenset(("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"))
LIFE_S = 3600
_NOWHERE = "http://127.0.0.1:9"  # where nobody listens


def note(home: Path, caller: Caller, function: str) -> None:
    """Note whose a function is, before it is made or changed.

    Args:
        function: Its name or ARN.
    """
    state, scope, name = engine_of(home).parts.state, caller.scope, _name_of(function)
    if caller.principal is not None:
        state.delete(KIND, scope, name)
        return
    with contextlib.suppress(VersionConflict):  # it stands there
        state.put(Record(KIND, scope, name, {}), expected_version=0)


def environment_of(
    home: Path, account: str, region: str, function: str, role: str, own: Mapping[str, str]
) -> dict[str, str]:
    """Return what leads the AWS calls of a function to the engine, and says who it is there.

    Args:
        role: Its role's ARN.
        own: The function's own variables.

    Raises:
        ApiError: `InvalidParameterValueException`: the role cannot be assumed any more.
    """
    leading = child_environment(home, region, own)
    if engine_of(home).parts.state.get(KIND, f"{account}/{region}", function) is not None:
        return leading
    for name in ("SAGEWRIGHT_ROUTE", settings.HOME.variable):
        del leading[name]
    url = address_of(home) or _NOWHERE
    keys = _credentials(home, account, region, function, role)
    return {
        **leading,
        settings.TARGET.variable: url,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def _credentials(home: Path, account: str, region: str, function: str, role: str) -> dict[str, Any]:
    keys = open_service_session(
        engine_of(home).parts, role=role, account=account, region=region, session=function, duration_s=LIFE_S
    )
    if keys is None:
        raise ApiError(
            "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
        )
    return keys


def _name_of(function: str) -> str:
    """Return the name in what a request calls a function: a name, an ARN, `account:function:name`."""
    words = function.split(":")
    return words[words.index("function") + 1] if "function" in words[:-1] else words[0]
