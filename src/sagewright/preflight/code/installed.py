"""Modules that are installed, looked at without importing them."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sagewright.vocabulary.script_mode import PROVIDED
from sagewright.vocabulary.suggestions import slip_of

_LARGE_BYTES = 2**20


def is_known(top: str) -> bool:
    """Tell whether a module can be imported by a program that is started elsewhere than here."""
    return (
        top in sys.builtin_module_names or top in sys.stdlib_module_names or top in PROVIDED or _spec(top) is not None
    )


def _spec(top: str) -> importlib.machinery.ModuleSpec | None:
    for finder in sys.meta_path:
        if finder is importlib.machinery.PathFinder:
            found = importlib.machinery.PathFinder.find_spec(top, _path())
        else:
            find = getattr(finder, "find_spec", None)
            found = find(top, None) if find else None
        if found is not None:
            return found
    return None


def _path() -> list[str]:
    """Return where modules are looked for, without the folder of the program that runs now."""
    started = os.path.dirname(os.path.abspath(getattr(sys.modules.get("__main__"), "__file__", None) or "x"))
    first = sys.path[:1] if sys.path and os.path.abspath(sys.path[0] or ".") in (started, os.getcwd()) else []
    return [path for path in sys.path[len(first) :] if path]


@lru_cache(maxsize=1)
def known_names() -> Sequence[str]:
    """Return the names of all modules that can be imported."""
    found = set(sys.stdlib_module_names)
    for folder in _path():
        if os.path.isdir(folder):
            found.update(_modules_in(folder))
    return sorted(name for name in found if not name.startswith("_"))


def submodules(dotted: str) -> Sequence[str] | None:
    """Return the names of what lies in a package; None: it is no package whose files can be seen."""
    folder = _folder(dotted)
    return None if folder is None else _modules_in(folder)


def misspelled(name: str, dotted: str) -> str | None:
    """Return the name that was meant where a module surely has no `name`; None: it may have it."""
    loaded = sys.modules.get(dotted)
    if loaded is not None and dotted.partition(".")[0] in sys.stdlib_module_names:
        return None if hasattr(loaded, name) else slip_of(name, dir(loaded))
    path = _file(dotted)
    if path is None or os.path.getsize(path) > _LARGE_BYTES:
        return None
    text = _text(path, os.stat(path).st_mtime_ns)
    if re.search(rf"\b{re.escape(name)}\b", text) or name in (submodules(dotted) or ()):
        return None
    near = slip_of(name, [*_names_in_text(path, text), *(submodules(dotted) or ())])
    # A module that has been imported knows best: names may come to it by ways that its source does not show.
    return None if loaded is not None and near and hasattr(loaded, name) else near


@lru_cache(maxsize=64)
def _text(path: str, _: int) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


@lru_cache(maxsize=64)
def _names_in_text(path: str, text: str) -> Sequence[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, path)
        known = names_defined(tree)
        return tuple(known if known is not None else _names_listed(tree))
    except (SyntaxError, ValueError, RecursionError):
        return ()


def names_defined(tree: ast.Module) -> frozenset[str] | None:
    """Return the names that a module has when it has run; None: they cannot be told."""
    names = {"__name__", "__doc__", "__file__", "__all__", "__version__", "__path__", "__spec__"}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Global):
            names.update(node.names)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            if any(alias.name == "*" for alias in node.names):
                return None
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
            return None
    return None if "__getattr__" in names else frozenset(names)


def _names_listed(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module imports by name, where it has others besides."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name != "*":
            yield from (alias.asname or alias.name for alias in node.names)


_MAKERS = ("globals", "exec", "eval", "vars", "setattr")


def _file(dotted: str) -> str | None:
    """Return the source of a module, whose packages need not be imported for that."""
    folder = _folder(dotted)
    if folder is not None:
        path = os.path.join(folder, "__init__.py")
        return path if os.path.isfile(path) else None
    above, _, last = dotted.rpartition(".")
    if not above:
        spec = _spec(dotted)
        origin = spec.origin if spec else None
        return origin if origin and origin.endswith(".py") and os.path.isfile(origin) else None
    path = os.path.join(_folder(above) or "", f"{last}.py")
    return path if os.path.isfile(path) else None


def _folder(dotted: str) -> str | None:
    top, *rest = dotted.split(".")
    spec = _spec(top)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if len(places) != 1:
        return None
    folder = os.path.join(places[0], *rest)
    return folder if os.path.isdir(folder) else None


@lru_cache(maxsize=256)
def _modules_in(folder: str) -> Sequence[str]:
    found = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name.partition(".")[0]
            is_module = entry.name.endswith((".py", ".so", ".pyd")) or (entry.is_dir() and "." not in entry.name)
            if is_module and name.isidentifier() and name != "__init__" and not name.endswith("__pycache__"):
                found.add(name)
    return tuple(sorted(found))
