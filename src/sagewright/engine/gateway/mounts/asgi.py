"""The gateway behind ASGI: HTTP requests are routed, answered by threads, and their bodies stream both ways.

The event loop carries bytes and finds out what a request means; everything that may wait (for a lock, a disk, a model,
a slow client's body) happens in threads. There are three crews of them, so that what takes long cannot keep what is
quick from its turn: `quick` for our own services, `foreign` for those of moto, whose state lets one in at a time, and
`waiting` for long polls, invocations and bodies that arrive while they are read.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from sagewright.engine.gateway import unrouted
from sagewright.engine.gateway.app import carry
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.errors import answer_error
from sagewright.engine.gateway.mounts.asgi_bodies import IncomingBody, Receive
from sagewright.engine.gateway.mounts.asgi_requests import check_fields, has_body, length_of, request_of
from sagewright.engine.gateway.mounts.asgi_responses import Send, head, pieces
from sagewright.engine.gateway.mounts.asgi_threads import Crowded, Threads
from sagewright.engine.gateway.routing import FORM, route, signing_name
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse
from sagewright.engine.operations import is_ours
from sagewright.vocabulary.errors import ApiError

BUFFERED_BYTES = 256 << 10  # bodies up to here are read before they are answered, files up to here before they are sent
LARGEST_FORM_BYTES = 8 << 20
LARGEST_XML_BYTES = 16 << 20  # of S3's documents: the names of a thousand objects
LARGEST_BYTES = 80 << 20  # of any other body that is no object: the code of a function; operations say less themselves

# Operations that may wait on purpose.
_WAITING = frozenset((("sqs", "ReceiveMessage"), ("lambda", "Invoke"), ("stepfunctions", "StartSyncExecution")))
_WAITING_SERVICES = frozenset(("sagemaker-runtime",))
_OF_BYTES = frozenset(("PutObject", "UploadPart", "PostObject"))


@dataclass
class Answered:
    """A request that has been answered, as the access log and the metrics see it.

    Attributes:
        status: 0 where no response could be sent.
        complete: Whether the whole response was sent.
    """

    exchange: Exchange
    began_at: float
    received_bytes: int = 0
    sent_bytes: int = 0
    status: int = 0
    duration_s: float = 0.0
    complete: bool = False


class Gateway:
    """The ASGI application.

    Args:
        home: The folder of the engine that answers.
        observe: Told of every request that has been answered.
        behind_proxy: Whether client and scheme are those that a proxy tells of.
        waiting: How many requests may wait at once.
    """

    def __init__(
        self, home: Path, observe: Callable[[Answered], None], *, behind_proxy: bool = False, waiting: int = 256
    ) -> None:
        self._home, self._observe, self._behind_proxy = home, observe, behind_proxy
        self.quick = Threads("quick", 16, 1024)
        self.foreign = Threads("foreign", 16, 256)
        self.waiting = Threads("waiting", waiting, 0)
        self._known: set[str | None] = set()  # services that requests have been routed to: their models are loaded

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        exchange = Exchange(request_of(scope, behind_proxy=self._behind_proxy), self._home)
        answered = Answered(exchange, time.time())
        headers = exchange.request.headers
        body = IncomingBody(receive, waits="expect" in headers, empty=not has_body(headers))
        try:
            response = await self._respond(scope, exchange, body)
            answered.status = response.status
            await send(head(exchange, response, reusable=await body.finish()))
            if isinstance(response.body, bytes):
                last = response.body
            else:
                async for piece in pieces(response.body, receive, self._crew(exchange.request)):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    answered.sent_bytes += len(piece)
                last = b""
            await send({"type": "http.response.body", "body": last})
            answered.sent_bytes += len(last)
            answered.complete = True
        except ConnectionResetError:
            pass
        finally:
            body.stop()
            answered.received_bytes = body.received_bytes
            answered.duration_s = time.perf_counter() - began
            self._observe(answered)

    async def _respond(self, scope: MutableMapping[str, Any], exchange: Exchange, body: IncomingBody) -> HttpResponse:
        request = exchange.request
        try:
            check_fields(scope)
            form = await self._form(request, body)
            request.service, request.operation = await self._route(request, form)
            crew = self._crew(request)
            if not form and not await self._take_body(request, body):
                crew = self.waiting
            return await crew.begin(_answer, exchange)
        except ApiError as error:
            refused = error
        except Crowded:
            refused = ApiError("SlowDown", "Please reduce your request rate.", 503)
        except Exception as error:  # noqa: BLE001 - the border before the gateway's own
            return answer_error(exchange, error)
        return unrouted.answer(refused, request.method, request.query, request.headers, exchange.request_id)

    @staticmethod
    async def _form(request: HttpRequest, body: IncomingBody) -> str:
        """Return the body of a form, in which the operation may stand."""
        if (
            not (request.headers.get("content-type") or "").startswith(FORM)
            or signing_name(request.query, request.headers) == "s3"
        ):
            return ""
        body.limit_bytes = LARGEST_FORM_BYTES
        content = await body.whole()
        request.body = io.BytesIO(content)
        return content.decode(errors="replace")

    async def _route(self, request: HttpRequest, form: str) -> tuple[str, str]:
        arguments = (request.method, request.path, request.query, request.host, request.headers, form)
        key = request.headers.get("x-amz-target") or signing_name(request.query, request.headers)
        if key in self._known:
            return route(*arguments)
        found = await self.quick.begin(route, *arguments)  # loads models, which takes up to a second
        if len(self._known) < 10_000:
            self._known.add(key)
        return found

    def _crew(self, request: HttpRequest) -> Threads:
        if request.service in _WAITING_SERVICES or (request.service, request.operation) in _WAITING:
            return self.waiting
        return self.quick if is_ours(request.service) or not request.service else self.foreign

    @staticmethod
    async def _take_body(request: HttpRequest, body: IncomingBody) -> bool:
        """Give the request its body; return whether all of it is here."""
        if request.service != "s3":
            body.limit_bytes = LARGEST_BYTES
        elif request.operation not in _OF_BYTES:
            body.limit_bytes = LARGEST_XML_BYTES
        length = length_of(request.headers)
        if not has_body(request.headers):
            return True
        if length is not None and length <= BUFFERED_BYTES:
            request.body = io.BytesIO(await body.whole())
            return True
        request.body = cast("BinaryIO", body)
        return False


def _answer(exchange: Exchange) -> HttpResponse:
    """Return the response, with a small file already read."""
    response = carry(exchange)
    if not isinstance(response.body, bytes):
        length = response.headers.get("content-length")
        if length is not None and int(length) <= BUFFERED_BYTES:
            try:
                response.body = b"".join(response.pieces())
            except Exception as error:  # noqa: BLE001 - nothing has been sent yet: it can still be said
                return answer_error(exchange, error)
    return response
