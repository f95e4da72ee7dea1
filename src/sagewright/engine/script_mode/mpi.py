"""Running a script by MPI (`contract.md` 1.14): the first host runs `mpirun`, the others do what it orders.

As in Amazon's containers every process has the first host's `SM_*` variables; its rank is told by MPI.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sagewright.engine.script_mode import agent, processes
from sagewright.engine.script_mode.facts import Facts
from sagewright.engine.script_mode.faults import ClientFault
from sagewright.engine.script_mode.journal import Journal
from sagewright.engine.script_mode.processes import Ended
from sagewright.vocabulary.script_mode import MPI

_PROCESSES = "sagemaker_mpi_num_of_processes_per_host"
_OPTIONS = "sagemaker_mpi_custom_mpi_options"
_TAGGED = re.compile(r"^\[\d+,(?P<rank>\d+)\]<stderr>:(?P<text>.*)$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last):"


def is_wanted(facts: Facts) -> bool:
    """Tell whether this host takes part in a job of MPI."""
    return bool(facts.reserved.get(MPI)) and facts.current_host in facts.distribution_hosts


def mpirun(facts: Facts, python: str, program: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """Return the command of the first host.

    Args:
        program: What every process runs; Python aborts all of them where it fails.
        variables: What the first host has and every process shall have.
    """
    hosts, count = facts.distribution_hosts, int(facts.reserved.get(_PROCESSES) or 1)
    debug, options = _options(str(facts.reserved.get(_OPTIONS) or ""))
    exported = [*(name for name in ("LD_LIBRARY_PATH", "PATH") if name in variables), *_names(variables)]
    return [
        "mpirun",
        *("--host", ",".join(f"{host}:{count}" for host in hosts), "-np", str(count * len(hosts))),
        *("--allow-run-as-root", "--display-map", "--tag-output"),
        *(word for name, value in _settings(facts, python).items() for word in ("-mca", name, value)),
        *("-bind-to", "none", "-map-by", "slot"),
        *("-x", f"NCCL_SOCKET_IFNAME={facts.network_interface}", "-x", f"NCCL_DEBUG={debug}"),
        *options,
        *(word for name in exported for word in ("-x", name)),
        *([python, "-m", "mpi4py", *program[1:]] if program[0] == python else program),
    ]


def run(facts: Facts, command: Sequence[str], environment: Mapping[str, str], journal: Journal) -> Ended:
    """Do this host's part of the job.

    Raises:
        ClientFault: It cannot be done.
    """
    first, *others = facts.distribution_hosts
    if others and facts.network_interface == "lo":
        raise ClientFault(
            "MPI on several hosts needs a network of their own, which this machine's kernel does not give."
        )
    scratch(facts).mkdir(exist_ok=True)
    # The processes write to terminals, line by line; each piece of a line written without buffer would get its own tag.
    environment = {name: value for name, value in environment.items() if name != "PYTHONUNBUFFERED"}
    if facts.current_host != first:
        journal.info(f"Waiting for the orders of {first}")
        return Ended(0, "", agent.serve(environment, facts.code))
    for host in others:
        agent.wait_for(host)
        journal.info(f"{host} waits for orders")
    try:
        ended = processes.run(command, environment, facts.code)
        return ended._replace(tail=words_of_a_rank(ended.tail))
    finally:
        for host in others:
            agent.dismiss(host)


def words_of_a_rank(tail: str) -> str:
    """Return what the process wrote to stderr that had a traceback first, or wrote last, without what `mpirun` adds."""
    lines = [(match.group("rank"), match.group("text")) for match in _TAGGED.finditer(tail)]
    if not lines:
        return tail
    first = next((rank for rank, text in lines if text.startswith(_TRACEBACK)), lines[-1][0])
    return "\n".join(text for rank, text in lines if rank == first)


def scratch(facts: Facts) -> Path:
    """Return where Open MPI keeps its files: below `/tmp`, or in `/dev/shm`, two jobs on one machine would meet."""
    return facts.base / "mpi"


def _settings(facts: Facts, python: str) -> dict[str, str]:
    return {
        "btl_tcp_if_include": facts.network_interface,
        "oob_tcp_if_include": facts.network_interface,
        "plm_rsh_no_tree_spawn": "1",
        "plm_rsh_agent": f"{python} -m {agent.__name__}",
        "pml": "ob1",
        "btl": "^openib",
        "orte_abort_on_non_zero_status": "1",
        "orte_tmpdir_base": str(scratch(facts)),
        "btl_vader_backing_directory": str(scratch(facts)),
    }


def _names(variables: Mapping[str, str]) -> Iterable[str]:
    return (name for name in variables if name.startswith("SM_"))


def _options(text: str) -> tuple[str, list[str]]:
    """Return the level of NCCL's log, which is named among the options, and the options that `mpirun` knows."""
    debug, kept, words = "INFO", [], shlex.split(text)
    while words:
        word = words.pop(0)
        if word == "--NCCL_DEBUG" and words:
            debug = words.pop(0)
        elif word.startswith("--NCCL_DEBUG="):
            debug = word.partition("=")[2]
        else:
            kept.append(word)
    return debug, kept
