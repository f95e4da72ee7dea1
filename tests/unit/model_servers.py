"""Model servers of any behaviour, as threads of the test."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Any

import pytest

from sagewright.engine.abc import Record
from sagewright.engine.hosting.connections import close_all
from sagewright.engine.hosting.later import flush
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, REGION, House

SCOPE = f"{ACCOUNT}/{REGION}"
PIPELINE = {"mode": "Serial", "containers": [{"name": "scale"}, {"name": "model"}]}


@dataclass(frozen=True)
class Got:
    """A request as it came; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: socket.socket


@dataclass
class ModelServer:
    """Attributes: `got`: what came, in order."""

    address: str
    got: list[Got] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    _server: Any = None

    def close_idle(self) -> None:
        """Close all connections, as a server does that ends."""
        for connection in self.connections:
            connection.shutdown(socket.SHUT_RDWR)

    def stop_listening(self) -> None:
        self._server.shutdown()
        self._server.server_close()


# Returns the whole response, or None: it has dealt with the connection itself, which is closed.
Behaviour = Callable[[Got], "bytes | None"]


def response(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[ModelServer]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            served.connections.append(self.connection)
            while (got := _read(self.rfile, self.connection)) is not None:
                served.got.append(got)
                answer = behaviour(got)
                if answer is None:
                    return
                try:
                    self.wfile.write(answer)
                except OSError:
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A connection that breaks is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        served = ModelServer("{}:{}".format(*server.server_address), _server=server)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield served
        server.shutdown()
        thread.join()
        close_all()
        for connection in served.connections:
            connection.close()


def _read(stream: BufferedIOBase, connection: socket.socket) -> Got | None:
    try:
        line = stream.readline().decode().split()
        if len(line) != 3:
            return None
        headers = {}
        while text := stream.readline().decode().strip():
            name, _, value = text.partition(": ")
            headers[name.lower()] = value
        return Got(line[0], line[1], headers, stream.read(int(headers["content-length"])), connection)
    except OSError:
        return None


def put_endpoint(house: House, *addresses: str | list[str], name: str = "e", **changes: Any) -> Record:
    """Put an endpoint in service whose instances have these addresses (lists: one for each container)."""
    variant = {"mode": "Single", "containers": [{"name": "primary"}], **changes.pop("variant", {})}
    instances = [
        {"execution_id": f"x-{number}", "addresses": [given] if isinstance(given, str) else given}
        for number, given in enumerate(addresses)
    ]
    body = {
        "endpoint_status": "InService",
        "variants": [{"name": "v", "weight": 1.0, **variant}],
        "instances": {"v": instances},
        **changes,
    }
    before = house.parts.state.get("endpoint", SCOPE, name)
    return house.parts.state.put(
        Record("endpoint", SCOPE, name, body), expected_version=0 if before is None else before.version
    )


def invoke(house: House, body: bytes = b"1,2", operation: str = "InvokeEndpoint", **more: Any) -> dict[str, Any]:
    return house.call(operation, "sagemaker-runtime", **{"EndpointName": "e", "Body": body, **more})


def error_of(house: House, **more: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        invoke(house, **more)
    return caught.value


def points(house: House, name: str, variant: str = "v") -> list[float]:
    """Return the values that a metric of the endpoint's variant has."""
    flush()
    dimensions = {"EndpointName": "e", "VariantName": variant}
    return [datum.value for datum in house.parts.metrics.query("AWS/SageMaker", name, dimensions, 0, 1e12)]


def echo(got: Got) -> bytes:
    return response(got.body + b"!", Content_Type="text/csv")


def closed(got: Got) -> None:
    got.connection.shutdown(socket.SHUT_RDWR)
