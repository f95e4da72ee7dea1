"""Running a script by PyTorch's launcher, which starts processes on every host (`contract.md` 1.14)."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from functools import cache

from sagewright.engine.script_mode.facts import Facts
from sagewright.engine.script_mode.faults import ClientFault
from sagewright.vocabulary.script_mode import TORCH_DISTRIBUTED

PORT = 7777  # of the first of several hosts


def is_wanted(facts: Facts) -> bool:
    """Tell whether this host takes part in a distributed job of PyTorch."""
    return bool(facts.reserved.get(TORCH_DISTRIBUTED)) and facts.current_host in facts.distribution_hosts


def torchrun(facts: Facts, python: str, program: Sequence[str]) -> list[str]:
    """Return the command of this host; every GPU has a process, without any there is one.

    Raises:
        ClientFault: The program is none of Python.
    """
    if program[0] != python:
        raise ClientFault(f"torch_distributed starts Python scripts; `{facts.entry_point}` is none.")
    hosts = facts.distribution_hosts
    where = {
        "--master_addr": hosts[0] if len(hosts) > 1 else "127.0.0.1",
        # An only host is in the machine's network, where other jobs want the launcher's usual port, too.
        "--master_port": str(PORT if len(hosts) > 1 else _free_port()),
        "--node_rank": str(hosts.index(facts.current_host)),
    }
    return [
        *(python, "-m", "torch.distributed.run"),
        *("--nnodes", str(len(hosts)), "--nproc_per_node", str(facts.num_gpus or 1)),
        *(word for pair in where.items() for word in pair),
        *program[1:],
    ]


@cache  # the command is made twice, once to be shown
def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
