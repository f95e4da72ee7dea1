"""What the hosts of a job do together: a star of TCP connections round the first host.

Every host calls the same methods in the same order. Sums are formed on the first host, in the order of the hosts, and
sent to all, so that every host goes on with the same bits. Only arrays of 64-bit floats travel, whose size both ends
know or the sender tells within a bound; nothing that arrives is executed.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Wide = npt.NDArray[np.float64]

PORT = 29_400
JOINING_S = 1800.0  # hosts may take long to load their data
ANSWER_S = 1800.0
MOST_VALUES = 1 << 31
_HELLO = struct.Struct("!8sI")
_SIZE = struct.Struct("!Q")
_MAGIC = b"sagewrgt"


@dataclass(frozen=True)
class Collective:
    """The hosts of a job, seen from one of them; one host alone has nobody to ask.

    Attributes:
        rank: Which one this is, from 0.
        size: How many there are.
    """

    rank: int = 0
    size: int = 1
    _peers: Sequence[socket.socket] = field(default_factory=list)  # by rank; the first host's only, of the others

    def sum(self, *arrays: Array) -> list[Array]:
        """Return the sums of arrays over all hosts, of their shapes and types. Every host gives the same shapes."""
        if self.size == 1:
            return list(arrays)
        flat = np.concatenate([np.asarray(array, np.float64).ravel() for array in arrays])
        return list(_split(self._sum(flat), arrays))

    def join(self, rows: Array) -> Array:
        """Return the rows of all hosts behind one another, on every host; of the same width and type."""
        if self.size == 1:
            return rows
        counts = np.zeros(self.size)
        counts[self.rank] = len(rows)
        (counts,) = self.sum(counts)
        ends = np.cumsum(counts).astype(np.int64)
        everything = np.zeros((int(ends[-1]), *rows.shape[1:]))
        everything[ends[self.rank] - len(rows) : ends[self.rank]] = rows
        return np.asarray(self.sum(everything)[0], rows.dtype)

    def agree(self, array: Array) -> Array:
        """Return the first host's array, on every host."""
        return self.sum(array if self.rank == 0 else np.zeros_like(array))[0]

    def share(self, rows: Array) -> Array:
        """Return this host's share of rows that all hosts have."""
        return rows[self.rank :: self.size]

    def _sum(self, flat: Wide) -> Wide:
        if self.rank:
            _send(self._peers[0], flat)
            return _receive(self._peers[0], flat.size)
        total: Wide = flat.copy()
        for peer in self._peers:
            total += _receive(peer, flat.size)
        for peer in self._peers:
            _send(peer, total)
        return total


ALONE = Collective()


@contextlib.contextmanager
def gathered(hosts: Sequence[str], current: str, port: int = PORT) -> Iterator[Collective]:
    """Meet the other hosts of a job; yield what they do together.

    Raises:
        ConnectionError: They did not come.
    """
    if len(hosts) == 1:
        yield ALONE
        return
    rank = list(hosts).index(current)
    peers = _call(hosts[0], port, rank) if rank else _wait_for(current, port, len(hosts) - 1)
    try:
        yield Collective(rank, len(hosts), peers)
    finally:
        for peer in peers:
            peer.close()


def _wait_for(host: str, port: int, count: int) -> list[socket.socket]:
    """Let the other hosts come; return their connections in the order of their ranks."""
    peers: dict[int, socket.socket] = {}
    deadline = time.monotonic() + JOINING_S
    with socket.create_server((host, port), backlog=count) as server:
        while len(peers) < count:
            server.settimeout(max(0.001, deadline - time.monotonic()))
            peer, _ = server.accept()
            _prepare(peer)
            magic, rank = _HELLO.unpack(_read(peer, _HELLO.size))
            if magic != _MAGIC or not 1 <= rank <= count or rank in peers:
                peer.close()
                continue
            peers[rank] = peer
    return [peers[rank] for rank in sorted(peers)]


def _call(host: str, port: int, rank: int) -> list[socket.socket]:
    deadline = time.monotonic() + JOINING_S
    while True:
        try:
            peer = socket.create_connection((host, port), timeout=5.0)
            break
        except OSError as error:  # it is still loading its data
            if time.monotonic() > deadline:
                raise ConnectionError(f"host `{host}` cannot be reached: {error}") from error
            time.sleep(0.05)
    _prepare(peer)
    peer.sendall(_HELLO.pack(_MAGIC, rank))
    return [peer]


def _prepare(peer: socket.socket) -> None:
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.settimeout(ANSWER_S)


def _split(flat: Wide, like: Sequence[Array]) -> Iterator[Array]:
    start = 0
    for array in like:
        size = np.size(array)
        yield flat[start : start + size].reshape(np.shape(array)).astype(np.asarray(array).dtype)
        start += size


def _send(peer: socket.socket, values: Wide) -> None:
    peer.sendall(_SIZE.pack(values.size))
    peer.sendall(values.astype("<f8", copy=False).data.cast("B"))


def _receive(peer: socket.socket, size: int) -> Wide:
    (told,) = _SIZE.unpack(_read(peer, _SIZE.size))
    if told != size or told > MOST_VALUES:
        raise ConnectionError(f"a host sent {told} values where {size} were due")
    return np.frombuffer(_read(peer, 8 * size), "<f8").astype(np.float64, copy=False)


def _read(peer: socket.socket, size: int) -> bytearray:
    buffer, done = bytearray(size), 0
    view = memoryview(buffer)
    while done < size:
        count = peer.recv_into(view[done:])
        if count == 0:
            raise ConnectionError("another host has ended before the training did")
        done += count
    return buffer
