"""Credentials for the jobs of this engine, as a container of AWS gets them.

`GET /_sagewright/credentials/<execution>/<host>` with the host's pass as `Authorization` answers keys of the job's role
for an hour. botocore asks again before they end. The pass is gone when the host's program is.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

from sagewright.engine.acting import SESSION, shown
from sagewright.engine.engine import engine_of
from sagewright.engine.operations.sts.sessions import open_service_session
from sagewright.engine.planning.document import Role

LIFE_S = 3600


def answer(home: Path, path: str, token: str) -> tuple[int, str]:
    """Return status and JSON of the answer to a request for credentials."""
    role = shown(home, path, token)
    if role is None:
        return 401, _refusal("InvalidToken", "There is no host of a running job with this pass.")
    keys = open_service_session(
        engine_of(home).parts,
        role=role.arn,
        account=role.account,
        region=role.region,
        session=SESSION,
        duration_s=LIFE_S,
    )
    if keys is None:
        return 403, _refusal("AccessDenied", f"The role {role.arn} does not exist any more.")
    return 200, _document(role, keys)


def _document(role: Role, keys: dict[str, object]) -> str:
    expiration = datetime.fromtimestamp(int(str(keys["Expiration"])), timezone.utc)
    return json.dumps(
        {
            "RoleArn": role.arn,
            "AccessKeyId": keys["AccessKeyId"],
            "SecretAccessKey": keys["SecretAccessKey"],
            "Token": keys["SessionToken"],
            "Expiration": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _refusal(code: str, message: str) -> str:
    return json.dumps({"code": code, "message": message})
