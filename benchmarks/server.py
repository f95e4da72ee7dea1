"""`sagewright up` over moto_server: requests per second on raw connections, start, memory; large objects over `cp`.

BENCH_REQUESTS and BENCH_MIB choose smaller runs.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.jobs import no_op_request
from benchmarks.peers import environment
from benchmarks.timing import report, seconds

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "2000"))
LARGE_MIB = int(os.environ.get("BENCH_MIB", "1024"))
ROUNDS = 3
BUCKET = "bench"
ROLE = "arn:aws:iam::123456789012:role/SagewrightExecutionRole"


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        start_s: From its start to its first answer.
        pid: Of the process that answers.
    """

    name: str
    port: int
    keys: Credentials
    start_s: float
    pid: int

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id=self.keys.access_key,
            aws_secret_access_key=self.keys.secret_key,
            region_name="us-east-1",
        )

    def message(self, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """Return a signed request as it stands on the wire."""
        request = AWSRequest(method, f"http://127.0.0.1:{self.port}{path}", dict(headers), body)
        (S3SigV4Auth if service == "s3" else SigV4Auth)(self.keys, service, "us-east-1").add_auth(request)
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


def main() -> None:
    with ours() as server, moto() as peer:
        for one in (server, peer):
            _fill(one)
        print(f"Signed requests, {REQUESTS} each, in turns with moto_server; connections are kept where they may")
        for title, service, method, path, headers, body, goal in _cases():
            for connections in (1, 8):
                _compare(title, connections, (server, peer), (service, method, path, headers, body), goal)
        report("from the start to the first answer", server.start_s, peer.start_s, "moto_server", "less")
        print(f"memory: ours {_mib(server.pid):.0f} MiB, moto_server {_mib(peer.pid):.0f} MiB\n")
        _large_objects(server)


def _cases() -> Iterator[tuple[str, str, str, str, dict[str, str], bytes, str]]:
    json = {"Content-Type": "application/x-amz-json-1.1"}
    describe, listing = (
        {**json, "X-Amz-Target": f"SageMaker.{name}"} for name in ("DescribeTrainingJob", "ListTrainingJobs")
    )
    yield "DescribeTrainingJob", "sagemaker", "POST", "/", describe, b'{"TrainingJobName":"bench-0"}', "10x"
    yield "ListTrainingJobs(20)", "sagemaker", "POST", "/", listing, b'{"MaxResults":20}', "10x"
    yield "PutObject 1 KB", "s3", "PUT", f"/{BUCKET}/key", {}, b"x" * 1024, "4x"
    yield "GetObject 1 KB", "s3", "GET", f"/{BUCKET}/key", {}, b"", "4x"


def _fill(server: Server) -> None:
    server.client("s3").create_bucket(Bucket=BUCKET)
    for number in range(20):
        request = {**no_op_request(), "TrainingJobName": f"bench-{number}", "RoleArn": ROLE}
        server.client("sagemaker").create_training_job(**request)
    time.sleep(5.0)  # let the jobs end


def _compare(title: str, connections: int, servers: tuple[Server, Server], case: tuple[Any, ...], goal: str) -> None:
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for server in servers:
            found = measure(server, server.message(*case), connections)
            best[server.name] = max(best.get(server.name, (0.0, 0.0)), found)
    (rate, p99_s), (other, other_p99_s) = (best[server.name] for server in servers)
    print(
        f"    {title}, {connections} connections: {rate:,.0f}/s, p99 {p99_s * 1e3:.2f} ms; "
        f"moto_server {other:,.0f}/s, p99 {other_p99_s * 1e3:.2f} ms: {rate / other:.1f}x (goal: {goal})"
    )


def measure(server: Server, message: bytes, connections: int) -> tuple[float, float]:
    """Return requests per second and the 99th percentile of their seconds."""
    took: list[float] = []

    def ask() -> None:
        link = _Link(server.port)
        for _ in range(REQUESTS // connections):
            begin = time.perf_counter()
            if link.exchange(message):  # moto_server fails now and then when it is asked in parallel
                took.append(time.perf_counter() - begin)
        link.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]

    def all_of_them() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    total = seconds(all_of_them)
    return len(took) / total, sorted(took)[int(len(took) * 0.99) - 1]


class _Link:
    """A connection, made anew where the server does not keep it: moto_server does not."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None

    def exchange(self, message: bytes) -> bool:
        """Send a request and read its answer; tell whether that was a success."""
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port))
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.sendall(message)
        received = self._connection.recv(1 << 16)
        while b"\r\n\r\n" not in received:
            received += self._connection.recv(1 << 16)
        head, _, body = received.partition(b"\r\n\r\n")
        succeeded, head = head.startswith(b"HTTP/1.1 200"), head.lower()
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self._connection.recv(1 << 16)
        if b"connection: close" in head:
            self.close()
        return succeeded

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _large_objects(server: Server) -> None:
    s3 = server.client("s3")
    with tempfile.TemporaryDirectory(dir=os.environ["SAGEWRIGHT_HOME"]) as folder:
        source, copy, back = (Path(folder) / name for name in ("source", "copy", "back"))
        with open(source, "wb") as file:
            for _ in range(LARGE_MIB):
                file.write(os.urandom(1 << 20))
        before = _mib(server.pid)
        copied = min(seconds(lambda: subprocess.run(["cp", source, copy], check=True)) for _ in range(ROUNDS))
        sent = min(seconds(lambda: s3.upload_file(str(source), BUCKET, "large")) for _ in range(ROUNDS))
        fetched = min(seconds(lambda: s3.download_file(BUCKET, "large", str(back))) for _ in range(ROUNDS))
        report(f"{LARGE_MIB} MiB upload_file over HTTP", sent, copied, "cp", "as near as hashing allows")
        report(f"{LARGE_MIB} MiB download_file over HTTP", fetched, copied, "cp", "as near as copying allows")
        place = {"Bucket": BUCKET, "Key": "large", "Range": f"bytes={LARGE_MIB << 19}-{(LARGE_MIB << 19) + 99}"}

        def middle() -> None:
            s3.get_object(**place)["Body"].read()

        ranged, grown = min(seconds(middle) for _ in range(50)), _mib(server.pid) - before
        print(f"100 bytes out of the middle: {ranged * 1e3:.2f} ms; the server grew by {grown:.0f} MiB\n")


@contextmanager
def ours() -> Iterator[Server]:
    """Serve this engine."""
    home = os.environ["SAGEWRIGHT_HOME"]
    command = [sys.executable, "-m", "sagewright.cli", "up", "--port", "0", "--log-format", "json"]
    with open(Path(home) / "access.log", "wb") as log:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        exports: dict[str, str] = {}
        while "SAGEWRIGHT_TARGET" not in exports:
            name, _, value = process.stdout.readline().removeprefix("export ").strip().partition("=")
            exports[name] = value
        port = int(exports["SAGEWRIGHT_TARGET"].rpartition(":")[2])
        _wait_for(port)
        keys = Credentials(exports["AWS_ACCESS_KEY_ID"], exports["AWS_SECRET_ACCESS_KEY"])
        yield Server("ours", port, keys, time.perf_counter() - begin, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def moto() -> Iterator[Server]:
    """Serve with moto_server, of an environment of its own."""
    python = environment("moto-server", "moto[server]==5.2.5")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(python.parent / "moto_server"), "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield Server("moto_server", port, Credentials("key", "secret"), time.perf_counter() - begin, process.pid)
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10.0) as connection:
                connection.sendall(b"GET /_sagewright/health HTTP/1.1\r\nhost: x\r\n\r\n")
                if connection.recv(100).startswith(b"HTTP/1."):
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server does not answer")


def _mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
