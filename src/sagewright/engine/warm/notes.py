"""Inside a job: noting which modules its Python has imported.

The variable `SAGEWRIGHT_WARM` names the host's folder for that; the process that notes takes it out of the environment,
so that neither the user's code nor what it starts sees it.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # this runs at the start of programs
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

VARIABLE = "SAGEWRIGHT_WARM"
DOOR = "door"  # a file of the folder: the warm interpreter to ask, if there is one
MOST_NOTES = 100
VOLATILE = "/opt/ml"

_state: dict[str, str] = {}


def begin(environment: Mapping[str, str] | None = None) -> None:
    """Have a note written when this process ends.

    Args:
        environment: What the process was started with; None: as the kernel knows it.
    """
    folder = os.environ.pop(VARIABLE, None)
    if folder is None:
        return
    import atexit

    started_with = dict(environment) if environment is not None else _initial_environment()
    started_with.pop(VARIABLE, None)
    _state["folder"] = folder
    atexit.register(_write, folder, os.getpid(), started_with)


def through_the_door(command: Sequence[str], environment: dict[str, str]) -> list[str]:
    """Return what to start instead of a Python program so that it begins warm where it can, and notes what it imports.

    Args:
        environment: The program's; it is told where to note.
    """
    folder = _state.get("folder")
    if folder is None or not os.path.basename(command[0]).startswith("python"):
        return list(command)
    environment[VARIABLE] = folder
    if not os.path.exists(os.path.join(folder, DOOR)):
        return list(command)
    door = os.path.join(os.path.dirname(os.path.abspath(__file__)), "door.py")
    return [sys.executable, "-I", "-S", door, *command]


def is_lasting(name: str, module: ModuleType | None) -> bool:
    """Tell whether a module comes from a file that is neither the job's own nor one of these here."""
    spec = getattr(module, "__spec__", None)
    if spec is None or spec.name != name or not spec.has_location or not spec.origin:
        return False
    return not str(spec.origin).startswith(f"{VOLATILE}/") and not name.startswith(__package__)


def _write(folder: str, pid: int, environment: Mapping[str, str]) -> None:
    if os.getpid() != pid:  # a fork that runs the exit hooks
        return
    modules = [name for name, module in list(sys.modules.items()) if is_lasting(name, module)]
    note = {"python": sys.executable, "environment": dict(environment), "modules": modules}
    try:
        if len(os.listdir(folder)) < MOST_NOTES:
            draft = os.path.join(folder, f".{pid}")
            with open(draft, "w") as file:
                file.write(repr(note))  # no `json`: the job may have a module of that name
            os.replace(draft, os.path.join(folder, f"{pid}.note"))
    except OSError:
        pass  # a job is none the worse for a note that could not be written


def _initial_environment() -> dict[str, str]:
    with open("/proc/self/environ", "rb") as file:
        pairs = [os.fsdecode(item).partition("=") for item in file.read().split(b"\0") if item]
    return {name: value for name, _, value in pairs}
