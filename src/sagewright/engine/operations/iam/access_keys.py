"""Access keys of users and of the account's root (IAM API Reference).

A key is found by its id alone, whoever's it is: that is all that a signed request tells. Secrets are kept as they are,
since signatures are checked with them; the home's files are their owner's alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.iam.entities import USER, find, find_or_none, new_id
from sagewright.engine.operations.iam.pages import page_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

KIND = "iam-access-key"
_ROOT_KIND = "iam-root-key"  # scope: the account -> which key is the first of its root

_MAX_KEYS = 2
_SECRET_BYTES = 30  # 40 characters of base64


def create_access_key(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a key; its secret is told this once."""
    name = _user_name(caller, params)
    user_id = find(parts, caller.account, USER, name).body["id"] if name is not None else None
    if len(keys_of(parts, caller.account, name)) >= _MAX_KEYS:
        raise _too_many()
    record = parts.state.put(_new_key(parts, caller.account, name), expected_version=0)
    _check_still_fits(parts, record, user_id)
    return {"AccessKey": {**_described(record), "SecretAccessKey": record.body["secret"]}}


def list_access_keys(parts: Parts, caller: Caller, params: Params) -> Result:
    """List a user's keys, without their secrets."""
    name = _user_name(caller, params)
    if name is not None:
        find(parts, caller.account, USER, name)
    page, more = page_of(params, keys_of(parts, caller.account, name), lambda key: key.name)
    return {"AccessKeyMetadata": [_described(key) for key in page], **more}


def update_access_key(parts: Parts, caller: Caller, params: Params) -> Result:
    """Switch a key off or on."""
    while True:
        key = _key(parts, caller, params)
        body = {**key.body, "status": params["Status"]}
        try:
            parts.state.put(Record(KIND, "", key.name, body), expected_version=key.version)
        except VersionConflict:
            continue
        return {}


def delete_access_key(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a key."""
    key = _key(parts, caller, params)
    first = parts.state.get(_ROOT_KIND, caller.account, "first")
    if first is not None and first.body["key_id"] == key.name:
        parts.state.delete(_ROOT_KIND, caller.account, "first")  # before the key, lest it came back
    parts.state.delete(KIND, "", key.name)
    parts.state.delete(_USE_KIND, "", key.name)
    return {}


def get_access_key_last_used(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell when a key was last used, to the nearest hour."""
    key = parts.state.get(KIND, "", params["AccessKeyId"])
    if key is None or key.body["account"] != caller.account:
        raise _missing(params["AccessKeyId"])
    use = parts.state.get(_USE_KIND, "", key.name)
    known: Mapping[str, Any] = use.body if use else {"region": "N/A", "service": "N/A"}
    return {
        "UserName": key.body["user"],
        "AccessKeyLastUsed": {
            "LastUsedDate": known.get("at"),
            "ServiceName": known["service"],
            "Region": known["region"],
        },
    }


def root_key(parts: Parts, account: str) -> tuple[str, str]:
    """Return the id and the secret of the account's first key, which is its root's, making it the first time."""
    first = parts.state.get(_ROOT_KIND, account, "first")
    if first is None:
        made = _new_key(parts, account, None)
        try:
            body = {"key_id": made.name, "key": made.body}
            first = parts.state.put(Record(_ROOT_KIND, account, "first", body), expected_version=0)
        except VersionConflict:
            return root_key(parts, account)
    key = Record(KIND, "", first.body["key_id"], first.body["key"])
    if parts.state.get(KIND, "", key.name) is None:
        try:
            parts.state.put(key, expected_version=0)
        except VersionConflict:
            return root_key(parts, account)
    return key.name, key.body["secret"]


_USE_KIND = "iam-access-key-use"
_USE_STEP_S = 3600.0


def note_use(parts: Parts, key_id: str, region: str, service: str) -> None:
    """Remember that a key has been used; within the hour once, since most requests shall cost no write."""
    now = parts.clock.now()
    use = parts.state.get(_USE_KIND, "", key_id)
    if use is not None and now - use.body["at"] < _USE_STEP_S:
        return
    record = Record(_USE_KIND, "", key_id, {"at": now, "region": region, "service": service})
    try:
        parts.state.put(record, expected_version=use.version if use else 0)
    except VersionConflict:
        return  # another request has noted it


def keys_of(parts: Parts, account: str, name: str | None) -> list[Record]:
    """Return the keys of a user, or of the root (None), in order of id."""
    found: list[Record] = []
    after = None
    while True:
        page = parts.state.list(Query(KIND, "", sort_by="name", limit=1000, after=after))
        found += [key for key in page.records if key.body["account"] == account and key.body["user"] == name]
        after = page.next_token
        if after is None:
            return found


def _new_key(parts: Parts, account: str, name: str | None) -> Record:
    body = {
        "account": account,
        "user": name,
        "secret": secrets.token_urlsafe(_SECRET_BYTES).replace("-", "+").replace("_", "/"),
        "status": "Active",
        "created_at": parts.clock.now(),
    }
    return Record(KIND, "", new_id("AKIA", 16), body)


def _check_still_fits(parts: Parts, record: Record, user_id: str | None) -> None:
    """Take a key back whose user has gone meanwhile, or who has got others."""
    account, name = record.body["account"], record.body["user"]
    user = find_or_none(parts, account, USER, name) if name is not None else None
    is_gone = user_id is not None and (user is None or user.body["id"] != user_id)
    if is_gone or len(keys_of(parts, account, name)) > _MAX_KEYS:
        parts.state.delete(KIND, "", record.name)
        raise USER.missing(name) if is_gone else _too_many()


def _key(parts: Parts, caller: Caller, params: Params) -> Record:
    key = parts.state.get(KIND, "", params["AccessKeyId"])
    name = params.get("UserName") or (_user_name(caller, params) if caller.principal else None)
    if name is not None:
        find(parts, caller.account, USER, name)
    is_anybody_s = name is None and caller.principal is None
    if key is None or key.body["account"] != caller.account or (key.body["user"] != name and not is_anybody_s):
        raise _missing(params["AccessKeyId"])
    return key


def _user_name(caller: Caller, params: Params) -> str | None:
    """Return the user meant, None for the root."""
    if params.get("UserName"):
        return str(params["UserName"])
    if caller.principal is not None and caller.principal.kind in ("root", "user"):
        return caller.principal.name or None
    raise ApiError("ValidationError", "Must specify userName when calling with non-User credentials")


def _described(key: Record) -> dict[str, Any]:
    return {
        "UserName": key.body["user"],
        "AccessKeyId": key.name,
        "Status": key.body["status"],
        "CreateDate": key.body["created_at"],
    }


def _missing(key_id: str) -> ApiError:
    return ApiError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", 404)


def _too_many() -> ApiError:
    return ApiError("LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {_MAX_KEYS}", 409)
