"""The process that has imported a job's libraries and waits to be the next job's Python.

Started as `python -m sagewright.engine.warm.interpreter FOLDER DESCRIPTOR` (of the socket that listens), in
the job's interpreter with the job's variables. It only imports: a process that has computed with threads once cannot be
forked any more.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sagewright.engine.readiness import readable
from sagewright.engine.warm import becoming, checks
from sagewright.engine.warm.door import NAMESPACES

GLANCE_S = 1.0
REQUEST_S = 5.0
PROBE_S = 30.0
# Libraries whose threads or connections do not survive a fork, even if nothing but their import has happened.
UNFIT = frozenset({"tensorflow", "jax", "jaxlib", "ray", "grpc", "cupy", "pyspark"})
_MOST_BYTES = 1 << 28


def main(folder: Path, listener: socket.socket) -> None:
    """Serve until the time is over; or, in the fork that is a program, run that."""
    environment = _started_with()
    facts = json.loads((folder / "facts.json").read_text())
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # what `-m` has put there
    sys.path[:] = [entry for entry in sys.path if not checks.is_volatile(entry)]  # whatever lies there out here
    import_all(facts["modules"])
    if why := unfit():
        sys.exit(f"not fit to be forked: {why}")
    imported = {name: value for name, value in os.environ.items() if environment.get(name) != value}
    files = checks.stamps([*_files(), *(entry for entry in sys.path if os.path.isdir(entry))])
    gc.collect()
    gc.freeze()  # a collection in a program would copy every page of what is shared
    request = _serve(folder, listener, environment, imported, files)
    if request is not None:
        becoming.run(request)


def import_all(modules: Sequence[str]) -> None:
    """Import what can be imported, in the order given."""
    for name in modules:
        if name.partition(".")[0] not in UNFIT and name not in sys.modules:
            try:
                importlib.import_module(name)
            except BaseException as error:  # noqa: BLE001 - then the program meets it, or not
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - this is the log


def unfit() -> str | None:
    """Return why forks of this process would not work; found out by trying."""
    if found := UNFIT & {name.partition(".")[0] for name in sys.modules}:
        return f"{', '.join(sorted(found))} is imported"
    if threading.active_count() > 1:
        return f"threads run: {', '.join(thread.name for thread in threading.enumerate())}"
    pid = _fork()
    if pid == 0:
        signal.alarm(int(PROBE_S))
        code = 1
        try:
            _compute()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    return f"computing in a fork ended with {os.waitstatus_to_exitcode(status)}" if status else None


def _compute() -> None:
    """Use the thread pools of the numeric libraries that are there, as a program would."""
    if (numpy := _loaded("numpy")) is not None:
        numpy.ones((300, 300)) @ numpy.ones((300, 300))
    if (torch := _loaded("torch")) is not None:
        torch.ones(300, 300) @ torch.ones(300, 300)


def _loaded(name: str) -> Any:
    return sys.modules.get(name)


def _started_with() -> dict[str, str]:
    """Return the environment before the interpreter changed it."""
    pairs = [os.fsdecode(item).partition("=") for item in Path("/proc/self/environ").read_bytes().split(b"\0") if item]
    return {name: value for name, _, value in pairs}


def _files() -> list[str]:
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    return [spec.origin for spec in specs if spec is not None and spec.has_location and spec.origin]


def _serve(
    folder: Path,
    listener: socket.socket,
    environment: Mapping[str, str],
    imported: Mapping[str, str],
    files: checks.Stamps,
) -> Mapping[str, Any] | None:
    """Answer whoever asks; return a request in the fork that is its program, None when the time is over."""
    while time.time() < _until(folder):
        _reap()
        if not readable([listener], GLANCE_S):
            continue
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(REQUEST_S)
            try:
                request, descriptors = _receive(connection)
            except (OSError, ValueError):
                continue
            connection.settimeout(None)
            why = checks.objection(request, environment, files)
            if why is not None:
                _say(connection, f"no {why}")
            elif _fork() == 0:
                listener.close()
                becoming.divide(connection, request, descriptors, environment, imported)
                return request
            for descriptor in descriptors:
                os.close(descriptor)
    return None


def _receive(connection: socket.socket) -> tuple[Mapping[str, Any], list[int]]:
    """Return a request and the descriptors that came with it.

    Raises:
        ValueError: It is none.
    """
    count = 3 + len(NAMESPACES)
    head, ancillary, _, _ = connection.recvmsg(8, socket.CMSG_SPACE(count * 4))
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    try:
        if len(descriptors) != count or len(head) != 8:
            raise ValueError("no request")
        left = int.from_bytes(head, "big")
        if left > _MOST_BYTES:
            raise ValueError("too long")
        body = b""
        while left and (piece := connection.recv(min(left, 1 << 20))):
            body += piece
            left -= len(piece)
        return json.loads(body), list(descriptors)
    except (OSError, ValueError):
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _say(connection: socket.socket, text: str) -> None:
    with contextlib.suppress(OSError):  # who asked may have gone
        connection.sendall(f"{text}\n".encode())


def _fork() -> int:
    """Fork, and say nothing of threads: those that there are belong to libraries that know of forks (`unfit`)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _until(folder: Path) -> float:
    try:
        return float((folder / "until").read_text())
    except (OSError, ValueError):
        return 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
