"""Lets this machine reach a server that has a network of its own.

The process that enters the program's network brings a socket along that listens outside; whoever connects there is led
to the server's port inside. For a container the host's process does that.
"""

from __future__ import annotations

import contextlib
import socket
import threading

_PIECE_BYTES = 1 << 16
_CONNECT_S = 2.0


def listen() -> socket.socket:
    """Return a socket that listens on a free loopback port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def start(listener: socket.socket, port: int, address: str = "127.0.0.1") -> None:
    """Lead every connection on, in threads that end with the process."""
    threading.Thread(target=_accept, args=(listener, (address, port)), daemon=True).start()


def _accept(listener: socket.socket, target: tuple[str, int]) -> None:
    while True:
        outside, _ = listener.accept()
        threading.Thread(target=_lead_on, args=(outside, target), daemon=True).start()


def _lead_on(outside: socket.socket, target: tuple[str, int]) -> None:
    with outside:
        try:
            inside = socket.create_connection(target, timeout=_CONNECT_S)
        except OSError:  # nobody serves there yet: as outside, the connection is refused
            return
        with inside:
            inside.settimeout(None)
            pump_both(outside, inside)


def pump_both(one: socket.socket, other: socket.socket) -> None:
    """Hand on what comes on each of two connections to the other, until both have ended."""
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE_BYTES):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
