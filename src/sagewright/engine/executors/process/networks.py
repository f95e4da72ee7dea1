"""The private network of an execution of several hosts (`docs/design/0006-several-hosts.md`).

A bridge, and for each host a network namespace with its own `eth0`, address and port space. The namespaces have no
process of their own: they live for as long as a process holds their descriptors, and every host holds all of them.
At the bridge there is a listening socket for each host, from which `outside.py` leads on.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path

from sagewright.engine.executors.process import isolation
from sagewright.engine.executors.process.rtnetlink import Connection

PREFIX_BITS = 16
DOORS = "10.0.255.254"  # the address of the bridge itself
_BRIDGE = "br0"
_MESSAGE_BYTES = 4096
_MOST_DESCRIPTORS = 253  # of one message (SCM_MAX_FD)


@dataclass(frozen=True)
class Network:
    """The namespaces of an execution's network, held by descriptors.

    Attributes:
        user: The user namespace that owns the others; None: the machine's own.
        bridge: The network namespace that connects the hosts.
        hosts: Each host's network namespace.
        doors: A listening socket at the bridge for each host.
    """

    user: int | None
    bridge: int
    hosts: Mapping[str, int]
    doors: Mapping[str, int]

    def descriptors(self) -> list[int]:
        owner = [] if self.user is None else [self.user]
        return [*owner, self.bridge, *self.hosts.values(), *self.doors.values()]

    def member(self, host: str, hosts_file: Path) -> isolation.Member:
        """Return what a program needs to be in the network as `host`."""
        return isolation.Member(host, self.user, self.hosts[host], hosts_file)


def build(addresses: Mapping[str, str]) -> Network:
    """Make the network of hosts with the given addresses. The calling process stays where it is.

    Raises:
        OSError: The kernel refuses.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            ours.close()
            _build_and_send(theirs, addresses)
        os._exit(0)
    theirs.close()
    try:
        text, descriptors, _, _ = socket.recv_fds(ours, _MESSAGE_BYTES, _MOST_DESCRIPTORS)
    finally:
        ours.close()
        os.waitpid(child, 0)
    if not descriptors:
        raise OSError(*(json.loads(text) if text else (0, "the network's builder was killed")))
    user = descriptors.pop(0) if os.geteuid() != 0 else None
    bridge, *others = descriptors
    count = len(addresses)
    return Network(
        user,
        bridge,
        dict(zip(addresses, others[:count], strict=True)),
        dict(zip(addresses, others[count:], strict=True)),
    )


def _build_and_send(answer: socket.socket, addresses: Mapping[str, str]) -> None:
    try:
        descriptors = _build(addresses)
    except OSError as error:
        answer.send(json.dumps([error.errno or 0, error.strerror or str(error)]).encode())
    else:
        socket.send_fds(answer, [b"!"], descriptors)


def _build(addresses: Mapping[str, str]) -> Sequence[int]:
    """Make the network; return descriptors: of its owner (root needs none), the bridge, the hosts, the doors."""
    owner = []
    if os.geteuid() != 0:
        isolation.unshare_user()
        owner = [_descriptor("user")]
    isolation.unshare(isolation.CLONE_NEWNET)
    bridge, hosts = _descriptor("net"), []
    with Connection() as middle:
        middle.add_bridge(_BRIDGE)
        middle.raise_link(_BRIDGE)
        index = socket.if_nametoindex(_BRIDGE)
        middle.add_address(index, IPv4Interface(f"{DOORS}/{PREFIX_BITS}"))
        doors = [socket.create_server((DOORS, 0)).detach() for _ in addresses]
        for number, address in enumerate(addresses.values(), start=1):
            isolation.unshare(isolation.CLONE_NEWNET)
            hosts.append(_descriptor("net"))
            middle.add_veth(f"veth{number}", index, "eth0", hosts[-1])
            middle.raise_link(f"veth{number}")
            _settle(address)
    return [*owner, bridge, *hosts, *doors]


def _settle(address: str) -> None:
    """Give the present namespace its loopback and its address."""
    with Connection() as here:
        here.raise_link("lo")
        here.add_address(socket.if_nametoindex("eth0"), IPv4Interface(f"{address}/{PREFIX_BITS}"))
        here.raise_link("eth0")


def _descriptor(kind: str) -> int:
    return os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
