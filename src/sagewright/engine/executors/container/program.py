"""The user's program as a container: what `process.program` is for processes."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.executors.container import engines
from sagewright.engine.planning.document import Container, HostDocument

ML = "/opt/ml"
NOT_STARTED = 127  # as for a process that cannot be started


@dataclass
class ContainerProgram:
    """A running container.

    Attributes:
        output: Descriptor to read what it writes to stdout and stderr.
        pid: Its first process, where that is one of this machine's; else None.
        out_of_memory: The kernel has killed it for want of memory; known when it has ended.
        port: The loopback port that leads to its server, if it has one.
        address: Its address in the engine's network; empty: none.
    """

    container: Any
    output: int
    pid: int | None = None
    out_of_memory: bool = False
    port: int | None = None
    address: str = ""
    _exit_code: int | None = None
    _error: Exception | None = None

    def terminate(self) -> None:
        """Send SIGTERM to its first process."""
        self._signal("SIGTERM")

    def kill(self) -> None:
        """End it; one that has ended already is removed."""
        if self._exit_code is None:
            self._signal("SIGKILL")
        else:
            with contextlib.suppress(*_failures()):
                self.container.remove(force=True, v=True)

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs.

        Raises:
            Exception: The engine was lost.
        """
        if self._error is not None:
            raise self._error
        return self._exit_code

    def follow(self, stream: Any, writing: int) -> None:
        """Hand on what it writes, in a thread that ends with it."""
        threading.Thread(target=self._follow, args=(stream, writing), daemon=True).start()

    def give_up(self, why: str, writing: int) -> None:
        """Count as a program that could not be started."""
        _write(writing, f"{why}\n".encode(errors="replace"))
        os.close(writing)
        self._exit_code = NOT_STARTED

    def _signal(self, name: str) -> None:
        with contextlib.suppress(*_failures()):
            self.container.kill(signal=name)

    def _follow(self, stream: Any, writing: int) -> None:
        """Hand on what it writes; note its end before the pipe's."""
        try:
            for piece in stream:
                _write(writing, piece)
            ended = self.container.wait(timeout=None)
            self.container.reload()
            self.out_of_memory = bool(self.container.attrs["State"].get("OOMKilled"))
            self._exit_code = int(ended["StatusCode"])
        except Exception as error:  # noqa: BLE001 - the border of the thread: `poll` raises it
            self._error = error
        finally:
            os.close(writing)


def start(document: HostDocument, execution_id: str, ml: Path, port: int | None) -> ContainerProgram:
    """Start a container, in place of what may be left of one with the same name.

    Args:
        ml: The folder that it shall see as `/opt/ml`.
        port: That its server binds, if it is one.

    Returns:
        The running program; one that the engine could not start has ended with 127.
    """
    import docker.errors

    assert document.container is not None
    name = engines.name_of(execution_id, document.host)
    engines.remove(document.container.engine, [name])
    client = engines.connect(document.container.engine)
    container = client.containers.create(
        document.container.image,
        list(document.command) or None,
        name=name,
        environment=dict(document.environment),
        volumes={str(ml): {"bind": ML, "mode": "rw"}},
        security_opt=["label=disable"],  # SELinux would keep it from the folder
        labels={"sagewright.execution": execution_id},
        **_command(document.container),
        **_network(document, execution_id, port),
        **_sizes(document),
    )
    reading, writing = os.pipe()
    program = ContainerProgram(container, reading)
    try:
        stream = container.attach(stdout=True, stderr=True, stream=True)  # first, so that nothing is missed
        container.start()
    except docker.errors.APIError as error:
        program.give_up(f"cannot start the container: {error.explanation or error}", writing)
        return program
    _look_at(program, ml, port)
    program.follow(stream, writing)
    return program


def _command(container: Container) -> dict[str, Any]:
    return {} if container.entry_point is None else {"entrypoint": list(container.entry_point)}


def _network(document: HostDocument, execution_id: str, port: int | None) -> dict[str, Any]:
    from docker.types import EndpointConfig

    if engines.needs_network(document):
        network = engines.network_of(execution_id)
        reached = EndpointConfig(engines.API_VERSION, aliases=[document.host])
        return {"hostname": document.host, "network": network, "networking_config": {network: reached}}
    if port is not None:
        return {"ports": {f"{port}/tcp": ("127.0.0.1", None)}}
    return {"hostname": document.host, **({"network_mode": "none"} if document.network_isolation else {})}


def _sizes(document: HostDocument) -> dict[str, Any]:
    """Return what the container may use: as much as the instance type has, and the machine."""
    sizes: dict[str, Any] = {}
    if document.container and document.container.cpus:
        sizes["nano_cpus"] = int(min(document.container.cpus, os.cpu_count() or 1) * 1_000_000_000)
    if document.memory_bytes:
        sizes |= {"mem_limit": document.memory_bytes, "memswap_limit": document.memory_bytes}
        sizes["shm_size"] = document.memory_bytes // 2  # as Linux gives a machine; Docker's 64 MiB stop data loaders
    return sizes


def _look_at(program: ContainerProgram, ml: Path, port: int | None) -> None:
    """Note what the engine says of a container that it has started."""
    program.container.reload()
    attributes = program.container.attrs
    pid = attributes["State"].get("Pid")
    if pid and _sees(pid, ml):
        program.pid = pid
    settings = attributes["NetworkSettings"]
    bound = (settings.get("Ports") or {}).get(f"{port}/tcp") if port else None
    program.port = int(bound[0]["HostPort"]) if bound else None
    networks = (settings.get("Networks") or {}).values()
    program.address = next((network["IPAddress"] for network in networks if network.get("IPAddress")), "")


def _sees(pid: int, ml: Path) -> bool:
    """Tell whether a process of this machine sees the folder: an engine may run on another, as in a virtual one."""
    with contextlib.suppress(OSError):
        execution = f"/{ml.parent.parent.name}/{ml.parent.name}/{ml.name} {ML} "
        return execution in Path(f"/proc/{pid}/mountinfo").read_text()
    return False


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _failures() -> tuple[type[Exception], ...]:
    import docker.errors

    return (docker.errors.DockerException, OSError)
