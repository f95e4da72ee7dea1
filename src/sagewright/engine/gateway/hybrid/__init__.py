"""The rest of AWS, through moto: SNS, SQS, DynamoDB, SES and so on, for hybrid scripts.

moto keeps its state in memory. Here it belongs to the home: a request works on the state as the last process has left
it, and what it changes is durable before the response is sent (`sharing.py`).
"""

from __future__ import annotations

import time
from http import HTTPStatus
from pathlib import Path

from sagewright.engine.gateway.hybrid.operations import reads_only, refusal
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse
from sagewright.engine.parts import Caller
from sagewright.vocabulary.errors import ApiError

POLL_S = 0.1  # of a queue that a client waits on
LONGEST_POLL_S = 20.0


def answer(service: str, request: HttpRequest, home: Path, caller: Caller) -> HttpResponse:
    """Answer a request to a service that is not ours.

    Raises:
        ApiError: moto is not installed, does not know the operation, or would leave the machine for it.
    """
    if reason := refusal(service, request.operation):
        raise ApiError("NotImplemented", f"`{service}:{request.operation}` is not built: {reason}.", 501)
    body = request.body.read()
    _check_moto(service, request.operation)
    if (service, request.operation) == ("sqs", "ReceiveMessage"):
        return _receive(service, request, body, home, caller)
    if service == "lambda" and request.operation in ("Invoke", "InvokeAsync"):
        from sagewright.engine.gateway.hybrid.functions import requests

        return requests.answer(request, body, home, caller)
    if service == "lambda":
        from sagewright.engine.gateway.hybrid.functions import requests

        requests.note_change(request, body, home, caller)
    return _ask(service, request, body, home, caller)


def _check_moto(service: str, operation: str) -> None:
    try:
        import cloudpickle  # noqa: F401
        import moto  # noqa: F401
    except ImportError as error:
        raise ApiError(
            "UnknownOperationException",
            f"`{service}:{operation}` needs the library moto ({error}).\nhint: pip install 'sagewright[hybrid]'",
        ) from None


def _ask(service: str, request: HttpRequest, body: bytes, home: Path, caller: Caller) -> HttpResponse:
    from sagewright.engine.gateway.hybrid import asking, sharing

    reads = reads_only(service, request.operation) and sharing.is_known(home, service, caller.account, caller.region)
    try:
        response = sharing.work_on(home, lambda _: asking.ask(service, request, body, caller), changes=not reads)
    except ModuleNotFoundError as error:
        raise ApiError(
            "NotImplemented",
            f"`{service}:{request.operation}` needs the library {error.name}, which moto works with.\n"
            f"hint: pip install 'moto[{service}]'",
            501,
        ) from None
    if response is None:
        raise ApiError(
            "UnknownOperationException",
            f"`{service}:{request.operation}` is not built into moto, which answers for {service}.",
        )
    return response


def _receive(service: str, request: HttpRequest, body: bytes, home: Path, caller: Caller) -> HttpResponse:
    """Receive messages; a client that waits for some does so outside of the lock, or none could be sent meanwhile."""
    from sagewright.engine.gateway.hybrid import polling

    poll = polling.read(body)
    wait_s = poll.wait_s if poll.wait_s is not None else polling.wait_of(home, poll.queue, caller)
    if not 0 <= wait_s <= LONGEST_POLL_S:  # which moto refuses
        return _ask(service, request, body, home, caller)
    deadline = time.monotonic() + wait_s
    while True:
        response = _ask(service, request, poll.body, home, caller)
        assert isinstance(response.body, bytes)
        found = b'"Messages"' in response.body or b"<Message>" in response.body
        if response.status != HTTPStatus.OK or found or time.monotonic() >= deadline:
            return response
        time.sleep(POLL_S)
