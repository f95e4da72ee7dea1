"""Whose keys are whose: long-term keys of roots and users, and the temporary ones of sessions.

A key is looked up for every request (some 20 microseconds), so that one that has been deactivated or deleted stops
working at once.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagewright.engine.parts import Parts, Principal
from sagewright.engine.policies import document_of
from sagewright.vocabulary.arns import partition_of

ACCESS_KEY, SESSION, USER = "iam-access-key", "sts-session", "iam-user"


class UnknownKey(Exception):
    """There is no such key, or it is not in use."""


class BadToken(Exception):
    """The session's token is missing where there must be one, present where there must be none, or another."""


class ExpiredToken(Exception):
    """The session is over."""


@dataclass(frozen=True, repr=False)
class Holder:
    """Who holds a key.

    Attributes:
        session: What is recorded of the session (`operations/sts/sessions.py`); None: the key is a long-term one.
    """

    key_id: str
    secret: str
    account: str
    arn: str
    user_id: str
    principal: Principal
    session: Mapping[str, Any] | None = None


def holder_of(parts: Parts, key_id: str, token: str | None, region: str) -> Holder:
    """Return who holds a key.

    Args:
        token: The session's, as it came with the request.
        region: Where the request goes; its partition stands in the ARNs of users.

    Raises:
        UnknownKey, BadToken, ExpiredToken: Nobody does, now and with this token.
    """
    record = parts.state.get(ACCESS_KEY, "", key_id)
    if record is not None:
        if record.body["status"] != "Active":
            raise UnknownKey(key_id)
        if token:
            raise BadToken(key_id)
        return _of_long_term_key(parts, key_id, record.body, region)
    record = parts.state.get(SESSION, "", key_id)
    if record is None or not token:
        raise UnknownKey(key_id)
    if not hmac.compare_digest(token.encode("utf-8", "surrogateescape"), record.body["token"].encode()):
        raise BadToken(key_id)
    if record.body["expires_at"] <= parts.clock.now():
        raise ExpiredToken(key_id)
    return _of_session(key_id, record.body)


def _of_long_term_key(parts: Parts, key_id: str, body: Mapping[str, Any], region: str) -> Holder:
    account, name = body["account"], body.get("user")
    stem = f"arn:{partition_of(region)}:iam::{account}:"
    if name is None:
        return Holder(key_id, body["secret"], account, f"{stem}root", account, Principal("root"))
    user = parts.state.get(USER, account, name)
    if user is None:
        raise UnknownKey(key_id)
    arn = f"{stem}user{user.body['path']}{user.name}"
    return Holder(key_id, body["secret"], account, arn, user.body["id"], Principal("user", user.name))


def _of_session(key_id: str, body: Mapping[str, Any]) -> Holder:
    principal = body["principal"]
    return Holder(
        key_id,
        body["secret"],
        body["account"],
        body["arn"],
        body["user_id"],
        Principal(
            principal["kind"],
            principal["name"],
            tuple(document_of(text) for text in principal.get("session_policies", ())),
            principal.get("tags", {}),
            principal.get("inherited_tags", {}),
            principal.get("source_identity"),
        ),
        body,
    )
