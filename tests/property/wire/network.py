"""Requests as strangers send them: signed with the account's key, through routing, authentication, authorisation."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sagewright import settings
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.models import service_model
from sagewright.engine.gateway.mounts.asgi import Gateway
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.engine.operations.iam.access_keys import root_key

HOST = "localhost:8080"


class Network:
    """The server's application, without its sockets."""

    def __init__(self, home: Path) -> None:
        self._key = Credentials(*root_key(engine_of(home).parts, settings.ACCOUNT.read()))
        self._loop = asyncio.new_event_loop()
        self._gateway = Gateway(home, lambda _: None)

    def answer(self, asked: HttpRequest) -> HttpResponse:
        """Return what a server would answer."""
        body = asked.body.read()
        scope = {
            "type": "http",
            "method": asked.method,
            "raw_path": asked.path.encode("latin-1", "replace"),
            "query_string": asked.query.encode("latin-1", "replace"),
            "headers": [
                (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
                for name, value in {**self._signed(asked, body), "content-length": str(len(body))}.items()
            ],
            "client": ("192.0.2.7", 4711),
            "scheme": "http",
        }
        return self._loop.run_until_complete(_sent(self._gateway, scope, body))

    def close(self) -> None:
        for crew in (self._gateway.quick, self._gateway.foreign, self._gateway.waiting):
            crew.close()
        self._loop.close()

    def _signed(self, asked: HttpRequest, body: bytes) -> dict[str, str]:
        """Return the request's headers with a signature; what cannot be signed goes without."""
        url = f"http://{HOST}{asked.path}" + (f"?{asked.query}" if asked.query else "")
        request = AWSRequest(asked.method, url, headers=dict(asked.headers), data=body)
        if (asked.headers.get("x-amz-content-sha256") or "").startswith("STREAMING-UNSIGNED"):
            request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
        signer = S3SigV4Auth if asked.service == "s3" else SigV4Auth
        try:
            signer(self._key, service_model(asked.service).signing_name, "us-east-1").add_auth(request)
        except Exception:  # noqa: BLE001 - botocore does not sign everything that can be sent
            return {**asked.headers, "host": HOST}
        return {"host": HOST, **{name.lower(): _text(value) for name, value in request.headers.items()}}


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def _sent(gateway: Gateway, scope: dict[str, Any], body: bytes) -> HttpResponse:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop() if waiting else await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    await gateway(scope, receive, send)
    headers = Headers()
    for name, value in sent[0]["headers"]:
        headers[name.decode("latin-1")] = value.decode("latin-1")
    content = b"".join(message["body"] for message in sent[1:])
    return HttpResponse(sent[0]["status"], headers, io.BytesIO(content))
