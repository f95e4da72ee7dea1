"""Starting the hosts of an execution together: all of them or none.

One process, forked by the launcher, builds the hosts' network, forks the hosts, writes down that they have started, and
lets them go with a single write. A host whose starter is killed before that reads the end of the file, and ends.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from sagewright.engine.executors.container import engines
from sagewright.engine.executors.process import host, networks
from sagewright.engine.executors.process.descriptors import keep_only
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.executors.process.networks import Network

_GO = b"!"


def start_together(home: Path, folders: Mapping[HostFolder, int], kinds: tuple[str, ...]) -> None:
    """Start the hosts of prepared folders; each gets the descriptor that holds its lock."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a stop order is found in the folder by whoever comes to look
    network = _network(next(iter(folders)), kinds)
    gate, opener = os.pipe()
    pids = {}
    for folder, lock in folders.items():
        pid = os.fork()
        if pid == 0:
            _wait_and_work(home, folder, lock, gate, network, kinds)
        pids[folder] = pid
    for folder, pid in pids.items():
        folder.mark_started(pid)
    os.write(opener, _GO * len(pids))


def _network(folder: HostFolder, kinds: tuple[str, ...]) -> Network | None:
    """Return the network that the hosts shall have; None: they must share the machine's, or are containers in one."""
    document = folder.work()[1]
    try:
        if document.container is not None:
            if engines.needs_network(document):
                engines.make_network(document, folder.path.parent.name)
            return None
        return networks.build(document.addresses) if document.addresses and "mount" in kinds else None
    except OSError as error:
        os.write(2, f"{folder.path.parent}: no network of its own: {error}\n".encode())  # the steward's log
        return None


def _wait_and_work(
    home: Path, folder: HostFolder, lock: int, gate: int, network: Network | None, kinds: tuple[str, ...]
) -> NoReturn:
    code = 1
    try:
        os.setsid()
        keep_only([lock, gate, *(network.descriptors() if network else ())])
        if os.read(gate, len(_GO)):
            os.close(gate)
            host.main(home, folder, kinds, network)
        code = 0
    except BaseException:  # noqa: BLE001 - a forked child must never return into its parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)
