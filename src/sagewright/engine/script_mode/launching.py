"""How the user's program is started: its command, never by way of a shell, and its environment (`contract.md` 1.13)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sagewright.engine.script_mode import libraries
from sagewright.engine.script_mode.facts import Facts
from sagewright.engine.script_mode.variables import arguments, variables
from sagewright.vocabulary.script_mode import INTERNAL

REQUIREMENTS = "requirements.txt"
PYTHON_PROGRAM, PYTHON_PACKAGE, COMMAND = "program", "package", "command"

# Runs what has no `#!` line too; what comes behind are its arguments, and no shell ever reads them.
_BY_SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')


def kind_of(facts: Facts) -> str:
    """Tell what the entry point is; a `setup.py` makes all of the code a package."""
    if (facts.code / "setup.py").is_file():
        return PYTHON_PACKAGE
    return PYTHON_PROGRAM if facts.entry_point.endswith(".py") else COMMAND


class Overlay(NamedTuple):
    """A whole overlay environment: the folder of a virtual environment."""

    folder: Path

    @property
    def python(self) -> str:
        return str(self.folder / "bin/python")

    @property
    def packages(self) -> Path:
        return next(self.folder.glob("lib/python*/site-packages"))


def requires(facts: Facts, kind: str) -> bool:
    """Tell whether something may have to be installed; for commands nothing is, as in the containers."""
    return kind == PYTHON_PACKAGE or (kind == PYTHON_PROGRAM and (facts.code / REQUIREMENTS).is_file())


def command(facts: Facts, python: str) -> list[str]:
    """Return the command of the user's program."""
    words = arguments(facts.hyperparameters)
    kind = kind_of(facts)
    if kind == PYTHON_PACKAGE:
        return [python, "-m", facts.entry_point.removesuffix(".py").replace("/", "."), *words]
    if kind == PYTHON_PROGRAM:
        return [python, facts.entry_point, *words]
    path = facts.code / facts.entry_point
    path.chmod(0o777)
    return [*_BY_SHELL, f"./{facts.entry_point}", *words]


def environment(facts: Facts, given: Mapping[str, str], overlay: Overlay | None = None) -> dict[str, str]:
    """Return the environment of the user's program: what the job has, the `SM_*` variables, and the code's folder.

    The console scripts of an overlay come first.
    """
    kept = {name: value for name, value in given.items() if name not in INTERNAL}
    named = {name: value for name, value in variables(facts).items() if "=" not in name}  # no name can hold one
    if overlay is not None:
        kept["PATH"] = os.pathsep.join([str(overlay.folder / "bin"), kept.get("PATH") or os.defpath])
    return {**kept, **_of_framework(facts), **named, "PYTHONPATH": _python_path(facts, given, overlay)}


def _of_framework(facts: Facts) -> dict[str, str]:
    """Return what the framework's container sets: PyTorch's tells where the first host awaits the others.

    Source: `sagemaker_pytorch_container.training` in aws/sagemaker-pytorch-training-toolkit.
    """
    if not (facts.framework_module or "").startswith("sagemaker_pytorch_container"):
        return {}
    return {
        "MASTER_ADDR": facts.hosts[0],
        "MASTER_PORT": "7777",
        "NCCL_SOCKET_IFNAME": facts.network_interface,
        "NCCL_IB_DISABLE": "1",
        "NCCL_DEBUG": "WARN",
    }


def _python_path(facts: Facts, given: Mapping[str, str], overlay: Overlay | None) -> str:
    parts = [part for part in given.get("PYTHONPATH", "").split(os.pathsep) if part]
    # A `sitecustomize.py` of the user's must not come before the one that leads AWS calls to the engine and runs his.
    behind = 1 if (facts.code / "sitecustomize.py").is_file() else 0
    provided = libraries.folders(overlay.packages if overlay else None)
    return os.pathsep.join([*parts[:behind], str(facts.code), *parts[behind:], *provided])
