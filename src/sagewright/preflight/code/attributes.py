"""Attributes of modules and of argparse's parsers that there are not."""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from types import ModuleType

from sagewright.preflight.code import installed
from sagewright.preflight.code.guards import is_caught
from sagewright.preflight.code.reading import Code, Module
from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.vocabulary.suggestions import slip_of


def check(module: Module, code: Code, flight: Flight) -> Iterator[Finding]:
    """Find attributes that surely are not there."""
    modules, parsers = _imported(module, code), _parsers(module)
    for node in module.nodes:
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        dotted = _module_of(node.value, modules)
        if dotted is not None and (flight.runs_in_this_python or dotted in sys.stdlib_module_names):
            near = installed.misspelled(node.attr, dotted)
            if near and not is_caught(node, module, "AttributeError"):
                yield Finding(module.where(node), f"`{dotted}` has no `{node.attr}`.", did_you_mean(near))
        elif isinstance(node.value, ast.Name) and node.value.id in parsers:
            is_there = hasattr(argparse.ArgumentParser, node.attr)
            near = None if is_there else slip_of(node.attr, dir(argparse.ArgumentParser))
            if near:
                what = f"a parser has no `{node.attr}`."
                yield Finding(module.where(node), what, did_you_mean(near))


def _imported(module: Module, code: Code) -> dict[str, str]:
    """Return name in the code -> dotted name, for the installed modules that nothing else goes by."""
    found: dict[str, str] = {}
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name in (installed.submodules(node.module) or ()):
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    stored = {node.id for node in module.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in module.nodes if isinstance(node, ast.arg)}
    own = {name for name, dotted in found.items() if code.find(dotted.partition(".")[0])}
    return {name: dotted for name, dotted in found.items() if name not in stored | arguments | own}


def _module_of(node: ast.AST, modules: dict[str, str]) -> str | None:
    """Return the module that an expression stands for: `np`, or `np.linalg` where that is a module."""
    if isinstance(node, ast.Name):
        return modules.get(node.id)
    if isinstance(node, ast.Attribute):
        above = _module_of(node.value, modules)
        if above in sys.stdlib_module_names:  # `os.path` is a module by another name
            inner = getattr(sys.modules.get(str(above)), node.attr, None)
            return inner.__name__ if isinstance(inner, ModuleType) else None
        if above is not None and node.attr in (installed.submodules(above) or ()):
            return f"{above}.{node.attr}"
    return None


def _parsers(module: Module) -> set[str]:
    found: set[str] = set()
    for node in module.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name == "ArgumentParser":
                found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return found
