"""A host's place in the network: its name, the names of its siblings, its interface.

What the kernel allows decides (`docs/design/0006-several-hosts.md`): a network of their own; else the machine's, in
which each of several hosts has a loopback address; and names, where the program can have an `/etc/hosts` of its own.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sagewright.engine.executors.process.isolation import HOSTS_FILE, Member
from sagewright.engine.executors.process.networks import Network
from sagewright.engine.planning.document import HostDocument
from sagewright.engine.planning.hosts import INTERFACE, called_by, loopback_addresses, with_interface

SHARED_PORTS = (
    "sagewright: this kernel gives the hosts no network of their own. They share the machine's: a port that one binds "
    "on all addresses is taken for the others, and the network interface is `lo`."
)
SHARED_NAMES = (
    "sagewright: this kernel gives the hosts neither a network nor names of their own. They share the machine's: "
    "resourceconfig.json calls them by loopback addresses instead of algo-1, algo-2, ..., a port that one binds on all "
    "addresses is taken for the others, and the network interface is `lo`."
)


@dataclass(frozen=True)
class Place:
    """Where a host is.

    Attributes:
        document: The host's document, true for this place.
        member: What its program needs to be there; None: nothing.
        notice: What does not hold here, for the log.
    """

    document: HostDocument
    member: Member | None = None
    notice: str | None = None


def place(document: HostDocument, network: Network | None, *, names: bool, hosts_file: Path) -> Place:
    """Find a host's place.

    Args:
        network: The network of several hosts; None: they have none, or there is one host.
        names: Whether the program can have an `/etc/hosts` and a hostname of its own.
        hosts_file: Where to write that `/etc/hosts`.
    """
    if document.server is not None:
        return Place(document)
    if network is not None:
        hosts_file.write_text(hosts_text(document.addresses))
        return Place(document, network.member(document.host, hosts_file))
    if not document.addresses:
        return _alone(document, names=names, hosts_file=hosts_file)
    addresses = loopback_addresses(document.addresses)
    document = with_interface(document, "lo")
    if not names:
        return Place(called_by(addresses, document), notice=SHARED_NAMES)
    hosts_file.write_text(hosts_text(addresses))
    return Place(document, Member(document.host, None, None, hosts_file), SHARED_PORTS)


def hosts_text(addresses: Mapping[str, str]) -> str:
    """Return the `/etc/hosts` of several hosts."""
    lines = ["127.0.0.1 localhost", "::1 localhost", *(f"{address} {host}" for host, address in addresses.items())]
    return "\n".join(lines) + "\n"


def threads_of(document: HostDocument) -> dict[str, str]:
    """Return how many threads each of several hosts shall compute with: they share the machine's CPUs.

    Threads that spin while they wait for those of another host, which wait for their CPU, slow both down many times.
    """
    if not document.addresses:
        return {}
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {"OMP_NUM_THREADS": str(max(1, cpus // len(document.addresses)))}


def _alone(document: HostDocument, *, names: bool, hosts_file: Path) -> Place:
    """Place an only host: in the machine's network, where its name stands for the loopback."""
    interfaces = {name for _, name in socket.if_nameindex()}
    if INTERFACE not in interfaces or document.network_isolation:
        document = with_interface(document, "lo")
    if not names:
        return Place(document)
    known = HOSTS_FILE.read_text(errors="surrogateescape").rstrip("\n") if HOSTS_FILE.exists() else ""
    hosts_file.write_text(f"{known}\n127.0.0.1 {document.host}\n", errors="surrogateescape")
    return Place(document, Member(document.host, None, None, hosts_file))
