"""Overlay environments: what a job's code requires, beside what the interpreter has (`docs/design/0007-overlays.md`).

An overlay is a virtual environment that sees the packages of the job's interpreter behind its own. It is built once for
each list of requirements and kept below the engine's home; a job finds it whole, or waits for the one that builds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sagewright.engine.script_mode import processes
from sagewright.engine.script_mode.facts import Facts
from sagewright.engine.script_mode.faults import (
    ClientFault,
    CommandFailed,
    InstallModuleError,
    InstallRequirementsError,
    Stopped,
)
from sagewright.engine.script_mode.journal import Journal, shown
from sagewright.engine.script_mode.launching import Overlay
from sagewright.engine.script_mode.requirements import Wanted, digest, is_satisfied, needs_network, wanted
from sagewright.vocabulary.script_mode import ISOLATED

COMPLETE = "complete"  # the file that an overlay has when it is whole
_PARENT = "_sagewright_parent.pth"  # leads from the overlay to the packages of the interpreter it was made for
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
# Where pip would install instead; its configuration files may say so too.
ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER")


def overlay_for(facts: Facts, kind: str, environment: Mapping[str, str], journal: Journal) -> Overlay | None:
    """Return the overlay of a job's code, made if need be; None: it needs none.

    Raises:
        ClientFault: What it requires cannot be installed.
        Stopped: The job was told to stop meanwhile.
    """
    return overlay_of(facts.code, facts.base, kind, environment, journal)


def overlay_of(code: Path, base: Path, kind: str, environment: Mapping[str, str], journal: Journal) -> Overlay | None:
    """Return the overlay of code that lies in a folder, as `overlay_for` does of a job's.

    Args:
        base: `/opt/ml`, which keeps it where there is no home.
    """
    want = wanted(code, kind)
    if want is None or (not want.is_package and is_satisfied(want.text)):
        return None
    folder = _home(base, environment) / _name(want, code, environment)
    if not (folder / COMPLETE).exists():
        _refuse(want, environment)
        with _locked(folder, journal):
            if not (folder / COMPLETE).exists():
                _build(folder, want, code, environment, journal)
    os.utime(folder / COMPLETE)
    return Overlay(folder)


def make_empty(folder: Path) -> None:
    """Make a virtual environment that sees the packages of this interpreter behind its own."""
    import venv

    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    lines = "".join(f"import site; site.addsitedir({str(parent)!r})\n" for parent in _parent_folders())
    (Overlay(folder).packages / _PARENT).write_text(lines)


def _home(base: Path, environment: Mapping[str, str]) -> Path:
    home = environment.get("SAGEWRIGHT_HOME")
    return (Path(home) if home else base) / "overlays"


def _name(want: Wanted, code: Path, environment: Mapping[str, str]) -> str:
    """Return a name that stands for all that an installation depends on, the state of the index excepted."""
    installed = [name for folder in _parent_folders() for name in sorted(os.listdir(folder)) if name.endswith("-info")]
    settings = [f"{name}={environment[name]}" for name in sorted(environment) if name.startswith(("PIP_", "UV_"))]
    facts = [digest(want, code), sys.executable, sys.version, platform.platform(), *installed, *settings]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:32]


def _refuse(want: Wanted, environment: Mapping[str, str]) -> None:
    if environment.get("CA_REPOSITORY_ARN"):
        raise ClientFault(
            "CA_REPOSITORY_ARN: there is no CodeArtifact on this machine.\nhint: set PIP_INDEX_URL in its place."
        )
    if environment.get(ISOLATED) and needs_network(want):
        raise ClientFault(
            "The packages that the code requires cannot be fetched: the job has EnableNetworkIsolation.\n"
            "hint: install them in this Python environment, or run the job once without it."
        )


@contextlib.contextmanager
def _locked(folder: Path, journal: Journal) -> Iterator[None]:
    """Hold the right to build an overlay; who dies loses it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            journal.info("Waiting for the same requirements, which another job is installing")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(folder: Path, want: Wanted, code: Path, environment: Mapping[str, str], journal: Journal) -> None:
    journal.info("Installing module." if want.is_package else "Installing dependencies from requirements.txt")
    shutil.rmtree(folder, ignore_errors=True)  # what one that was ended has left
    try:
        make_empty(folder)
        _install(Overlay(folder), want, code, environment)
        (folder / COMPLETE).touch()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _install(overlay: Overlay, want: Wanted, code: Path, environment: Mapping[str, str]) -> None:
    # Without isolation a package is built with the interpreter's own setuptools, so that none is fetched for it.
    plain = want.is_package and not (code / "pyproject.toml").exists() and _builds_wheels()
    arguments = [*(["--no-build-isolation"] if plain else []), *want.arguments]
    command = [*_installer(overlay, environment), *arguments]
    settings = {name: value for name, value in environment.items() if name not in ELSEWHERE}
    settings.update({"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"})
    ended = processes.run(command, settings, code)
    if ended.stopped:
        raise Stopped
    if ended.exit_code:
        failure: type[CommandFailed] = InstallModuleError if want.is_package else InstallRequirementsError
        raise failure(shown([sys.executable, "-m", "pip", "install", *arguments]), ended.exit_code, ended.tail)


def _builds_wheels() -> bool:
    """Tell whether the interpreter's setuptools makes wheels: since 70.1 by itself, before that with `wheel`."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        release = [int(part) for part in version("setuptools").split(".")[:2] if part.isdigit()]
    except PackageNotFoundError:
        return False
    return release >= [70, 1] or _has("wheel")


def _installer(overlay: Overlay, environment: Mapping[str, str]) -> Sequence[str]:
    """Return pip, which leaves out what the interpreter has already, or else uv, which installs everything anew."""
    if _has("pip"):
        return [
            overlay.python,
            "-I",
            "-m",
            "pip",
            "install",
        ]  # isolated: a `json.py` of the user's code must not become pip's
    if uv := shutil.which("uv", path=environment.get("PATH")):
        return [uv, "pip", "install", "--python", overlay.python]
    raise ClientFault(
        "The code requires packages, and this Python environment has no pip to install them with.\n"
        f"hint: {sys.executable} -m ensurepip"
    )


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _parent_folders() -> list[Path]:
    """Return the folders of this interpreter's packages, as they come on its path."""
    folders = [Path(part) for part in sys.path if os.path.basename(part) in _PACKAGE_FOLDERS]
    return [folder for folder in folders if folder.is_dir()]
