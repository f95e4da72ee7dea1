"""What the code imports: its own modules, the names in them, and modules that are installed."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator

from sagewright.preflight.code import installed
from sagewright.preflight.code.guards import is_caught, is_sure
from sagewright.preflight.code.reading import Code, Module, absolute
from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.vocabulary.suggestions import nearest, slip_of


def check(code: Code, flight: Flight) -> Iterator[Finding]:
    """Find imports that would fail."""
    for module in code.modules:
        for node in module.nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)) and not is_caught(
                node, module, "ImportError", "ModuleNotFoundError"
            ):
                yield from _import(node, module, code, flight)


def _import(node: ast.Import | ast.ImportFrom, module: Module, code: Code, flight: Flight) -> Iterator[Finding]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _whole(alias.name, node, module, code, flight)
        return
    base = absolute(module, node, code)
    if base is None:
        return
    if base:
        wrong = list(_whole(base, node, module, code, flight))
        yield from wrong
        if wrong:
            return
    for alias in node.names:
        yield from _name(alias.name, base, node, module, code, flight)


def _whole(dotted: str, node: ast.stmt, module: Module, code: Code, flight: Flight) -> Iterator[Finding]:
    """Find what is wrong with the name of a module."""
    parts = dotted.split(".")
    if code.find(parts[0]):
        for count in range(1, len(parts)):
            above = ".".join(parts[:count])
            if not code.find(f"{above}.{parts[count]}"):
                near = nearest(parts[count], code.own_names(above))
                yield Finding(module.where(node), f"`{above}` has no module `{parts[count]}`.", did_you_mean(near))
                return
    elif not installed.is_known(parts[0]):
        yield from _missing(parts[0], node, module, code, flight)
    elif flight.runs_in_this_python:
        yield from _missing_below(parts, node, module)


def _missing(top: str, node: ast.stmt, module: Module, code: Code, flight: Flight) -> Iterator[Finding]:
    where, what = module.where(node), f"there is no module `{top}`"
    beside = os.path.join(os.path.dirname(module.path), top)
    if not code.roots and (os.path.isfile(f"{beside}.py") or os.path.isdir(beside)):
        folder = os.path.dirname(module.path) or "."
        hint = f"`{top}` stays here: the script goes alone. Give `source_dir={folder!r}`, or name it in `dependencies`."
        yield Finding(where, f"{what} in the job.", hint, is_sure(node, module))
        return
    near = slip_of(top, [*code.own_names(), *installed.known_names()])
    if near is None and (code.requirements is not None or not flight.runs_in_this_python):
        return  # it comes with the requirements, or with the image
    hint = did_you_mean(near) or f"`pip install {top}`, or name it in a `requirements.txt` in `source_dir`."
    yield Finding(where, f"{what}.", hint, is_sure(node, module) and not _is_required(top, code))


def _is_required(top: str, code: Code) -> bool:
    return top.lower().replace("_", "-") in (code.requirements or "").lower().replace("_", "-")


def _missing_below(parts: list[str], node: ast.stmt, module: Module) -> Iterator[Finding]:
    for count in range(1, len(parts)):
        known = installed.submodules(".".join(parts[:count]))
        if known is None:
            return
        if parts[count] not in known:
            near = slip_of(parts[count], known)
            if near:  # else it may be made by the package while it is imported
                what = f"`{'.'.join(parts[:count])}` has no module `{parts[count]}`."
                yield Finding(module.where(node), what, did_you_mean(near))
            return


def _name(name: str, base: str, node: ast.stmt, module: Module, code: Code, flight: Flight) -> Iterator[Finding]:
    """Find what is wrong with a name that comes from a module."""
    if name == "*":
        return
    top = base.partition(".")[0]
    path = code.find(base) if base and code.find(top) else None
    if path is None and base and not code.find(top) and (flight.runs_in_this_python or top in sys.stdlib_module_names):
        near = installed.misspelled(name, base)
        if near:
            yield Finding(module.where(node), f"`{base}` has no `{name}`.", did_you_mean(near))
        return
    if path is None or not path.endswith(".py") or code.find(f"{base}.{name}"):
        return
    own = next((other for other in code.modules if other.path == path), None)
    known = None if own is None else installed.names_defined(own.tree)
    if known is not None and name not in known:
        near = nearest(name, [*known, *code.own_names(base)])
        yield Finding(module.where(node), f"`{base}` has no `{name}`.", did_you_mean(near))
