"""A model server of the tests' own, mapped to an image: quick to start, and it does what its model's variables say."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sagewright import cli
from tests.e2e.conftest import Cloud, wait_until

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/served:latest"

# One that does not finish what it has begun when it is told to end: it simply dies.
SERVER = """
import http.server, os, sys, time
says = os.environ.get("SAYS", "").encode()
if says == b"crash":
    print("cannot load the model", flush=True)
    raise SystemExit(3)
time.sleep(float(os.environ.get("STARTS_IN_S", "0")))
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(500 if says == b"unwell" else 200)
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(float(os.environ.get("TAKES_S", "0")))
        self.answer(200, says)
    def log_message(self, *arguments):
        pass
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
Server(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


def map_server(folder: Path) -> None:
    """Map the image to the server."""
    folder.mkdir(parents=True)
    (folder / "server.py").write_text(SERVER)
    assert cli.main(["images", "map", IMAGE, "--dir", str(folder), "--serve", "python server.py"]) == 0


def configure(cloud: Cloud, name: str, count: int = 1, variant: str = "v", **environment: str) -> None:
    """Make a model of that name, which says the name, and a configuration that serves it."""
    container = {"Image": IMAGE, "Environment": {"SAYS": name, **environment}}
    cloud.sagemaker.create_model(ModelName=name, PrimaryContainer=container)
    variants = [
        {"VariantName": variant, "ModelName": name, "InitialInstanceCount": count, "InstanceType": "ml.m5.large"}
    ]
    cloud.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)


def settled(cloud: Cloud, endpoint: str = "e") -> dict[str, Any]:
    """Wait until nothing is under way at an endpoint, and return what it is then."""

    def over() -> dict[str, Any] | None:
        found = cloud.sagemaker.describe_endpoint(EndpointName=endpoint)
        return dict(found) if found["EndpointStatus"] not in ("Creating", "Updating") else None

    return wait_until(over)


@dataclass
class Load:
    """What came of requests that were sent all the time.

    Attributes:
        said: Answer -> how often it came.
        failures: What went wrong.
    """

    said: Counter[str] = field(default_factory=Counter)
    failures: list[BaseException] = field(default_factory=list)


@contextlib.contextmanager
def load(cloud: Cloud, threads: int, endpoint: str = "e") -> Iterator[Load]:
    """Send requests from several threads while the block runs."""
    told, stop = Load(), threading.Event()
    cloud.client("sagemaker-runtime")

    def send() -> None:
        while not stop.is_set():
            try:
                said = cloud.invoke(endpoint).decode()
            except Exception as error:  # noqa: BLE001 - the test wants to see them all
                told.failures.append(error)
            else:
                told.said[said] += 1

    senders = [threading.Thread(target=send) for _ in range(threads)]
    for sender in senders:
        sender.start()
    try:
        yield told
    finally:
        stop.set()
        for sender in senders:
            sender.join()
