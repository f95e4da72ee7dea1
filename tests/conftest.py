"""Every test has a home of its own, no AWS settings, no way out of the machine, and leaves no process behind."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# The shipped suites live outside of this folder; their assertions are to be explained like any other. Before any test
# module imports them.
pytest.register_assert_rewrite("sagewright.testing")

# How long drawing examples takes tells of the machine, which several runs may share, and not of the code.
hypothesis.settings.register_profile("shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("shared")

# A runner that was started in the background of a shell ignores Ctrl-C, and so would all programs that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the engine's home of this test; whatever still runs there afterwards is killed, and must then be gone."""
    folder = tmp_path / "home"
    for name in list(os.environ):
        if name.startswith(("AWS_", "SAGEWRIGHT_", "SAGEMAKER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(folder))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield folder
    deadline = time.monotonic() + 20.0
    while left := processes_of(folder):
        assert time.monotonic() < deadline, f"processes that cannot be killed: {left}"
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    if "sagewright.engine.engine" in sys.modules:  # what nobody has opened need not be closed
        sys.modules["sagewright.engine.engine"].forget(tmp_path)


@pytest.fixture(scope="session")
def container_engine() -> Iterator[Mapping[str, str]]:
    """Return the variables that lead to a container engine which holds the tests' image; skip where there is none."""
    from tests.container_engine import running

    with running() as engine:
        yield engine


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave the machine."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            raise AssertionError(f"a connection to {address} was about to leave the machine")
        _connect(self, address)

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if host is not None and not is_loopback(host):
            raise AssertionError(f"the name {host} was about to be looked up")
        return _getaddrinfo(host, *arguments, **named)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def is_loopback(host: Any) -> bool:
    """Tell whether a host is this machine."""
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def processes_of(folder: Path) -> list[int]:
    """Return the processes that were started for a home: stewards, hosts, programs."""
    mark = f"SAGEWRIGHT_HOME={folder}\0".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes() and not is_zombie(entry) and not is_tracker(entry):
                    found.append(int(entry.name))
    return found


def is_tracker(entry: Path) -> bool:
    """Tell whether a process is multiprocessing's own, which stays for the next test."""
    return b"multiprocessing.resource_tracker" in (entry / "cmdline").read_bytes()


def is_zombie(entry: Path) -> bool:
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
