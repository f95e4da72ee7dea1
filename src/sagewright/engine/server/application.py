"""The server's application: the gateway, and beside it what says how the server is.

`/_sagewright/health` is for anyone; `/_sagewright/metrics` tells what is used and how much, and is for this machine, or
for whoever has the token. No bucket's name begins with `_`, so neither hides one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from sagewright.engine.acting import PREFIX
from sagewright.engine.gateway.mounts.asgi import Answered, Gateway
from sagewright.engine.gateway.mounts.asgi_bodies import Receive
from sagewright.engine.gateway.mounts.asgi_responses import Send
from sagewright.engine.server.credentials import answer
from sagewright.engine.server.metrics import CONTENT_TYPE, Metrics
from sagewright.engine.steward.loop import steward_pid

_LOOPBACK = ("127.", "::1", "::ffff:127.")


class Application:
    """The ASGI application of `sagewright up`.

    Args:
        log: Told of every request that has been answered.
        behind_proxy: Whether requests come from a proxy on this machine, so that all seem local.
        token: With which anyone may read the metrics; empty: nobody from elsewhere may.
        connections: How many there are.
    """

    def __init__(
        self,
        home: Path,
        log: Callable[[Answered], None],
        *,
        behind_proxy: bool,
        token: str,
        connections: Callable[[], int],
    ) -> None:
        self._home, self._log, self._behind_proxy, self._token = home, log, behind_proxy, token
        self.gateway = Gateway(home, self._observe, behind_proxy=behind_proxy)
        self.metrics = Metrics(
            {
                "connections": ("Connections open.", connections),
                "steward_up": ("Whether the steward lives.", lambda: float(steward_pid(home) is not None)),
                **{
                    f"{crew.name}_requests": (f"Requests under way or waiting among the {crew.name}.", _calls(crew))
                    for crew in (self.gateway.quick, self.gateway.foreign, self.gateway.waiting)
                },
            }
        )

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not scope["raw_path"].startswith(b"/_sagewright/"):
            await self.gateway(scope, receive, send)
        elif scope["raw_path"] == b"/_sagewright/health":
            await _send(send, *self._health(), "application/json")
        elif scope["raw_path"].startswith(PREFIX.encode()):
            await _send(send, *await self._credentials(scope), "application/json")
        elif scope["raw_path"] == b"/_sagewright/metrics":
            if self._may_read_metrics(scope):
                await _send(send, 200, self.metrics.text(), CONTENT_TYPE)
            else:
                await _send(send, 403, "the metrics are for this machine, or with a token\n", "text/plain")
        else:
            await _send(send, 404, "there is nothing here\n", "text/plain")

    def _observe(self, answered: Answered) -> None:
        self.metrics.count(answered)
        self._log(answered)

    def _health(self) -> tuple[int, str]:
        steward = steward_pid(self._home)
        status = "ok" if steward else "no steward"
        return 200 if steward else 503, json.dumps({"status": status, "steward": steward}) + "\n"

    async def _credentials(self, scope: MutableMapping[str, Any]) -> tuple[int, str]:
        """Answer a host, which comes through the home's own socket; there are no addresses."""
        if scope.get("client"):
            return 403, json.dumps({"code": "AccessDenied", "message": "Credentials are for hosts of jobs."}) + "\n"
        token = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        return await self.gateway.quick.begin(answer, self._home, scope["raw_path"].decode("latin-1"), token)

    def _may_read_metrics(self, scope: MutableMapping[str, Any]) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if self._token and hmac.compare_digest(given, b"Bearer " + self._token.encode()):
            return True
        address = scope["client"][0] if scope.get("client") else ""
        return address.startswith(_LOOPBACK) and not self._behind_proxy


def _calls(crew: Any) -> Callable[[], float]:
    return lambda: float(crew.calls)


async def _send(send: Send, status: int, text: str, content_type: str) -> None:
    body = text.encode()
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
