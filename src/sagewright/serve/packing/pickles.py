"""The pickle of a model: what it holds, what it is to be compared with, and what reads it where it arrives."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sagewright.serve.packed.serving_runtime import METADATA, PICKLE

_PACKAGE_FOLDERS = {"site-packages", "dist-packages"}
_FORMAT = "2023-04-24"  # which v2 writes beside its pickles


def save_pickle(folder: Path, held: Any) -> None:
    """Write what is served, with the classes of a user's own modules, which the container does not have.

    Raises:
        ModuleNotFoundError: `cloudpickle` is not installed.
    """
    import cloudpickle

    folder.mkdir(parents=True, exist_ok=True)
    parts = held if isinstance(held, tuple) else (held,)
    with _by_value(_own_modules(parts)), open(folder / PICKLE, "wb") as file:
        cloudpickle.dump(held, file)


def save_digest(folder: Path) -> None:
    """Write the digest of the pickle, which the server compares before it unpickles."""
    told = {
        "sha256_hash": hashlib.sha256((folder / PICKLE).read_bytes()).hexdigest(),
        "version": _FORMAT,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "serialization_module": "cloudpickle",
    }
    (folder / METADATA).write_text(json.dumps(told))


def add_readers(folder: Path, script: str = "inference.py") -> None:
    """Put beside the pickle what serves it: the script, what that needs of this package, and cloudpickle.

    Not all images install what a `requirements.txt` says, and none has this package.

    Args:
        script: A file of `serve/packed`; it becomes `inference.py`.
    """
    import cloudpickle

    here = Path(__file__).parents[1] / "packed"
    shutil.copyfile(here / script, folder / "inference.py")
    shutil.copyfile(here / "serving_runtime.py", folder / "serving_runtime.py")
    target = folder / "cloudpickle"
    target.mkdir(exist_ok=True)
    for file in Path(str(cloudpickle.__file__)).parent.glob("*.py"):
        shutil.copyfile(file, target / file.name)


def _own_modules(parts: Any) -> Iterator[ModuleType]:
    """Yield the modules that a user has written: those that are neither installed nor the program itself."""
    for name in dict.fromkeys(owner.__module__ for part in parts for owner in _classes(part)):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
        if module is not None and name != "__main__" and file and not _is_installed(file):
            yield module


def _classes(part: Any) -> Iterator[type]:
    translators = [getattr(part, f"custom_{way}_translator", None) for way in ("input", "output")]
    for held in (part, *translators):
        if held is not None:
            yield from type(held).__mro__


def _is_installed(file: str) -> bool:
    if _PACKAGE_FOLDERS & set(Path(file).parts):
        return True
    roots = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(__file__).parents[2])]
    return any(os.path.realpath(file).startswith(os.path.realpath(root) + os.sep) for root in roots)


@contextmanager
def _by_value(modules: Iterator[ModuleType]) -> Iterator[None]:
    import cloudpickle

    known = set(cloudpickle.list_registry_pickle_by_value())
    added = [module for module in modules if module.__name__ not in known]
    for module in added:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in added:
            cloudpickle.unregister_pickle_by_value(module)
