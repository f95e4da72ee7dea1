"""Finding a container engine, and clearing away what it holds of an execution."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sagewright.engine.data.errors import LayoutError
from sagewright.engine.images import did_you_mean
from sagewright.engine.planning.document import Container, HostDocument

VARIABLES = (
    "DOCKER_HOST",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
)  # that say where the engine is, and how to reach it
API_VERSION = "1.41"  # Docker 20.10, Podman 3: all that is in use knows it, and nothing here needs more
_ANSWER_S = 2.0
_CALL_S = 60.0
_PAUSE_S = 0.2


def find(environ: Mapping[str, str]) -> dict[str, str] | None:
    """Return the variables that lead to the engine in force, or None where none answers.

    `DOCKER_HOST` has the last word; without it the sockets are tried at which Docker and Podman usually listen.
    """
    given = {name: environ[name] for name in VARIABLES if environ.get(name)}
    if given.get("DOCKER_HOST"):
        return given if _answers(given) else None
    found = ({"DOCKER_HOST": f"unix://{path}"} for path in _sockets(environ))
    return next(filter(_answers, found), None)


def has_library() -> bool:
    """Tell whether the Python library is installed that speaks to container engines."""
    return importlib.util.find_spec("docker") is not None


def connect(engine: Mapping[str, str], timeout_s: float = _CALL_S) -> Any:
    """Return a client (`docker.DockerClient`) of an engine, as `find` describes it. Nothing is sent yet."""
    import docker

    return docker.from_env(environment=dict(engine), timeout=timeout_s, version=API_VERSION)


def bring_image(container: Container) -> None:
    """Have the engine hold the container's image, as far as its pull policy allows.

    Raises:
        LayoutError: It cannot be had.
    """
    import docker.errors

    with contextlib.closing(connect(container.engine)) as client:
        try:
            if container.pull != "always" and not lacks(client, container.image):
                return
            if container.pull == "never":
                raise LayoutError(
                    f"ClientError: Cannot pull the image {container.image}: it is not there, and nothing is pulled.\n"
                    "hint: build or load it, or set SAGEWRIGHT_PULL=missing."
                )
            client.images.pull(container.image)
        except (docker.errors.DockerException, OSError) as error:
            raise LayoutError(
                f"ClientError: Cannot pull the image {container.image}: {error}{did_you_mean(container.image)}"
            ) from None


def lacks(client: Any, image: str) -> bool:
    """Tell whether an image would have to be pulled."""
    import docker.errors

    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        return True
    return False


def name_of(execution_id: str, host: str) -> str:
    """Return a container's name: the same for ever, so that whoever comes next finds it."""
    return f"sagewright-{execution_id}-{host}"


def network_of(execution_id: str) -> str:
    """Return the name of the network of several hosts."""
    return f"sagewright-{execution_id}"


def needs_network(document: HostDocument) -> bool:
    """Tell whether a host's container is in a network made for its execution.

    Several hosts are, and a server that shall reach nothing: it must be reached.
    """
    return bool(document.addresses or (document.server and document.network_isolation))


def make_network(document: HostDocument, execution_id: str) -> None:
    """Make the network of an execution."""
    assert document.container is not None
    name = network_of(execution_id)
    remove(document.container.engine, (), [name])
    with contextlib.closing(connect(document.container.engine)) as client:
        client.networks.create(name, driver="bridge", internal=document.network_isolation)


def remove(
    engine: Mapping[str, str], containers: Iterable[str], networks: Iterable[str] = (), patience_s: float = 0.0
) -> None:
    """Remove containers, running or not, and networks; what is not there, or cannot be reached, is passed over.

    Args:
        patience_s: How long to wait for a container that the engine may be just making.
    """
    import docker.errors

    gone = (docker.errors.DockerException, OSError)
    with contextlib.suppress(*gone), contextlib.closing(connect(engine, timeout_s=20.0)) as client:
        for name in containers:
            with contextlib.suppress(*gone):
                container = _find(client, name, time.monotonic() + patience_s)
                with contextlib.suppress(*gone):  # it has ended; and Podman's `force` alone would ask it first
                    container.kill()
                container.remove(force=True, v=True)
        for name in networks:
            with contextlib.suppress(*gone):
                client.networks.get(name).remove()


def _find(client: Any, name: str, until: float) -> Any:
    import docker.errors

    while True:
        try:
            return client.containers.get(name)
        except docker.errors.NotFound:
            if time.monotonic() >= until:
                raise
            time.sleep(_PAUSE_S)


def _sockets(environ: Mapping[str, str]) -> Iterator[str]:
    yield "/var/run/docker.sock"
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        yield os.path.join(runtime, "docker.sock")
        yield os.path.join(runtime, "podman/podman.sock")
    if home := environ.get("HOME"):
        yield os.path.join(home, ".docker/run/docker.sock")
    yield "/run/podman/podman.sock"


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_ANSWER_S)
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


def _answers(engine: Mapping[str, str]) -> bool:
    scheme, _, path = engine["DOCKER_HOST"].partition("://")
    if (scheme == "unix" and not _listens(path)) or not has_library():
        return False
    import docker.errors

    try:
        with contextlib.closing(connect(engine, timeout_s=_ANSWER_S)) as client:
            return bool(client.ping())
    except (docker.errors.DockerException, OSError):
        return False
