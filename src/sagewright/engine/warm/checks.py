"""Whether a warm interpreter may be a program: only if a fresh one would see the same."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import all_suffixes
from typing import Any

from sagewright.engine.warm.notes import VARIABLE, VOLATILE

# Variables that differ from job to job, or within a job, and that no import looks at.
_EXEMPT = frozenset(
    {
        *("TRAINING_JOB_NAME", "TRAINING_JOB_ARN", VARIABLE, "PWD", "OLDPWD", "SHLVL", "_"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),  # read when a connection is made
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SAGEWRIGHT_OVERLAYS", "SAGEWRIGHT_IMAGE_VERSIONS", "SAGEWRIGHT_NETWORK_ISOLATION", "SAGEWRIGHT_IN_PLACE"),
    }
)
_EXEMPT_PREFIX = "SM_"  # what script mode tells of a job
_PATH = "PYTHONPATH"
_READ_ON_IMPORT = frozenset({"matplotlibrc", ".numba_config.yaml"})  # of the working folder

Stamps = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Form:
    """A command line of Python.

    Attributes:
        kind: `script`, `-m` or `-c`.
        target: The path, the module or the code.
        arguments: What follows.
    """

    kind: str
    target: str
    arguments: Sequence[str]


def form_of(command: Sequence[str]) -> Form | None:
    """Return the form of a command line; None: one that only a fresh interpreter can be."""
    words = list(command[1:])
    if not words:
        return None
    if words[0] in ("-m", "-c"):
        return Form(words[0], words[1], words[2:]) if len(words) > 1 else None
    return None if words[0].startswith("-") else Form("script", words[0], words[1:])


def relevant(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that an import may look at; the job's own folders on the path are for `own_path`."""
    found = {
        name: value
        for name, value in environment.items()
        if name not in _EXEMPT and not name.startswith(_EXEMPT_PREFIX)
    }
    if _PATH in found:
        found[_PATH] = os.pathsep.join(entry for entry in _entries(environment) if not is_volatile(entry))
    return found


def own_path(path: Sequence[str], ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Return the `sys.path` of a fresh interpreter, from that of one that was started with the same but the job's own.

    Args:
        path: Of this interpreter, without what its own command has put in front.
        ours, theirs: The variables of this interpreter, and of the fresh one.
    """
    first = [os.path.abspath(entry) for entry in _entries(ours)]
    rest = [entry for entry in path if entry not in first]
    return list(dict.fromkeys([*map(os.path.abspath, _entries(theirs)), *rest]))


def is_volatile(entry: str) -> bool:
    """Tell whether a folder of `sys.path` is the job's own."""
    return f"{entry}/".startswith(f"{VOLATILE}/")


def _entries(environment: Mapping[str, str]) -> list[str]:
    return [entry for entry in environment.get(_PATH, "").split(os.pathsep) if entry]


def objection(request: Mapping[str, Any], environment: Mapping[str, str], files: Stamps) -> str | None:
    """Return why the interpreter cannot be the program of a request, as far as that can be told from outside.

    Args:
        environment: What the interpreter was started with.
        files: What it was made of (`stamps`).
    """
    form = form_of(request["command"])
    if form is None:
        return "only `python script`, `python -m module` and `python -c code` begin warm"
    if not _is_this_python(request["command"][0], request["environment"], request["folder"]):
        return "it is another interpreter"
    if form.kind == "-m" and form.target in sys.modules:
        return "the module is imported already"
    theirs, ours = relevant(request["environment"]), relevant(environment)
    if theirs != ours:
        names = sorted(name for name in {*theirs, *ours} if theirs.get(name) != ours.get(name))
        return f"these variables differ: {', '.join(names)}"
    if not all(os.path.isabs(entry) for entry in _entries(request["environment"])):
        return "PYTHONPATH has a relative path"
    changed = next((path for path, stamp in files.items() if _stamp(path) != stamp), None)
    return f"`{changed}` has changed" if changed else None


def objection_inside(request: Mapping[str, Any], path: Sequence[str], loaded: Collection[str]) -> str | None:
    """Return why not, as only the program's own file system can tell.

    Args:
        path: `sys.path` without its first, the program's own entry.
        loaded: The names of the modules that are imported, those with dots left out.
    """
    form = form_of(request["command"])
    assert form is not None
    folder = request["folder"]
    if not os.path.isdir(folder):
        return "its folder does not exist"
    own = folder
    if form.kind == "script":
        script = os.path.join(folder, form.target)
        if not os.path.isfile(script) or not os.access(script, os.R_OK) or _is_zip(script):
            return "the script is no plain file"
        own = os.path.dirname(os.path.realpath(script))
    volatile = [own, *filter(is_volatile, path)]
    hidden = sorted(name for entry in volatile for name in _modules_in(entry) if name in loaded)
    if hidden:
        return f"the job brings modules of its own for {', '.join(hidden)}"
    if _READ_ON_IMPORT & _names_in(folder):
        return "its folder holds settings that are read by imports"
    return None


def stamps(paths: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return what tells the present state of files and folders from another: modification in ns, size."""
    found = {}
    for path in paths:
        stamp = _stamp(path)
        if stamp is not None:
            found[path] = stamp
    return found


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


def _is_this_python(name: str, environment: Mapping[str, str], folder: str) -> bool:
    if os.sep in name:
        path: str | None = os.path.join(folder, name)
    else:
        path = shutil.which(name, path=environment.get("PATH", os.defpath))
    if path is None:
        return False
    same_folder = os.path.dirname(os.path.abspath(path)) == os.path.dirname(sys.executable)  # a venv is told by that
    return same_folder and os.path.realpath(path) == os.path.realpath(sys.executable)


def _is_zip(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(2) == b"PK"


def _modules_in(folder: str) -> set[str]:
    """Return the names of the modules that an import would find in a folder."""
    found = set()
    for name in _names_in(folder):
        suffix = next((suffix for suffix in all_suffixes() if name.endswith(suffix)), None)
        if suffix is not None:
            found.add(name[: -len(suffix)])
        elif any(os.path.isfile(os.path.join(folder, name, f"__init__{ending}")) for ending in all_suffixes()):
            found.add(name)
    return found


def _names_in(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()
