"""The rest of AWS, through moto: SNS, SQS, DynamoDB, SES and so on, for hybrid scripts.

moto keeps its state in memory. Here it belongs to the home: a request is answered under the home's lock, on the state
as the last process has left it, and what it changes is stored before the response is sent (`snapshots.py`).
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from sagewright import settings
from sagewright.engine.gateway import models
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.engine.parts import Caller
from sagewright.vocabulary.errors import ApiError

log = logging.getLogger(__name__)

POLL_S = 0.1  # of a queue that a client waits on
_one_at_a_time = threading.RLock()

# What moto would do with containers or a network.
_REFUSED = {
    ("batch", "SubmitJob"): "moto runs batch jobs in docker",
    ("lambda", "Invoke"): "moto runs functions in docker",
    ("lambda", "InvokeAsync"): "moto runs functions in docker",
}


def answer(service: str, request: HttpRequest, home: Path, caller: Caller) -> HttpResponse:
    """Answer a request to a service that is not ours.

    Raises:
        ApiError: moto is not installed, does not know the operation, or would leave the machine for it.
    """
    reason = _REFUSED.get((service, request.operation))
    if reason:
        raise ApiError("NotImplemented", f"`{service}:{request.operation}` is not built: {reason}.", 501)
    if caller.account != settings.ACCOUNT.default:
        os.environ["MOTO_ACCOUNT_ID"] = caller.account  # read when moto is first imported
    body = request.body.read()
    _check_delivery(service, request.operation, body)
    if (service, request.operation) == ("sqs", "ReceiveMessage"):
        return _receive(service, request, body, home, caller)
    return _ask(service, request, body, home, caller)


def _ask(service: str, request: HttpRequest, body: bytes, home: Path, caller: Caller) -> HttpResponse:
    try:
        from sagewright.engine.gateway.hybrid.snapshots import shared_state
    except ImportError as error:
        raise ApiError(
            "UnknownOperationException",
            f"`{service}:{request.operation}` needs the library moto ({error}).\n"
            "hint: pip install 'sagewright[hybrid]'",
        ) from None
    with _one_at_a_time, _closed_network(), shared_state(home, service):
        return _call_moto(service, request, body, caller)


@contextmanager
def exclusive(home: Path, service: str) -> Iterator[None]:
    """Work on moto's state of a service as a request does; what the block changes is stored.

    Raises:
        ImportError: moto is not installed.
    """
    from sagewright.engine.gateway.hybrid.snapshots import shared_state

    with _one_at_a_time, _closed_network(), shared_state(home, service):
        yield


def _call_moto(service: str, request: HttpRequest, body: bytes, caller: Caller) -> HttpResponse:
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict
    from moto.core.botocore_stubber import BotocoreStubber

    url = f"https://{_host(service, request, caller)}{request.path}{'?' + request.query if request.query else ''}"
    prepared = AWSPreparedRequest(request.method, url, HeadersDict(request.headers), body, False)  # type: ignore[arg-type]
    try:
        found = BotocoreStubber().process_request(prepared)
    except NotImplementedError:
        raise _unknown(service, request.operation) from None
    if found is None or (found[0] == 404 and found[2] == "Not yet implemented"):
        raise _unknown(service, request.operation)
    status, headers, text = found
    content = text.encode() if isinstance(text, str) else bytes(text)
    return HttpResponse(int(status), Headers({str(k): str(v) for k, v in headers.items()}), content)


def _host(service: str, request: HttpRequest, caller: Caller) -> str:
    """Return the request's host, or the service's own where an endpoint of the user's stands in its place."""
    if request.host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return request.host
    return f"{models.service_model(service).endpoint_prefix}.{caller.region}.amazonaws.com"


def _unknown(service: str, operation: str) -> ApiError:
    return ApiError(
        "UnknownOperationException",
        f"`{service}:{operation}` is not built into moto, which answers for {service}.",
        400,
    )


def _receive(service: str, request: HttpRequest, body: bytes, home: Path, caller: Caller) -> HttpResponse:
    """Receive messages; a client that waits for some does so outside of the lock, or none could be sent meanwhile."""
    try:
        document = json.loads(body)
        wait_s = float(document.get("WaitTimeSeconds", 0))
    except (ValueError, AttributeError):  # the query protocol of older clients
        return _ask(service, request, body, home, caller)
    deadline = time.monotonic() + min(wait_s, 20.0)
    request_body = json.dumps({**document, "WaitTimeSeconds": 0}).encode()
    while True:
        response = _ask(service, request, request_body, home, caller)
        assert isinstance(response.body, bytes)
        if response.status != 200 or b'"Messages"' in response.body or time.monotonic() >= deadline:
            return response
        time.sleep(POLL_S)


def _check_delivery(service: str, operation: str, body: bytes) -> None:
    """Refuse subscriptions that moto would deliver over the network."""
    if (service, operation) != ("sns", "Subscribe"):
        return
    protocol = parse_qs(body.decode(errors="replace")).get("Protocol", [""])[0]
    if protocol in ("http", "https"):
        raise ApiError(
            "InvalidParameter",
            f"Invalid parameter: Protocol `{protocol}`: on the target `local` nothing leaves the machine.\n"
            "hint: subscribe a queue of SQS.",
        )


@contextmanager
def _closed_network() -> Iterator[None]:
    """Let nothing in the block send over the network with `requests`, which moto delivers with."""
    import requests.adapters

    send = requests.adapters.HTTPAdapter.send

    def refuse(self: Any, request: Any, *_: Any, **__: Any) -> Any:
        raise requests.exceptions.ConnectionError(f"{request.url}: nothing leaves the machine on the target `local`")

    requests.adapters.HTTPAdapter.send = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign]
