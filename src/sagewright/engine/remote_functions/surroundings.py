"""The Python environment of a function's job."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagewright.engine.script_mode.launching import Overlay
from sagewright.engine.script_mode.overlays import ELSEWHERE, make_empty
from sagewright.vocabulary.remote_functions import INTERFACE_VERSION

# Programs whose own first line would lead to the interpreter behind the environment.
_PROGRAMS = {"pip": "pip", "pip3": "pip", "torchrun": "torch.distributed.run"}
_ML = "/opt/ml/"


def surround(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Make an environment in a folder that is not there yet; return the variables of programs in it.

    Args:
        environment: The variables of the job.
    """
    make_empty(folder)
    _pose_as_sagemaker(Overlay(folder).packages)
    for program, module in _PROGRAMS.items():
        path = folder / "bin" / program
        path.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m {module} "$@"\n')
        path.chmod(0o755)
    kept = {name: value for name, value in environment.items() if name not in ELSEWHERE}
    return {
        "PIP_CACHE_DIR": _pip_cache(environment),
        **kept,
        "PATH": os.pathsep.join([str(folder / "bin"), environment.get("PATH") or os.defpath]),
        "VIRTUAL_ENV": str(folder),
        "PIP_USER": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "SAGEWRIGHT_ALIAS": "1",
    }


def command_of(words: Sequence[str], base: Path) -> list[str]:
    """Return a job's command; what lies below `/opt/ml` by its place where that has another name."""
    if str(base) + "/" == _ML:
        return list(words)
    return [str(base / word.removeprefix(_ML)) if word.startswith(_ML) else word for word in words]


def _pose_as_sagemaker(packages: Path) -> None:
    """Let pip know that `sagemaker` is there: functions require it, and must not get another one."""
    folder = packages / f"sagemaker-{INTERFACE_VERSION}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: sagemaker\nVersion: {INTERFACE_VERSION}\n")
    (folder / "INSTALLER").write_text("sagewright\n")
    (folder / "RECORD").touch()


def _pip_cache(environment: Mapping[str, str]) -> str:
    """Return where pip keeps what it fetches: where it does for the user, and not in the job."""
    home = environment.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "pip")
