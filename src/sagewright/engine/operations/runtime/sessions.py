"""Stateful sessions: requests that one instance must answer, for it keeps what was said before (`contract.md` 2.6).

A container that is asked for `NEW_SESSION` names a session in its answer, and closes one in the same way. Which
instance has it is a record, so that any process can go on with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.operations.runtime.errors import refused
from sagewright.engine.parts import Caller, Params, Parts

KIND = "endpoint-session"
NEW = "NEW_SESSION"
HEADER = "X-Amzn-SageMaker-Session-Id"
NEW_HEADER = "x-amzn-sagemaker-new-session-id"
CLOSED_HEADER = "x-amzn-sagemaker-closed-session-id"

_NEW_SESSION = re.compile(r"([a-zA-Z0-9](?:-*[a-zA-Z0-9])*);\sExpires=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_SWEPT = 20  # old sessions looked at when one begins


@dataclass(frozen=True)
class Session:
    """Where a session is."""

    variant: str
    execution_id: str


def find_session(parts: Parts, caller: Caller, params: Params) -> Session | None:
    """Return the session that a request goes on with; None: it names none.

    Raises:
        ApiError: `ValidationError`: there is no such session (any more).
    """
    name = params.get("SessionId")
    if not name or name == NEW:
        return None
    record = parts.state.get(KIND, caller.scope, _key(params["EndpointName"], name))
    if record is None or record.body["expires_at"] <= parts.clock.now():
        raise lost(params["EndpointName"], name)
    return Session(record.body["variant"], record.body["execution_id"])


def keep_session(parts: Parts, caller: Caller, endpoint: str, session: Session, answer: Answer) -> None:
    """Note what a container says of its sessions.

    Args:
        session: Where the answer comes from.
    """
    if closed := answer.headers.get(CLOSED_HEADER):
        parts.state.delete(KIND, caller.scope, _key(endpoint, closed))
    if found := _NEW_SESSION.fullmatch(answer.headers.get(NEW_HEADER, "")):
        _sweep(parts, caller)
        moment = datetime.strptime(found[2], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        body = {**session.__dict__, "expires_at": moment.timestamp()}
        key = _key(endpoint, found[1])
        before = parts.state.get(KIND, caller.scope, key)
        parts.state.put(Record(KIND, caller.scope, key, body), expected_version=before.version if before else 0)


def lost(endpoint: str, name: str) -> Exception:
    """Return the answer to a request of a session that is not there."""
    return refused(
        f"Session {name} of endpoint {endpoint} not found.\nhint: it was closed, has expired, or its "
        'instance was replaced; begin another with `SessionId="NEW_SESSION"`.'
    )


def _sweep(parts: Parts, caller: Caller) -> None:
    """Forget sessions that have expired."""
    now = parts.clock.now()
    for record in parts.state.list(Query(KIND, scope=caller.scope, limit=_SWEPT)).records:
        if record.body["expires_at"] <= now:
            try:
                parts.state.delete(KIND, caller.scope, record.name, expected_version=record.version)
            except VersionConflict:
                continue


def _key(endpoint: str, session: str) -> str:
    return f"{endpoint}/{session}"
