"""Users, groups, roles, policies and instance profiles as records.

Everything that belongs to an entity is in its record: its inline policies, which managed policies are attached to it, a
user's groups. So each operation is one write, and half a change never is.

Attachments and memberships name what they mean by its unique id as well: a policy that is deleted and made anew under
its old name is another policy, and nobody has it because he had the old one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.identities import EXECUTION_ROLE

Body = dict[str, Any]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TRIES = 100


@dataclass(frozen=True)
class Kind:
    """A kind of entity.

    Attributes:
        record: The kind of its records.
        noun: What AWS's messages call it, with a capital.
        member: The parameter that names one.
        prefix: How its unique ids begin.
        family: What stands before the path in its ARN.
    """

    record: str
    noun: str
    member: str
    prefix: str
    family: str

    def missing(self, name: str) -> ApiError:
        """Return AWS's answer where there is none of the name."""
        return ApiError("NoSuchEntity", f"The {self.noun.lower()} with name {name} cannot be found.", 404)

    def taken(self, name: str) -> ApiError:
        """Return AWS's answer where there is one."""
        return ApiError("EntityAlreadyExists", f"{self.noun} with name {name} already exists.", 409)


class PolicyKind(Kind):
    def taken(self, name: str) -> ApiError:
        message = f"A policy called {name} already exists. Duplicate names are not allowed."
        return ApiError("EntityAlreadyExists", message, 409)


