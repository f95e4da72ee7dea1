"""A signed request: the holder of its key, checked against all that the signature says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

from sagewright import settings
from sagewright.engine.gateway import models
from sagewright.engine.gateway.authentication import dialects
from sagewright.engine.gateway.authentication.holders import BadToken, ExpiredToken, Holder, UnknownKey, holder_of
from sagewright.engine.gateway.authentication.payloads import bind_body, payload_of, read_whole
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.identify import DEFAULT_REGION, Inherited
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.operations.iam.access_keys import note_use
from sagewright.engine.parts import Caller
from sagewright.engine.signatures import faults, v2, v4
from sagewright.engine.signatures.claims import Claim, claim_of

FORM = "application/x-www-form-urlencoded"


def verified_caller(exchange: Exchange) -> Caller:
    """Return who has signed a request, its body included; sets the exchange's `claim` and `session`.

    Raises:
        ApiError: Nobody has, in the words of the service.
    """
    dialect, key_id = dialects.dialect_of(exchange), ""
    try:
        form = _form(exchange)
        claim = claim_of(exchange.request.headers, exchange.request.query, form)
        key_id = claim.key_id
        _check_scope(exchange, claim)
        holder = held_by(exchange, claim, dialect)
        _check_time(exchange, claim)
        _check_signature(exchange, claim, holder, form)
    except faults.BadSignature as fault:
        raise dialects.refused(dialect, fault, exchange, key_id) from None
    exchange.claim, exchange.session = claim, holder.session
    if holder.session is None:
        _note_use(exchange, claim)
    return caller_of(exchange, holder, claim)


_noted: dict[tuple[Path, str], float] = {}  # when the use of a key was noted by this process
_NOTE_EVERY_S = 600.0


def _note_use(exchange: Exchange, claim: Claim) -> None:
    """Remember that a key has been used, without asking for every request when that was noted last."""
    parts = exchange.parts
    now, key = parts.clock.now(), (exchange.home, claim.key_id)
    if now - _noted.get(key, 0.0) >= _NOTE_EVERY_S:
        note_use(parts, claim.key_id, _region(claim), _signing_name(exchange.request.service))
        _noted[key] = now


def recall(exchange: Exchange) -> None:
    """Give a caller in the user's own process the name that belongs to its keys, if they were made here.

    A script that assumes a role shall find that it has; nothing is verified, and everything stays allowed.
    """
    request, caller = exchange.request, exchange.caller
    assert caller is not None
    try:
        claim = claim_of(request.headers, request.query)
        holder = holder_of(exchange.parts, claim.key_id, claim.token, caller.region)
    except (faults.BadSignature, UnknownKey, BadToken, ExpiredToken):
        return
    exchange.caller = replace(caller, account=holder.account, arn=holder.arn, user_id=holder.user_id)


def held_by(exchange: Exchange, claim: Claim, dialect: str = dialects.S3) -> Holder:
    """Return who holds the key that a request says it was signed with.

    Raises:
        ApiError: Nobody does.
    """
    try:
        return holder_of(exchange.parts, claim.key_id, claim.token, _region(claim))
    except UnknownKey:
        raise dialects.unknown_key(dialect, claim.key_id) from None
    except BadToken:
        raise dialects.bad_token(dialect, claim.token) from None
    except ExpiredToken:
        raise dialects.expired_token(dialect) from None


def caller_of(exchange: Exchange, holder: Holder, claim: Claim) -> Caller:
    """Return the caller that an operation sees."""
    return Caller(
        account=holder.account,
        region=_region(claim),
        arn=holder.arn,
        user_id=holder.user_id,
        environment=Inherited(),
        executor=settings.EXECUTOR.read(),
        principal=holder.principal,
    )


def _region(claim: Claim) -> str:
    return claim.scope.region if claim.scope is not None else DEFAULT_REGION


def _form(exchange: Exchange) -> Mapping[str, str] | None:
    """Return the fields of a query protocol's body, where version 2 may have signed them."""
    request = exchange.request
    content_type = request.headers.get("content-type") or ""
    if request.service == "s3" or "authorization" in request.headers or not content_type.startswith(FORM):
        return None
    return dict(parse_qsl(read_whole(request).decode("utf-8", "replace"), keep_blank_values=True))


def _check_scope(exchange: Exchange, claim: Claim) -> None:
    if claim.scope is None:
        is_s3 = exchange.request.service == "s3"
        if is_s3 != (claim.method == "query-v2"):
            raise faults.Incomplete("Signature version 2 is for the query protocol and S3's presigned URLs.")
        return
    v4.check_scope(claim, (), (_signing_name(exchange.request.service),))


def _signing_name(service: str) -> str:
    model = models.service_model(service)
    return str(model.signing_name)


def _check_time(exchange: Exchange, claim: Claim) -> None:
    now = exchange.parts.clock.now()
    if claim.method == "query-v2":
        v2.check_url_time(claim, now)
    elif claim.method == "form-v2":
        v2.check_form_time(claim, now)
    else:
        v4.check_time(claim, now)


def _check_signature(exchange: Exchange, claim: Claim, holder: Holder, form: Mapping[str, str] | None) -> None:
    request = exchange.request
    if claim.method == "query-v2":
        bucket = bucket_and_key(request.host, "/")[0]  # that of the host
        arguments = {"method": request.method, "path": request.path, "query": request.query, "bucket": bucket}
        v2.verify_url(claim, holder.secret, headers=request.headers, **arguments)
        return
    if claim.method == "form-v2":
        fields = _only_form(exchange, form)
        v2.verify_form(claim, holder.secret, method=request.method, host=request.host, path=request.path, fields=fields)
        return
    payload = payload_of(exchange, claim)
    v4.verify(
        claim,
        holder.secret,
        method=request.method,
        path=request.path,
        query=request.query,
        host=request.host,
        headers=request.headers,
        payload=payload,
        is_s3=request.service == "s3",
    )
    bind_body(request, claim, holder.secret, payload)


def _only_form(exchange: Exchange, form: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the fields that version 2 signs: the query string's or the body's; the other must be empty."""
    in_query = dict(parse_qsl(exchange.request.query, keep_blank_values=True))
    in_body = {} if form is None else form
    if in_query and (in_body or read_whole(exchange.request)):
        raise faults.Ambiguous("Only one auth mechanism allowed")
    return in_query or in_body
