"""The few requests to the kernel that lay out a network: rtnetlink (RFC 3549), without iproute2.

A connection belongs to the network namespace that its process was in when it was made, whatever that enters later.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Sequence
from ipaddress import IPv4Interface

_NLMSG_ERROR = 2
_REQUEST_ACK = 0x1 | 0x4
_CREATE_NEW = 0x200 | 0x400

_RTM_NEWLINK = 16
_RTM_NEWADDR = 20

_IFLA_IFNAME, _IFLA_MASTER, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 3, 10, 18, 28
_IFLA_INFO_KIND, _IFLA_INFO_DATA = 1, 2
_VETH_INFO_PEER = 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFF_UP = 0x1

_ANSWER_BYTES = 1 << 16


class Connection:
    """Lays out the network of the namespace that it was opened in.

    Every method raises `OSError` where the kernel refuses.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._sequence = 0

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def add_bridge(self, name: str) -> None:
        """Make a bridge; it is down."""
        info = attribute(_IFLA_INFO_KIND, b"bridge")
        self._ask(_RTM_NEWLINK, _CREATE_NEW, link(), [_text(_IFLA_IFNAME, name), attribute(_IFLA_LINKINFO, info)])

    def add_veth(self, name: str, bridge: int, peer: str, peer_namespace: int) -> None:
        """Make two linked interfaces, both down: one in a bridge (an index), its peer in a namespace (a descriptor)."""
        far = link() + _text(_IFLA_IFNAME, peer) + attribute(_IFLA_NET_NS_FD, struct.pack("=I", peer_namespace))
        data = attribute(_IFLA_INFO_DATA, attribute(_VETH_INFO_PEER, far))
        info = attribute(_IFLA_LINKINFO, attribute(_IFLA_INFO_KIND, b"veth") + data)
        master = attribute(_IFLA_MASTER, struct.pack("=I", bridge))
        self._ask(_RTM_NEWLINK, _CREATE_NEW, link(), [_text(_IFLA_IFNAME, name), master, info])

    def raise_link(self, name: str) -> None:
        """Set an interface up."""
        self._ask(_RTM_NEWLINK, 0, link(flags=_IFF_UP, change=_IFF_UP), [_text(_IFLA_IFNAME, name)])

    def add_address(self, index: int, address: IPv4Interface) -> None:
        """Give an interface, which is known by its number, an address."""
        head = struct.pack("=BBBBI", socket.AF_INET, address.network.prefixlen, 0, 0, index)
        packed = address.ip.packed
        self._ask(_RTM_NEWADDR, _CREATE_NEW, head, [attribute(_IFA_LOCAL, packed), attribute(_IFA_ADDRESS, packed)])

    def _ask(self, kind: int, flags: int, head: bytes, attributes: Sequence[bytes]) -> None:
        """Send a request and wait for its acknowledgement."""
        self._sequence += 1
        body = head + b"".join(attributes)
        message = struct.pack("=IHHII", 16 + len(body), kind, _REQUEST_ACK | flags, self._sequence, 0) + body
        self._socket.send(message)
        answer = self._socket.recv(_ANSWER_BYTES)
        _, answered, _, sequence, _, error = struct.unpack_from("=IHHIIi", answer)
        if answered != _NLMSG_ERROR or sequence != self._sequence:
            raise OSError(f"rtnetlink: unexpected answer {answered} to request {kind}")
        if error:
            raise OSError(-error, f"rtnetlink: {os.strerror(-error)}")


def link(flags: int = 0, change: int = 0) -> bytes:
    """Return an `ifinfomsg` that names no interface by number."""
    return struct.pack("=BBHiII", socket.AF_UNSPEC, 0, 0, 0, flags, change)


def attribute(kind: int, value: bytes) -> bytes:
    """Return an `rtattr`, padded to four bytes."""
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + b"\0" * (-length % 4)


def _text(kind: int, value: str) -> bytes:
    return attribute(kind, value.encode() + b"\0")
