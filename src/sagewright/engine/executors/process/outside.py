"""The way out of the private network of several hosts, for what speaks HTTP: `pip`, downloads of models and data.

Each host has a forward proxy at the network's bridge, and its program the variables that lead to it (`HTTPS_PROXY` and
its like). The proxy is a process of the host, which is in the machine's network and dies with it; only its listening
socket is in the private one. So nothing of the machine is changed, and a program can reach what it could as the only
host. Where the job's own variables name a proxy, what is sent goes on to that one as it is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from sagewright.engine.executors.process import isolation
from sagewright.engine.executors.process.descriptors import keep_only
from sagewright.engine.executors.process.networks import Network
from sagewright.engine.planning.document import HostDocument
from sagewright.engine.readiness import readable

HEAD_BYTES = 64 << 10
CONNECT_S = 30.0
HEAD_S = 60.0

_PIECE = 1 << 16
_HOP_BY_HOP = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:")


@contextlib.contextmanager
def way_out(
    network: Network | None, document: HostDocument, environment: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Open a host's way out; yield its program's environment with what leads there.

    Nothing is opened for a host in the machine's network, nor for a job that shall have no network.
    """
    if network is None or document.network_isolation:
        yield dict(environment)
        return
    listener = socket.socket(fileno=os.dup(network.doors[document.host]))
    onwards = {scheme: proxy for scheme in ("http", "https") if (proxy := _proxy_of(environment, scheme))}
    child = os.fork()
    if child == 0:
        _be_the_proxy(listener, onwards)
    address = "{}:{}".format(*listener.getsockname())
    listener.close()
    try:
        yield {**environment, **_variables(address, onwards, document.addresses, environment)}
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def serve(listener: socket.socket, onwards: Mapping[str, SplitResult]) -> NoReturn:
    """Serve every connection, each in a thread.

    Args:
        onwards: Scheme -> the proxy that gets requests for it; a scheme without one is served here.
    """
    while True:
        client = listener.accept()[0]
        threading.Thread(target=_serve_one, args=(client, onwards), daemon=True).start()


def _be_the_proxy(listener: socket.socket, onwards: Mapping[str, SplitResult]) -> NoReturn:
    try:
        isolation.die_with_parent()
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        keep_only([listener.fileno()])
        serve(listener, onwards)
    finally:
        os._exit(1)


def _proxy_of(environment: Mapping[str, str], scheme: str) -> SplitResult | None:
    text = environment.get(f"{scheme}_proxy") or environment.get(f"{scheme}_proxy".upper()) or ""
    found = urlsplit(text if "://" in text else f"http://{text}")
    return found if found.hostname and found.scheme in ("http", "https") else None


def _variables(
    address: str, onwards: Mapping[str, SplitResult], addresses: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    values = {}
    for scheme in ("http", "https"):
        known = onwards.get(scheme)
        user = known.netloc.rpartition("@")[0] + "@" if known and "@" in known.netloc else ""
        values[f"{scheme}_proxy"] = f"{known.scheme if known else 'http'}://{user}{address}"
    before = given.get("no_proxy") or given.get("NO_PROXY") or ""
    local = ["localhost", "127.0.0.1", "::1", *addresses, *addresses.values()]
    values["no_proxy"] = ",".join([*([before] if before else []), *local])
    return {**values, **{name.upper(): value for name, value in values.items()}}


def _serve_one(client: socket.socket, onwards: Mapping[str, SplitResult]) -> None:
    with client, contextlib.suppress(OSError):
        client.settimeout(HEAD_S)
        head, rest = _read_head(client)
        try:
            server, first, answer = _lead_on(head, onwards)
        except (OSError, ValueError) as error:
            text = f"The host's way out of its network: {error}\n".encode()
            client.sendall(
                b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(text) + text
            )
            return
        with server:
            client.sendall(answer)
            server.sendall(first + rest)
            _relay(client, server)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    """Return a request's head, with the empty line that ends it, and what came behind."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(_PIECE)
        if not piece or len(data) > HEAD_BYTES:
            raise OSError("no request")
        data += piece
    head, end, rest = data.partition(b"\r\n\r\n")
    return head + end, rest


def _lead_on(head: bytes, onwards: Mapping[str, SplitResult]) -> tuple[socket.socket, bytes, bytes]:
    """Connect to where a request wants; return the connection, what to send there first, and what to answer first."""
    line, _, fields = head.partition(b"\r\n")
    method, target, version = line.decode("latin-1").split(" ")
    tunnel = method == "CONNECT"
    if proxy := onwards.get("https" if tunnel else "http"):
        return _connected(proxy, 443 if proxy.scheme == "https" else 80), head, b""
    if tunnel:
        return _connected(urlsplit(f"//{target}"), 443), b"", b"HTTP/1.1 200 Connection established\r\n\r\n"
    url = urlsplit(target)
    if url.scheme != "http":
        raise ValueError(f"`{target}` is no URL of http")
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    kept = [field for field in fields.split(b"\r\n") if field and not field.lower().startswith(_HOP_BY_HOP)]
    lines = [f"{method} {path} {version}".encode("latin-1"), *kept, b"Connection: close"]
    return _connected(url, 80), b"\r\n".join(lines) + b"\r\n\r\n", b""


def _connected(url: SplitResult, default_port: int) -> socket.socket:
    if not url.hostname:
        raise ValueError("the request names no host")
    return socket.create_connection((url.hostname, url.port or default_port), timeout=CONNECT_S)


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Hand on what comes on each of two connections to the other, until both have ended."""
    towards = {one: other, other: one}
    for end in (one, other):
        end.settimeout(None)
    while towards:
        for source in readable(list(towards)):
            piece = source.recv(_PIECE)
            if piece:
                towards[source].sendall(piece)
                continue
            with contextlib.suppress(OSError):
                towards[source].shutdown(socket.SHUT_WR)
            del towards[source]
