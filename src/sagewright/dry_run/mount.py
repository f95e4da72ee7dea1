"""Botocore's events hand over every request before it is signed or sent, and take what is answered."""

from __future__ import annotations

import functools
import importlib
import threading
from typing import Any

from sagewright.dry_run.answers import Answers
from sagewright.dry_run.telling import Teller

_installed = threading.Event()
_asked = threading.local()


def install() -> None:
    """Answer all botocore clients that this process makes from now on; installing twice is installing once."""
    if _installed.is_set():
        return
    _installed.set()
    # By name: this may run while `botocore.session` is being imported, before its package knows of it.
    sessions = importlib.import_module("botocore.session").Session
    network = importlib.import_module("botocore.httpsession").URLLib3Session
    create_client, answers, teller = sessions.create_client, Answers(), Teller()

    @functools.wraps(create_client)
    def create_dry_client(self: Any, service_name: str, region_name: str | None = None, *args: Any, **kw: Any) -> Any:
        mount(self.get_component("event_emitter"), answers, teller)
        region = region_name or self.get_config_variable("region") or "us-east-1"
        return create_client(self, service_name, region, *args, **kw)

    sessions.create_client = create_dry_client
    network.send = _refuse


def mount(emitter: Any, answers: Answers, teller: Teller) -> None:
    """Answer the requests of clients made from a session."""

    def answer(model: Any, request_signer: Any = None, context: Any = None, **_: Any) -> tuple[Any, dict[str, Any]]:
        params = getattr(_asked, "params", {})
        region = str((context or {}).get("client_region") or "us-east-1")
        service, operation = model.service_model.service_name, model.name
        teller.tell(service, operation, region, params)
        return _response(), {**answers.to(model, params, region), "ResponseMetadata": _metadata()}

    emitter.register_first("provide-client-params", _remember, unique_id="sagewright-dry-remember")
    emitter.register_first("before-call", answer, unique_id="sagewright-dry-answer")


def _remember(params: dict[str, Any], **_: Any) -> None:
    _asked.params = params  # what `before-call` gets is the request as it goes over the wire


def _metadata() -> dict[str, Any]:
    return {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RequestId": "dry-run", "RetryAttempts": 0}


def _response() -> Any:
    from botocore.awsrequest import AWSResponse

    return AWSResponse("https://dry-run.invalid/", 200, {}, None)  # type: ignore[arg-type]


def _refuse(_: Any, request: Any) -> None:
    raise RuntimeError(
        f"`{request.method} {request.url}` would be sent, and this is a dry run.\n"
        "hint: make the client after the program has started."
    )
