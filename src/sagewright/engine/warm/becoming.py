"""From the fork of a warm interpreter to the program.

The fork enters the namespaces of whoever asks and forks once more: its child is the program, it stays behind, tells how
the program ended, and kills it when nobody is left to be told.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib
import os
import runpy
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.machinery import SourceFileLoader
from types import ModuleType, TracebackType
from typing import Any, NoReturn

from sagewright.engine.readiness import readable
from sagewright.engine.warm import checks, notes
from sagewright.engine.warm.door import NAMESPACES

Request = Mapping[str, Any]

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def divide(
    connection: socket.socket,
    request: Request,
    descriptors: Sequence[int],
    started_with: Mapping[str, str],
    imported: Mapping[str, str],
) -> None:
    """Return in the process that shall be the program, everything in place; the fork itself does not return.

    Args:
        descriptors: Standard input, output and error, and the namespaces in the order of `NAMESPACES`.
        started_with: The variables of the warm interpreter.
        imported: Those that imports have set.
    """
    os.setsid()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    loaded = {name for name in sys.modules if "." not in name}
    sys.path[:] = checks.own_path(sys.path, started_with, request["environment"])
    try:
        _enter(descriptors[3:])
        why = checks.objection_inside(request, sys.path, loaded)
    except OSError as error:
        why = str(error)
    if why is not None:
        connection.sendall(f"no {why}\n".encode())
        os._exit(0)
    program = os.fork()
    if program == 0:
        _dress(request, descriptors, imported)
        connection.sendall(f"pid {os.getpid()}\n".encode())
        connection.close()
        return
    for descriptor in descriptors:
        os.close(descriptor)
    _watch(connection, program, request["environment"].get(notes.VARIABLE))


def run(request: Request) -> None:
    """Run the program as a fresh interpreter would; the caller leaves the interpreter by its ordinary way out.

    Raises:
        SystemExit: What the program's end means as an exit code.
    """
    form = checks.form_of(request["command"])
    assert form is not None
    try:
        if form.kind == "-m":
            runpy._run_module_as_main(form.target)  # type: ignore[attr-defined]
        else:
            exec(_code(form, request["folder"]), sys.modules["__main__"].__dict__)  # noqa: S102 - this is what an interpreter does
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - what nobody has caught is shown, as ever
        _show(error)
        if isinstance(error, KeyboardInterrupt):
            _end_interrupted()
        sys.exit(1)


def _enter(namespaces: Sequence[int]) -> None:
    """Enter the namespaces that are not this process's own already."""
    assert _libc is not None
    own = [os.stat(f"/proc/self/ns/{name}").st_ino for name in NAMESPACES]
    for descriptor, inode in zip(namespaces, own, strict=True):
        if os.fstat(descriptor).st_ino != inode and _libc.setns(descriptor, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"setns: {os.strerror(number)}")


def _watch(connection: socket.socket, program: int, folder: str | None) -> NoReturn:
    """Wait for the program's end and tell of it."""
    mark = os.path.join(folder, f"{program}.pid") if folder is not None else None
    if mark is not None:
        _append(mark, "")
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    while True:
        pid, status, used = os.wait4(program, os.WNOHANG)
        if pid:
            break
        ready = readable([connection.fileno(), reading], 1.0)
        if connection.fileno() in ready:  # nobody says anything any more: it is the end of who asked
            os.kill(program, signal.SIGKILL)
            pid, status, used = os.wait4(program, 0)
            break
        if reading in ready:
            os.read(reading, 512)
    if folder is not None and mark is not None:
        _append(os.path.join(folder, "used"), f"{used.ru_utime + used.ru_stime} {used.ru_maxrss * 1024}\n")
        with contextlib.suppress(OSError):
            os.unlink(mark)
    with contextlib.suppress(OSError):
        connection.sendall(f"status {status}\n".encode())
    os._exit(0)


def _append(path: str, text: str) -> None:
    """Leave a fact of the program where its host finds it: its own account of children has it not."""
    try:
        with open(path, "a") as file:
            file.write(text)
    except OSError:
        pass


def _dress(request: Request, descriptors: Sequence[int], imported: Mapping[str, str]) -> None:
    """Make everything as it is in a fresh interpreter that was started with the request's command."""
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    _reset_signals()
    os.chdir(request["folder"])
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update({**request["environment"], **imported})
    notes.begin(request["environment"])
    _reset_interpreter(request)
    _reset_modules(request["folder"])


def _reset_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _reset_interpreter(request: Request) -> None:
    form = checks.form_of(request["command"])
    assert form is not None
    folder, command = request["folder"], list(request["command"])
    if os.sep in command[0]:
        sys.executable = os.path.normpath(os.path.join(folder, command[0]))
    else:
        sys.executable = os.path.join(os.path.dirname(sys.executable), command[0])
    sys.orig_argv = command
    first = form.target if form.kind == "script" else form.kind
    sys.argv = [first, *form.arguments]
    if not getattr(sys.flags, "safe_path", False):
        script_folder = os.path.dirname(os.path.realpath(form.target))
        sys.path.insert(0, {"script": script_folder, "-m": folder, "-c": ""}[form.kind])
    for entry in sys.path:  # what it holds, or that it is not there, was seen in another mount namespace
        if checks.is_volatile(entry):
            sys.path_importer_cache.pop(entry, None)
    importlib.invalidate_caches()
    main = ModuleType("__main__")
    main.__dict__.update(__builtins__=__builtins__, __spec__=None, __annotations__={})
    if form.kind == "script":
        path = os.path.join(folder, form.target)
        main.__dict__.update(__file__=path, __cached__=None)
        main.__loader__ = SourceFileLoader("__main__", path)
    sys.modules["__main__"] = main


def _reset_modules(folder: str) -> None:
    """Renew what modules have drawn or looked up when they were imported."""
    if (random := _module("numpy.random")) is not None:
        random.seed()
    if (process := _module("multiprocessing.process")) is not None:
        process.ORIGINAL_DIR = folder
        process.current_process().authkey = os.urandom(32)
    if (logging := _module("logging")) is not None and hasattr(logging, "_startTime"):
        import time

        logging._startTime = time.time_ns() if isinstance(logging._startTime, int) else time.time()


def _module(name: str) -> Any:
    return sys.modules.get(name)


def _code(form: checks.Form, folder: str) -> Any:
    if form.kind == "-c":
        return compile(form.target, "<string>", "exec", dont_inherit=True)
    path = os.path.join(folder, form.target)
    with open(path, "rb") as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


def _show(error: BaseException) -> None:
    """Print a traceback in which the warm interpreter does not appear."""
    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    error.__traceback__ = trace
    sys.excepthook(type(error), error, trace)


def _end_interrupted() -> None:
    """Finish, and die of SIGINT, as a fresh interpreter does."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
