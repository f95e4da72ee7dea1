"""Asking a warm interpreter to be the program: what stands in for the program then, in its place and with its signals.

Also started by path, with the interpreter's options `-I -S` and a command (`notes.through_the_door`): the command is
then what it becomes, warm or by exec.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

NAMESPACES = ("user", "net", "uts", "ipc", "pid", "mnt")  # in the order in which they are entered
SCRIPT_MODE = "sagewright.engine.script_mode"
REPLY_S = 20.0  # for an interpreter that still imports: it has begun earlier than the program would
HANDED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT)


def enter_or_say(pool: str, command: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    """Do what `enter` does; return where that cannot be, when the log has been told why."""
    why = enter(pool, command, environment, folder)
    if SCRIPT_MODE not in command:  # that starts the program proper, which is what should begin warm
        os.write(2, f"sagewright: this job starts cold in its warm pool: {why}\n".encode(errors="replace"))


def enter(pool: str, command: Sequence[str], environment: Mapping[str, str], folder: str) -> str:
    """Be the program by way of a warm interpreter, to its end; return, with the reason, only where that cannot be.

    Args:
        pool: The folder of the interpreter.
        folder: Where the program starts.
    """
    why = ""
    try:
        with connected(pool) as connection:
            _ask(connection, command, environment, folder)
            connection.settimeout(REPLY_S)
            verb, _, text = _line(connection).partition(" ")
            if verb == "pid":
                connection.settimeout(None)
                _accompany(connection, int(text))
            why = text
    except OSError as error:
        why = "" if isinstance(error, (ConnectionError, FileNotFoundError)) else str(error)
    return why or "its interpreter is gone"


def connected(pool: str) -> socket.socket:
    """Return a connection to an interpreter.

    Raises:
        OSError: There is none.
    """
    # By way of the descriptor: the path of a socket must be short.
    handle = os.open(pool, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(f"/proc/self/fd/{handle}/socket")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(handle)
    return connection


def _ask(connection: socket.socket, command: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    umask = os.umask(0)
    os.umask(umask)
    request = {"command": list(command), "environment": dict(environment), "folder": folder, "umask": umask}
    body = json.dumps(request).encode()
    namespaces = [os.open(f"/proc/self/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in NAMESPACES]
    try:
        rights = array.array("i", [0, 1, 2, *namespaces])
        head = len(body).to_bytes(8, "big")
        connection.sendmsg([head], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        connection.sendall(body)
    finally:
        for descriptor in namespaces:
            os.close(descriptor)


def _line(connection: socket.socket) -> str:
    text = b""
    while not text.endswith(b"\n"):
        piece = connection.recv(1)
        if not piece:
            break
        text += piece
    return text.decode().rstrip("\n")


def _accompany(connection: socket.socket, pid: int) -> None:
    """Hand signals on to the program, and end as it ends."""

    def hand_on(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    for number in HANDED_ON:
        signal.signal(number, hand_on)
    verb, _, text = _line(connection).partition(" ")
    status = int(text) if verb == "status" else signal.SIGKILL  # as if: whoever kept it company was killed
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    _die_of(os.WTERMSIG(status))


def _die_of(number: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def main(command: Sequence[str]) -> None:
    """Become the command."""
    folder = os.environ.get("SAGEWRIGHT_WARM")
    if folder:
        try:
            with open(os.path.join(folder, "door")) as file:
                enter_or_say(file.read(), command, os.environ, os.getcwd())
        except OSError:
            pass
    os.execvp(command[0], list(command))  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