class ProfileKind(Kind):
    def missing(self, name: str) -> ApiError:
        return ApiError("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404)

    def taken(self, name: str) -> ApiError:
        return ApiError("EntityAlreadyExists", f"Instance Profile {name} already exists.", 409)


USER = Kind("iam-user", "User", "UserName", "AIDA", "user")
GROUP = Kind("iam-group", "Group", "GroupName", "AGPA", "group")
ROLE = Kind("iam-role", "Role", "RoleName", "AROA", "role")
POLICY = PolicyKind("iam-policy", "Policy", "PolicyName", "ANPA", "policy")
PROFILE = ProfileKind("iam-instance-profile", "Instance Profile", "InstanceProfileName", "AIPA", "instance-profile")

PRINCIPALS = (USER, GROUP, ROLE)


def find(parts: Parts, account: str, kind: Kind, name: str) -> Record:
    """Return an entity.

    Raises:
        ApiError: `NoSuchEntity`.
    """
    record = find_or_none(parts, account, kind, name)
    if record is None:
        raise kind.missing(name)
    return record


def find_or_none(parts: Parts, account: str, kind: Kind, name: str) -> Record | None:
    """Return an entity, if there is one of the name."""
    record = parts.state.get(kind.record, account, name)
    if record is None:
        return _built_in(account, kind, name)
    if _MOVING in record.body:
        _move(parts, kind, record)
        return parts.state.get(kind.record, account, name)
    return record


def all_of(parts: Parts, account: str, kind: Kind) -> Sequence[Record]:
    """Return the account's entities of a kind in order of name."""
    found: dict[str, Record] = {name: record for name in _BUILT_IN if (record := _built_in(account, kind, name))}
    after = None
    while True:
        page = parts.state.list(Query(kind.record, account, sort_by="name", limit=1000, after=after))
        for record in page.records:
            moved = _move(parts, kind, record) if _MOVING in record.body else record
            found[moved.name] = moved
        after = page.next_token
        if after is None:
            return [found[name] for name in sorted(found)]


def create(parts: Parts, account: str, kind: Kind, name: str, body: Body) -> Record:
    """Record a new entity. Its name must differ from others' by more than the case of letters.

    Raises:
        ApiError: `EntityAlreadyExists`.
    """
    if _namesakes(parts, account, kind, name):
        raise kind.taken(name)
    try:
        record = parts.state.put(Record(kind.record, account, name, body), expected_version=0)
    except VersionConflict:
        raise kind.taken(name) from None
    if _namesakes(parts, account, kind, name):  # somebody came at the same time; whoever sees the other gives way
        parts.state.delete(kind.record, account, name, expected_version=record.version)
        raise kind.taken(name)
    return record


def change(parts: Parts, account: str, kind: Kind, name: str, edit: Callable[[Body], None]) -> Record:
    """Edit an entity's body, whatever others do to it meanwhile.

    Args:
        edit: Changes the body it is given, or raises; called again where somebody else was faster.

    Raises:
        ApiError: `NoSuchEntity`, or what `edit` raises.
    """
    for _ in range(_TRIES):
        record = find(parts, account, kind, name)
        body = dict(record.body)
        edit(body)
        if body == record.body and record.version:
            return record
        try:
            return parts.state.put(
                Record(kind.record, account, name, body, created_at=record.created_at), expected_version=record.version
            )
        except VersionConflict:
            continue
    raise ApiError("ConcurrentModification", f"{kind.noun} {name} is being changed by others.", 409)


def remove(parts: Parts, account: str, kind: Kind, name: str, check: Callable[[Record], None]) -> Record:
    """Forget an entity, in the state in which `check` did not raise.

    Raises:
        ApiError: `NoSuchEntity`, or what `check` raises.
    """
    for _ in range(_TRIES):
        record = find(parts, account, kind, name)
        check(record)
        try:
            parts.state.delete(kind.record, account, name, expected_version=record.version)
        except VersionConflict:
            continue
        return record
    raise ApiError("ConcurrentModification", f"{kind.noun} {name} is being changed by others.", 409)


def rename(parts: Parts, account: str, kind: Kind, name: str, new_name: str) -> Record:
    """Give an entity another name. One write decides it; what follows is done by whoever comes next, if need be.

    Raises:
        ApiError: `NoSuchEntity`, `EntityAlreadyExists`.
    """
    others = [*_namesakes(parts, account, kind, new_name), parts.state.get(kind.record, account, new_name)]
    if any(other is not None and other.name != name for other in others):
        raise kind.taken(new_name)
    if new_name == name:
        return find(parts, account, kind, name)
    record = change(parts, account, kind, name, lambda body: body.update({_MOVING: new_name}))
    return _move(parts, kind, record)


def new_id(kind_prefix: str, length: int = 17) -> str:
    """Return a fresh unique id, as IAM forms them: `AIDA` and 17 letters and digits."""
    return kind_prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def arn_of(partition: str, record: Record, kind: Kind) -> str:
    """Return an entity's ARN."""
    return f"arn:{partition}:iam::{record.scope}:{kind.family}{record.body['path']}{record.name}"


_MOVING = "moving_to"


def _move(parts: Parts, kind: Kind, record: Record) -> Record:
    """Carry a rename out that has been decided; done twice, it is done once."""
    body = dict(record.body)
    new_name = str(body.pop(_MOVING))
    moved = Record(kind.record, record.scope, new_name, body, created_at=record.created_at)
    try:
        moved = parts.state.put(moved, expected_version=0)
    except VersionConflict:
        moved = find(parts, record.scope, kind, new_name)
    follow = {USER: _move_keys, GROUP: _move_members}.get(kind)
    if follow is not None:
        follow(parts, record, new_name)
    parts.state.delete(kind.record, record.scope, record.name)
    return moved


def _move_keys(parts: Parts, user: Record, new_name: str) -> None:
    for key in parts.state.list(Query("iam-access-key", "", limit=100_000)).records:
        if key.body["account"] == user.scope and key.body.get("user") == user.name:
            _rewrite(parts, key, {**key.body, "user": new_name})


def _move_members(parts: Parts, group: Record, new_name: str) -> None:
    for user in all_of(parts, group.scope, USER):
        memberships = user.body.get("groups") or {}
        if memberships.get(group.name) == group.body["id"]:
            others = {name: identifier for name, identifier in memberships.items() if name != group.name}
            _rewrite(parts, user, {**user.body, "groups": {**others, new_name: group.body["id"]}})


def _rewrite(parts: Parts, record: Record, body: Mapping[str, Any]) -> None:
    for _ in range(_TRIES):
        try:
            parts.state.put(
                Record(record.kind, record.scope, record.name, body, created_at=record.created_at),
                expected_version=record.version,
            )
        except VersionConflict:
            fresh = parts.state.get(record.kind, record.scope, record.name)
            if fresh is None:
                return
            record = fresh
            body = {**fresh.body, **{name: body[name] for name in ("user", "groups") if name in body}}
            continue
        return


def _namesakes(parts: Parts, account: str, kind: Kind, name: str) -> Sequence[Record]:
    """Return the others whose names differ in the case of letters only; the name itself as well, if it is built in."""
    wanted = name.lower()
    return [
        record
        for record in all_of(parts, account, kind)
        if record.name.lower() == wanted and (record.name != name or not record.version)
    ]


# --------------------------------------------------------------------------------------------------------------------
# What every account has

SAGEMAKER_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
_BUILT_IN: Mapping[str, tuple[Kind, Body]] = {
    EXECUTION_ROLE: (
        ROLE,
        {
            "path": "/",
            "id": "AROASAGEWRIGHTROLE00",
            "trust": SAGEMAKER_TRUST,
            "description": "The role of the engine's own identity, which scripts find as their execution role.",
            "max_session_s": 43200,
            "tags": [],
            "attached": {
                "arn:aws:iam::aws:policy/AmazonS3FullAccess": "",
                "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess": "",
            },
        },
    )
}


def _built_in(account: str, kind: Kind, name: str) -> Record | None:
    """Return an entity that exists from the beginning, unless a record has taken its place."""
    found = _BUILT_IN.get(name)
    return Record(kind.record, account, name, found[1]) if found and found[0] is kind else None
