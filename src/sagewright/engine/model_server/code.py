"""Where a model's code lies, and how a worker comes to import it (`contract.md` 2.2)."""

from __future__ import annotations

import importlib
import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from sagewright.engine.model_server.settings import place_of
from sagewright.engine.script_mode import libraries
from sagewright.engine.script_mode.faults import ClientFault
from sagewright.engine.script_mode.journal import Journal
from sagewright.engine.script_mode.launching import PYTHON_PACKAGE, PYTHON_PROGRAM, REQUIREMENTS
from sagewright.vocabulary.script_mode import PROGRAM, SUBMIT_DIRECTORY

DEFAULT_PROGRAM = "inference.py"


class Code(NamedTuple):
    """A user's code.

    Attributes:
        folder: Where it lies; it may not be there.
        program: The module to import, relative to the folder.
        is_named: The model's environment names it, so that it must be there.
        behind: Where else its modules may lie.
    """

    folder: Path
    program: str
    is_named: bool
    behind: Path


def find_code(base: Path, model_dir: Path, environment: Mapping[str, str]) -> Code:
    """Return a model's code.

    One model's code beside its archive stands before that in the archive, as if it had been packed into it; of many
    models each one's own stands before that which all share.

    Raises:
        ClientFault: A program is named that is not there.
    """
    name = environment.get(PROGRAM.upper()) or ""
    program = name if name.endswith(".py") or not name else f"{name}.py"
    own, shared = model_dir / "code", _folders(base, environment)
    folders = [*shared, own] if model_dir == base / "model" else [own, *shared]
    found = next((folder for folder in folders if (folder / (program or DEFAULT_PROGRAM)).is_file()), None)
    if found is None and program:
        looked = next((folder for folder in folders if folder.is_dir()), folders[0])
        holds = sorted(path.name for path in looked.iterdir())[:20] if looked.is_dir() else []
        raise ClientFault(
            f"There is no `{program}` in the model's code: `{looked}` holds {', '.join(holds) or 'nothing'}.\n"
            "hint: put the script into `code/` of model.tar.gz, or name its folder as `source_dir`."
        )
    return Code(found or own, program or DEFAULT_PROGRAM, bool(program), own)


def settle(code: Code, base: Path, journal: Journal) -> None:
    """Put the code on the path, and what it requires; install that first, if need be.

    Raises:
        ClientFault: It cannot be installed.
    """
    places = [str(folder) for folder in dict.fromkeys([code.folder, code.behind]) if folder.is_dir()]
    packages: Path | None = None
    kind = PYTHON_PACKAGE if (code.folder / "setup.py").is_file() else PYTHON_PROGRAM
    if kind == PYTHON_PACKAGE or (code.folder / REQUIREMENTS).is_file():
        from sagewright.engine.script_mode import overlays  # costs what other models need not pay

        overlay = overlays.overlay_of(code.folder, base, kind, os.environ, journal)
        if overlay is not None:
            packages = overlay.packages
            _add_packages(packages)
            os.environ["PATH"] = os.pathsep.join([str(overlay.folder / "bin"), os.environ.get("PATH") or os.defpath])
    program = code.folder / code.program
    if program.parent != code.folder:
        places.insert(0, str(program.parent))
    sys.path[:0] = places
    provided = libraries.folders(packages)
    sys.path.extend(provided)
    given = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    os.environ["PYTHONPATH"] = os.pathsep.join([*given[:1], *places, *given[1:], *provided])


def import_code(code: Code) -> ModuleType | None:
    """Import the user's module; None: there is none, and none is needed."""
    if not (code.folder / code.program).is_file():
        return None
    name = Path(code.program).stem
    sys.modules.pop(name, None)  # a library of the same name that something has imported is not what is meant
    return importlib.import_module(name)


def _folders(base: Path, environment: Mapping[str, str]) -> list[Path]:
    """Return where code may lie that does not come with the model: where the host has put it, and a place named."""
    named = environment.get(SUBMIT_DIRECTORY.upper()) or ""
    folders = [base / "code", base / "models/code"]
    if named and not named.startswith("s3://"):
        folders.insert(0, place_of(base, named.removeprefix("file://")))
    return folders


def _add_packages(packages: Path) -> None:
    """Put an overlay's packages before all others."""
    before = len(sys.path)
    site.addsitedir(str(packages))
    added = sys.path[before:]
    del sys.path[before:]
    sys.path[:0] = [part for part in added if part not in sys.path] or [str(packages)]
