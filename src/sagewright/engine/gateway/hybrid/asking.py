"""A request, put to moto."""

from __future__ import annotations

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from moto.core.botocore_stubber import BotocoreStubber

from sagewright.engine.gateway import models
from sagewright.engine.gateway.hybrid import network
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.engine.parts import Caller

_ACCOUNT = "x-moto-account-id"  # by which moto knows whose request it is
_AMAZON = (".amazonaws.com", ".amazonaws.com.cn")


def ask(service: str, request: HttpRequest, body: bytes, caller: Caller) -> HttpResponse | None:
    """Return moto's answer; None: it does not know the operation."""
    url = f"https://{_host(service, request, caller)}{request.path}{'?' + request.query if request.query else ''}"
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
    return HttpResponse(int(status), Headers({str(k): str(v) for k, v in answered.items()}), content)


def _host(service: str, request: HttpRequest, caller: Caller) -> str:
    """Return the request's host, or the service's own where an endpoint of the user's stands in its place."""
    if request.host.endswith(_AMAZON):
        return request.host
    return f"{models.service_model(service).endpoint_prefix}.{caller.region}.amazonaws.com"
