"""Which launcher starts a script: MPI's, PyTorch's, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sagewright.engine.script_mode import launching, mpi, processes, torchrun
from sagewright.engine.script_mode.facts import Facts
from sagewright.engine.script_mode.journal import Journal
from sagewright.engine.script_mode.processes import Ended


def is_wanted(facts: Facts) -> bool:
    """Tell whether a launcher starts the script on this host."""
    return mpi.is_wanted(facts) or torchrun.is_wanted(facts)


def command(facts: Facts, python: str, environment: Mapping[str, str]) -> list[str]:
    """Return the command of the user's program, with the launcher that the job asks for.

    Raises:
        ClientFault: The launcher cannot start it.
    """
    program = launching.command(facts, python)
    if mpi.is_wanted(facts):
        return mpi.mpirun(facts, python, program, environment)
    return torchrun.torchrun(facts, python, program) if torchrun.is_wanted(facts) else program


def run(facts: Facts, command: Sequence[str], environment: Mapping[str, str], journal: Journal) -> Ended:
    """Run the command to its end, or do what the host that runs it orders.

    Raises:
        ClientFault: It cannot be started.
    """
    if mpi.is_wanted(facts):
        return mpi.run(facts, command, environment, journal)
    return processes.run(command, environment, facts.code)
