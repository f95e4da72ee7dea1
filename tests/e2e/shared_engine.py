"""A shared engine in tests: `sagewright up` as a process of its own, on a port that is free."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

START_S = 30.0


@dataclass
class SharedEngine:
    """A server that answers.

    Attributes:
        exports: The variables that it has printed.
    """

    process: subprocess.Popen[str]
    home: Path
    exports: Mapping[str, str]

    @property
    def url(self) -> str:
        return self.exports["AWS_ENDPOINT_URL"]

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def client(self, service: str, config: Config | None = None, **more: Any) -> Any:
        session = boto3.Session(
            aws_access_key_id=self.exports["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.exports["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
        )
        return session.client(service, **{"endpoint_url": self.url, "config": config, **more})  # type: ignore[call-overload]

    def connect(self, timeout_s: float = 20.0) -> socket.socket:
        return socket.create_connection(self.address, timeout=timeout_s)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self, signal_: int = signal.SIGTERM) -> int:
        self.process.send_signal(signal_)
        return self.process.wait(30)

    def access_log(self) -> list[dict[str, Any]]:
        lines = (self.home / "access.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


def start(home: Path, *options: str, environment: Mapping[str, str] | None = None) -> SharedEngine:
    """Start a server and wait until it answers; its stderr goes to `access.log` in the home."""
    home.mkdir(parents=True, exist_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAGEWRIGHT_TARGET"))}
    options = options if "--port" in options else ("--port", "0", *options)
    with open(home / "access.log", "a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sagewright.cli", "up", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**clean, "SAGEWRIGHT_HOME": str(home), **(environment or {})},
        )
    assert process.stdout is not None
    exports: dict[str, str] = {}
    deadline = time.monotonic() + START_S
    while "SAGEWRIGHT_TARGET" not in exports:
        line = process.stdout.readline()
        assert line, (home / "access.log").read_text()
        assert time.monotonic() < deadline
        name, _, value = line.removeprefix("export ").strip().partition("=")
        exports[name] = value
    return SharedEngine(process, home, exports)


@contextmanager
def shared_engine(home: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[SharedEngine]:
    """Lend a server for as long as the block lasts."""
    engine = start(home, *options, environment=environment)
    try:
        yield engine
    finally:
        if engine.process.poll() is None:
            engine.stop()
        if engine.process.stdout is not None:
            engine.process.stdout.close()
