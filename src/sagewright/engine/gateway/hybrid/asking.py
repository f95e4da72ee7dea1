"""A request, put to moto."""

from __future__ import annotations

import re
from http import HTTPStatus

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from moto.core.botocore_stubber import BotocoreStubber

from sagewright.engine.gateway import models
from sagewright.engine.gateway.hybrid import network, sending
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.engine.parts import Caller

_ACCOUNT = "x-moto-account-id"  # by which moto knows whose request it is
_QUEUE_URL = re.compile(rb"https?://[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?/(\d{12}/)")
_GIVES_URLS = ("CreateQueue", "GetQueueUrl", "ListQueues", "ListDeadLetterSourceQueues")
_AMAZON = (".amazonaws.com", ".amazonaws.com.cn")


def ask(service: str, request: HttpRequest, body: bytes, caller: Caller) -> HttpResponse | None:
    """Return moto's answer; None: it does not know the operation."""
    scheme = "http" if request.peer is not None and not request.peer.secure else "https"  # addresses of queues begin so
    url = f"{scheme}://{_host(service, request, caller)}{request.path}{'?' + request.query if request.query else ''}"
    headers = HeadersDict({**request.headers, _ACCOUNT: caller.account})
    prepared = AWSPreparedRequest(request.method, url, headers, body, False)  # type: ignore[arg-type]
    try:
        with network.closed():
            found = BotocoreStubber().process_request(prepared)
    except NotImplementedError:
        return None
    if found is None or (found[0] == 404 and found[2] == "Not yet implemented"):
        return None
    status, answered, text = found
    content = text.encode() if isinstance(text, str) else bytes(text)
    if service == "sqs" and request.operation in _GIVES_URLS and request.peer is not None:
        content = _with_own_urls(content, request)
    if int(status) < HTTPStatus.BAD_REQUEST and sending.is_mail(service, request.operation):
        sending.note(service, request, body, caller)
    return HttpResponse(int(status), Headers({str(k): str(v) for k, v in answered.items()}), content)


def _host(service: str, request: HttpRequest, caller: Caller) -> str:
    """Return the request's host, or the service's own where an endpoint of the user's stands in its place.

    Of a request from the network always the latter: moto would go by the host, whatever service was asked and allowed.
    """
    if request.peer is None and request.host.endswith(_AMAZON):
        return request.host
    return f"{models.service_model(service).endpoint_prefix}.{caller.region}.amazonaws.com"


def _with_own_urls(content: bytes, request: HttpRequest) -> bytes:
    """Let queues have addresses at the server that was asked: clients send their messages there."""
    assert request.peer is not None
    base = f"{'https' if request.peer.secure else 'http'}://{request.host}/"
    return _QUEUE_URL.sub(lambda found: base.encode() + found[1], content)
