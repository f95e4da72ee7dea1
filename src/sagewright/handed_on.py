"""Names that v2's modules have because they use them themselves, and that scripts take from there all the same.

`from sagemaker.algorithm import Session` works with v2, since that module imports the class. The table beside this
module is recorded from v2 (`make parity-record TOPICS=handed_on`), and is read when a name is missing.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

_TABLE = Path(__file__).with_suffix(".json")
_PACKAGE = __name__.partition(".")[0]


def hand_on(module: ModuleType) -> None:
    """Let a module have, besides its own names, those that v2's module of the same path hands on.

    A package has the modules below it as well, which in v2 are there because something or other has imported them.
    """
    own = vars(module).get("__getattr__")
    path = module.__name__.partition(".")[2]
    if getattr(own, "hands_on", False):
        return

    def missing(name: str) -> Any:
        if not name.startswith("_") and (origin := _table().get(path, {}).get(name)):
            try:
                return _found(origin)
            except (AttributeError, ImportError):
                pass  # what it comes from is not built
        if not name.startswith("_") and _is_below(module, name):
            below = importlib.import_module(f"{module.__name__}.{name}")
            hand_on(below)
            return below
        if own is not None:
            return own(name)
        raise AttributeError(f"module `{module.__name__}` has no attribute `{name}`")

    missing.hands_on = True  # type: ignore[attr-defined]
    vars(module)["__getattr__"] = missing


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    """Return module -> name -> where it is defined, all below the package."""
    import json

    table: dict[str, dict[str, str]] = json.loads(_TABLE.read_text("utf-8"))["recorded"]
    return table


def _is_below(package: ModuleType, name: str) -> bool:
    """Tell whether a package has a module of a name, of ours."""
    places: list[str] = list(getattr(package, "__path__", []))
    return any(
        (Path(place) / f"{name}.py").exists() or (Path(place) / name / "__init__.py").exists() for place in places
    )


def _found(origin: str) -> Any:
    """Return what a path below the package names.

    Raises:
        AttributeError, ImportError: There is none.
    """
    home, _, name = origin.rpartition(".")
    try:
        return getattr(importlib.import_module(f"{_PACKAGE}.{home}" if home else _PACKAGE), name)
    except AttributeError:
        return importlib.import_module(f"{_PACKAGE}.{origin}")
