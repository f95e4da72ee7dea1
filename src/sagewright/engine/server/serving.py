"""`sagewright up`: the HTTP server, with the steward beside it, until it is told to leave."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sagewright.engine.acting import socket_of
from sagewright.engine.engine import engine_of
from sagewright.engine.server.access_log import access_log
from sagewright.engine.server.address import published
from sagewright.engine.server.steward import AttachedSteward

KEEP_ALIVE_S = 75
BACKLOG = 1024
# Models of the services that are asked first; parsing them would otherwise wait for the first request.
_FIRST = ("sagemaker", "s3", "sts", "sagemaker-runtime", "iam", "logs")

log = logging.getLogger(__name__)


class CannotListen(OSError):
    """The address cannot be had."""


@dataclass(frozen=True)
class Serving:
    """How to serve.

    Attributes:
        port: 0: one that is free.
        certificate, key: Files in PEM; None: no TLS.
        behind_proxy: Whether requests come from a proxy, which tells of the client and of TLS.
        log_format: One of `access_log.FORMATS`.
        metrics_token: With which the metrics may be read from elsewhere; empty: they may not.
        grace_s: How long requests may take to end when the server shall leave.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    log_format: str = "json"
    metrics_token: str = ""
    grace_s: int = 30


def serve(serving: Serving, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; requests that are under way end, then the steward leaves. Jobs go on.

    Args:
        ready: Called with the server's URL when it answers.

    Raises:
        CannotListen: The address is taken, or not this machine's.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    listener = listen(serving.host, serving.port)
    url = url_of(serving, listener)
    serving.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    steward = AttachedSteward(serving.home)
    try:
        engine_of(serving.home)
        with published(serving.home, url):
            _run(serving, listener, lambda: ready(url))
    finally:
        steward.leave()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        CannotListen: The address is taken, or not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"`{host}` is no address to listen at: {error}") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(
            f"cannot listen at {host}:{port}: {error.strerror}\n"
            "hint: choose another port with --port; 0 takes one that is free."
        ) from None
    listener.setblocking(False)
    return listener


def url_of(serving: Serving, listener: socket.socket) -> str:
    """Return the address for clients on this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - everywhere is here, too
    scheme = "https" if serving.certificate else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _run(serving: Serving, listener: socket.socket, ready: Callable[[], None]) -> None:
    import uvicorn

    from sagewright.engine.server.application import Application
    from sagewright.engine.server.connections import BoundedProtocol, sweep

    class Server(uvicorn.Server):
        """uvicorn's, which looks after its connections and leaves without raising the signal again."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            self.servers.append(await _serve_hosts(self, serving.home))
            self.sweeping = asyncio.ensure_future(sweep(self.server_state.connections))
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            self.sweeping.cancel()
            await super().shutdown(sockets)

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            with _handled(self.handle_exit):
                yield

    def connections() -> int:
        return len(server.server_state.connections)

    application = Application(
        serving.home,
        access_log(serving.log_format),
        behind_proxy=serving.behind_proxy,
        token=serving.metrics_token,
        connections=connections,
    )
    config = uvicorn.Config(
        application,
        http=BoundedProtocol,
        ws="none",
        loop="auto",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=serving.grace_s,
        ssl_certfile=serving.certificate,
        ssl_keyfile=serving.key,
    )
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # strangers' bad requests are no news
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    server = Server(config)
    threading.Thread(target=_warm_up, daemon=True).start()
    server.run(sockets=[listener])


async def _serve_hosts(server: Any, home: Path) -> asyncio.Server:
    """Listen at the home's own socket as well, for the hosts of jobs; without TLS, as nothing leaves the machine."""
    path, protocol = socket_of(home), server.config.http_protocol_class
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    made = partial(protocol, config=server.config, server_state=server.server_state, app_state=server.lifespan.state)
    listening = await asyncio.get_running_loop().create_unix_server(made, str(path))
    path.chmod(0o600)
    return listening


@contextlib.contextmanager
def _handled(handler: Callable[[int, Any], None]) -> Iterator[None]:
    before = {one: signal.signal(one, handler) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, old in before.items():
            signal.signal(one, old)


def _warm_up() -> None:
    from sagewright.engine.gateway import models, service_index

    service_index.signed_as("sagemaker")
    for service in _FIRST:
        models.service_model(service)
