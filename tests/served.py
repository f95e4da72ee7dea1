"""A model server as a process of its own, in a folder that stands for `/opt/ml`."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"


class Said(NamedTuple):
    """An answer."""

    status: int
    type: str | None
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Served:
    """A server and what it has written."""

    def __init__(self, base: Path, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.base, self.process, self.port, self._log = base, process, port, log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Said:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            client.request(method, path, body, dict(headers or {}))
            response = client.getresponse()
            return Said(response.status, response.getheader("Content-Type"), response.read())
        finally:
            client.close()

    def ask(
        self, data: Any, content_type: str = JSON, accept: str | None = None, path: str = "/invocations", **headers: str
    ) -> Said:
        """Post a request; what is no bytes becomes JSON."""
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        wanted = {"Accept": accept} if accept else {}
        return self.call("POST", path, body, {"Content-Type": content_type, **wanted, **headers})

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.call("GET", "/ping").status == 200
        return False

    def wait_until_ready(self, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.02)

    def workers(self) -> list[int]:
        # By the parent that each process names: a thread's list of children moves on when the thread ends.
        return [pid for pid, parent in _processes() if parent == self.process.pid]


def _processes() -> Iterator[tuple[int, int]]:
    """Return the processes of this machine, each with its parent."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            yield int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(
    base: Path,
    files: Mapping[str, str | bytes],
    *,
    framework: str = "",
    module: str = "sagewright.engine.model_server",
    wait: bool = True,
    **environment: str,
) -> Iterator[Served]:
    """Serve what lies below `base`, of which `files` are written first."""
    (base / "model").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    port, log = free_port(), base / "log"
    variables = {
        **os.environ,
        "SAGEMAKER_BASE_DIR": str(base),
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SAGEWRIGHT_SERVING_FRAMEWORK": framework,
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "serve"], env=variables, stdout=output, stderr=subprocess.STDOUT, cwd=base
        )
    served = Served(base, process, port, log)
    try:
        if wait:
            served.wait_until_ready()
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
