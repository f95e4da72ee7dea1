"""A container engine for tests, and an image in it that needs no network: this Python and what it is linked to."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sagewright.engine.executors.container import engines

IMAGE = "sagewright.test/own:1"
PROGRAM = """#!/usr/bin/python3
import os, sys
code = open("/opt/ml/input/data/code/program.py").read() if sys.argv[1:] != ["serve"] else os.environ["SERVE"]
exec(compile(code, "program.py", "exec"))
"""
_LEFT_OUT = re.compile(
    r"/(test|tests|site-packages|idlelib|lib2to3|ensurepip|tkinter|turtledemo|pydoc_data|asyncio|unittest|__pycache__)$"
    r"|/config-|/lib-dynload/(_tkinter|_test|_sqlite3|_ssl|_hashlib|_curses|_ctypes|_codecs|_decimal|pyexpat|readline)"
)
# What Podman needs on machines that are containers themselves: no limits above theirs, no systemd.
_SETTINGS = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


@contextlib.contextmanager
def running() -> Iterator[Mapping[str, str]]:
    """Yield the variables that lead to an engine which holds the image; skip where there is none."""
    pytest.importorskip("docker", reason="the library `docker` is not installed")
    with contextlib.ExitStack() as stack:
        engine = engines.find(os.environ) or stack.enter_context(_podman())
        client = stack.enter_context(contextlib.closing(engines.connect(engine)))
        repository, _, tag = IMAGE.partition(":")
        client.api.import_image_from_data(_root_folder(), repository, tag, ['ENTRYPOINT ["/opt/program/run"]'])
        if engines.lacks(client, IMAGE):  # Podman makes it `latest`
            client.api.tag(f"{repository}:latest", repository, tag)
        stack.callback(client.images.remove, IMAGE, force=True)
        yield engine


def held(client: Any) -> list[str]:
    """Return the names of the containers and networks that an engine holds for executions."""
    containers = [name.lstrip("/") for container in client.api.containers(all=True) for name in container["Names"]]
    networks = [network["Name"] for network in client.api.networks()]
    return [name for name in (*containers, *networks) if name.startswith("sagewright-")]


@contextlib.contextmanager
def _podman() -> Iterator[Mapping[str, str]]:
    if shutil.which("podman") is None or os.geteuid() != 0:
        pytest.skip("no container engine answers, and Podman cannot be started by this user")
    folder = Path(tempfile.mkdtemp(prefix="podman-"))
    runtime = 'runtime = "runc"\n' if shutil.which("runc") else ""
    (folder / "containers.conf").write_text(_SETTINGS + runtime)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SAGEWRIGHT_")}
    (folder / "networks").mkdir()  # its own, for the tests of another process clear away what they find
    places = [f"--root={folder}/root", f"--runroot={folder}/run", f"--network-config-dir={folder}/networks"]
    command = ["podman", *places, "system", "service", "--time=0"]
    address = f"unix://{folder}/podman.sock"
    with open(folder / "log", "wb") as log:
        service = subprocess.Popen(
            [*command, address],
            cwd=folder,
            env={**variables, "CONTAINERS_CONF": f"{folder}/containers.conf"},
            stdout=log,
            stderr=log,
        )
    try:
        engine = engines.find({"DOCKER_HOST": address})
        deadline = time.monotonic() + 20.0
        while engine is None and service.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
            engine = engines.find({"DOCKER_HOST": address})
        if engine is None:
            pytest.skip(f"Podman does not start here: {(folder / 'log').read_text()[-500:]}")
        yield engine
    finally:
        service.terminate()
        service.wait()
        for mount in ("root/overlay", "run/netns", "root"):
            subprocess.run(["umount", "-l", str(folder / mount)], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _root_folder() -> bytes:
    """Return the archive of a root folder with Python, as small as it goes."""
    binary = os.path.realpath(sys._base_executable)  # type: ignore[attr-defined]
    library = Path(os.__file__).parent
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        found = [binary, *_linked(binary)]
        archive.add(library, filter=_needed)
        for module in (library / "lib-dynload").glob("*.so"):
            found += [] if _LEFT_OUT.search(str(module)) else _linked(str(module))
        for path in dict.fromkeys(found):
            archive.add(os.path.realpath(path), path)
        link = tarfile.TarInfo("usr/bin/python3")
        link.type, link.linkname = tarfile.SYMTYPE, binary
        archive.addfile(link)
        program = tarfile.TarInfo("opt/program/run")
        program.mode, program.size = 0o755, len(PROGRAM)
        archive.addfile(program, io.BytesIO(PROGRAM.encode()))
    return buffer.getvalue()


def _needed(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT.search(member.name) else member


def _linked(path: str) -> list[str]:
    told = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(/\S+) \(0x", told)
