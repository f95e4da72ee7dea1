"""Browsers' uploads by form."""

from __future__ import annotations

from dataclasses import replace

from sagewright.engine.gateway.authentication.forms import authenticate_form
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.forms.answers import Uploaded, answered
from sagewright.engine.gateway.forms.policies import check_fields, read_policy, sized
from sagewright.engine.gateway.forms.putting import as_put, key_of
from sagewright.engine.gateway.forms.reading import Form, read_form
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse

POST_OBJECT = "PostObject"


def read_upload(exchange: Exchange) -> None:
    """Turn an upload by form into the `PutObject` that it stands for; its credentials stand in the form.

    Raises:
        ApiError: The form, its signature or its policy does not hold.
    """
    request = exchange.request
    if request.service != "s3" or request.operation != POST_OBJECT:
        return
    request.operation = "PutObject"
    form = read_form(request.body, request.headers.get("content-type") or "")
    bucket = bucket_and_key(request.host, request.path)[0]
    if request.peer is not None:
        authenticate_form(exchange, form.fields)
    key = key_of(form)
    form = _checked(exchange, replace(form, fields={**form.fields, "key": key}), bucket)
    exchange.upload = Uploaded(bucket, key, _base(request, bucket), form.fields)
    exchange.request = as_put(request, form, bucket, key)


def answer_upload(exchange: Exchange, response: HttpResponse) -> HttpResponse:
    """Answer a form as it wants to be answered; other requests' answers are left alone."""
    return response if exchange.upload is None else answered(response, exchange.upload)


def _checked(exchange: Exchange, form: Form, bucket: str) -> Form:
    """Return the form with its file under the policy's bounds; the user's own process needs no policy."""
    if "policy" not in form.fields:
        return form
    policy = read_policy(form.fields["policy"])
    check_fields(policy, form.fields, bucket, exchange.parts.clock.now())
    return replace(form, file=sized(policy, form.file))


def _base(request: HttpRequest, bucket: str) -> str:
    scheme = "https" if request.peer and request.peer.secure else "http"
    in_path = bucket_and_key(request.host, "/")[0] != bucket
    return f"{scheme}://{request.host}{'/' + bucket if in_path else ''}"
