"""How a host's program begins: as a process of this machine or as a container, a server with a port of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from sagewright.engine.executors import containers
from sagewright.engine.executors.process import placing, ports, relay
from sagewright.engine.executors.process import program as programs
from sagewright.engine.executors.process.engine_door import way_in
from sagewright.engine.executors.process.health import HealthCheck
from sagewright.engine.executors.process.outside import way_out
from sagewright.engine.planning.document import HostDocument
from sagewright.engine.warm import keeping

if TYPE_CHECKING:
    from sagewright.engine.executors.process.host import Host

SERVING_PORT = 8080  # of a container (`contract.md` 2.1)


class Program(Protocol):
    """A running program, as a process or a container.

    Attributes:
        output: Descriptor to read what it writes to stdout and stderr.
    """

    output: int

    @property
    def pid(self) -> int | None:
        """The process of this machine beneath which all of it runs; None: that is not known."""
        ...

    @property
    def out_of_memory(self) -> bool:
        """Whether it is known that it was killed for want of memory."""
        ...

    def terminate(self) -> None:
        """Send SIGTERM."""
        ...

    def kill(self) -> None:
        """End it and everything it has started; once it has ended, remove what it has left behind."""
        ...

    def poll(self) -> int | None:
        """Return the exit code (128 + n: it died of signal n), or None while it runs. Call it no more after that."""
        ...


@contextlib.contextmanager
def begun(host: Host) -> Iterator[tuple[Program, HealthCheck | None]]:
    """Start the program of a host that is prepared; yield it, and how its server is checked, if it is one."""
    if host.document.container is not None:
        yield _begin_container(host)
        return
    document, isolated = host.document, "mount" in host.isolation
    environment = containers.environment_of(document, host.python, host.folder.ml, isolated=isolated)
    environment = {**placing.threads_of(document), **environment}
    warm, home = host.warm, host.parts.home
    waiting = keeping.open_door(home, host.folder.warm, warm.interpreter, environment) if warm and home else None
    with (
        _server(document, environment, isolated=isolated) as (health, door),
        way_out(host.network, document, environment) as environment,
        way_in(home, host.folder.path, document, host.member, environment) as environment,
    ):
        program = programs.start(
            containers.command_of(document, host.python, environment),
            environment,
            host.folder.ml,
            document.working_folder,
            isolated=isolated,
            network=not document.network_isolation and door is None,
            member=host.member if isolated else None,
            views=host.provided.views,
            mounts={mount.target: mount.source for mount in document.mounts},
            door=door,
            interpreter=waiting,
            hidden=home if document.role else None,
        )
        yield program, health


@contextlib.contextmanager
def _server(
    document: HostDocument, environment: dict[str, str], *, isolated: bool
) -> Iterator[tuple[HealthCheck | None, programs.Door | None]]:
    """Choose the server's port and say it in its environment; yield how it is checked, and how it is reached."""
    server = document.server
    if server is None:
        yield None, None
    elif isolated and (server.fixed_port or document.network_isolation):
        door = programs.Door(relay.listen(), server.fixed_port or SERVING_PORT)
        environment[server.port_variable] = str(door.port)
        yield HealthCheck(door.listener.getsockname()[1], server.ping_path, server.startup_s), door
    else:
        with contextlib.nullcontext(server.fixed_port) if server.fixed_port else ports.reserved() as port:
            environment[server.port_variable] = str(port)
            yield HealthCheck(port, server.ping_path, server.startup_s), None


def _begin_container(host: Host) -> tuple[Program, HealthCheck | None]:
    from sagewright.engine.executors.container import engines, ownership, program

    document, ml, server = host.document, host.folder.ml, host.document.server
    execution_id = host.folder.path.parent.name
    if server and engines.needs_network(document):
        engines.make_network(document, execution_id)
    ownership.open_to_all(ml)
    started = program.start(document, execution_id, ml, SERVING_PORT if server else None)
    if server is None:
        return started, None
    port = started.port
    if port is None and started.address:  # its network leads nowhere: this process goes between
        listener = relay.listen()
        relay.start(listener, SERVING_PORT, started.address)
        port = listener.getsockname()[1]
    # Without any it has not even started.
    return started, HealthCheck(port or SERVING_PORT, server.ping_path, server.startup_s)
