"""What policies may ask about a request (IAM User Guide, "AWS global condition context keys"; S3's and IAM's own keys).

Values that cost a look at a store are looked up when a policy asks for them: most never do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from sagewright.engine import abc
from sagewright.engine.authorisation.asked import Asked
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.parts import Caller, Parts

Values = tuple[str, ...]

_TYPES = {"root": "Account", "user": "User", "role": "AssumedRole"}
_AUTH_TYPES = {"header": "REST-HEADER", "query": "REST-QUERY-STRING", "query-v2": "REST-QUERY-STRING", "form": "POST"}


def request_facts(exchange: Exchange, parts: Parts, principal_arn: str) -> dict[str, Values]:
    """Return the context that is the same for all that a request asks for."""
    caller, request = exchange.caller, exchange.request
    assert caller is not None
    assert caller.principal is not None
    now = parts.clock.now()
    facts: dict[str, str | None] = {
        "aws:currenttime": _iso(now),
        "aws:epochtime": str(int(now)),
        "aws:requestedregion": caller.region,
        "aws:principalarn": principal_arn,
        "aws:principalaccount": caller.account,
        "aws:principaltype": _TYPES[caller.principal.kind],
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
        "aws:userid": caller.user_id,
        "aws:useragent": request.headers.get("user-agent"),
        "aws:referer": request.headers.get("referer"),
    }
    if ":federated-user/" in caller.arn:
        facts["aws:principaltype"] = "FederatedUser"
    elif caller.principal.kind == "user":
        facts["aws:username"] = caller.principal.name
    if request.peer is not None:
        facts["aws:sourceip"] = request.peer.address or None
        facts["aws:securetransport"] = "true" if request.peer.secure else "false"
    facts["aws:sourceidentity"] = caller.principal.source_identity
    facts |= _of_session(exchange.session)
    if request.service == "s3":
        facts |= _of_s3(exchange, now)
    return {key: (value,) for key, value in facts.items() if value}


def _of_session(session: Mapping[str, Any] | None) -> dict[str, str | None]:
    if session is None:
        return {}
    return {"aws:tokenissuetime": _iso(session["issued_at"]), "aws:multifactorauthpresent": "false"}


def _of_s3(exchange: Exchange, now: float) -> dict[str, str | None]:
    claim = exchange.claim
    facts = {"s3:x-amz-content-sha256": exchange.request.headers.get("x-amz-content-sha256")}
    if claim is not None:
        facts["s3:authtype"] = _AUTH_TYPES.get(claim.method)
        facts["s3:signatureversion"] = "AWS" if claim.scope is None else "AWS4-HMAC-SHA256"
        if claim.scope is not None:
            facts["s3:signatureage"] = str(max(0, int((now - claim.signed_at) * 1000)))
    return facts


def _iso(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Context(Mapping[str, Values]):
    """The context of one thing that is asked for: facts, and tags that are looked up when a policy asks for them."""

    def __init__(self, facts: Mapping[str, Values], asked: Asked, parts: Parts, caller: Caller) -> None:
        self._facts, self._asked, self._parts, self._caller = facts, asked, parts, caller

    def __getitem__(self, key: str) -> Values:
        if key in self._asked.context:
            return self._asked.context[key]
        if key in self._facts:
            return self._facts[key]
        family, slash, name = key.partition("/")
        if slash and family in _FAMILIES:
            value = {tag.lower(): value for tag, value in self._tags(family).items()}.get(name)
            if value is not None:
                return (value,)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        yield from self._known

    def __len__(self) -> int:
        return len(self._known)

    @cached_property
    def _known(self) -> dict[str, Values]:
        found = {**self._facts, **self._asked.context}
        for family in _FAMILIES:
            found |= {f"{family}/{tag.lower()}": (value,) for tag, value in self._tags(family).items()}
        return found

    def _tags(self, family: str) -> Mapping[str, str]:
        return _FAMILIES[family](self._parts, self._caller, self._asked)


def _principal_tags(parts: Parts, caller: Caller, asked: Asked) -> Mapping[str, str]:
    principal = caller.principal
    if principal is None or principal.kind == "root":
        return {}
    record = parts.state.get(f"iam-{principal.kind}", caller.account, principal.name)
    return {**tags_of(record), **principal.tags}


def _resource_tags(parts: Parts, caller: Caller, asked: Asked) -> Mapping[str, str]:
    """Return the tags of a user, a role, a bucket or one of SageMaker's resources."""
    pieces = asked.resource.split(":", 5)
    if len(pieces) != 6:
        return {}
    service, account, resource = pieces[2], pieces[4], pieces[5]
    if service == "iam":
        kind, _, rest = resource.partition("/")
        return tags_of(parts.state.get(f"iam-{kind}", account, rest.rpartition("/")[2]))
    if service == "s3":
        try:
            return parts.objects.head_bucket(resource.partition("/")[0]).tags
        except abc.NoSuchBucket:
            return {}
    return tags_of(parts.state.get("tags", caller.scope, asked.resource.lower()))


def _object_tags(parts: Parts, caller: Caller, asked: Asked) -> Mapping[str, str]:
    bucket, _, key = asked.resource.partition(":::")[2].partition("/")
    try:
        return parts.objects.head(bucket, key).tags
    except (abc.NoSuchBucket, abc.NoSuchObject):
        return {}


def tags_of(record: abc.Record | None) -> Mapping[str, str]:
    """Return the tags in a record, which keep them as a list or as an object."""
    tags: Any = (record.body.get("tags") if record is not None else None) or {}
    return tags if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}


_FAMILIES: Mapping[str, Callable[[Parts, Caller, Asked], Mapping[str, str]]] = {
    "aws:principaltag": _principal_tags,
    "aws:resourcetag": _resource_tags,
    "iam:resourcetag": _resource_tags,
    "sagemaker:resourcetag": _resource_tags,
    "s3:existingobjecttag": _object_tags,
}
