"""Names that nothing defines, and keyword arguments that the code's own functions do not take."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator

from sagewright.preflight.code.guards import is_caught
from sagewright.preflight.code.installed import names_defined
from sagewright.preflight.code.reading import Code, Module, absolute
from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.vocabulary.suggestions import close, nearest, slip_of

_OF_CLASSES = sorted(
    {name for kind in (object, int, list, dict, type(iter("")), type(open)) for name in dir(kind)}
    | {"__call__", "__enter__", "__exit__", "__del__", "__getattr__", "__getitems__", "__post_init__", "__set_name__"}
    | {"__get__", "__set__", "__delete__", "__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__"}
    | {"__copy__", "__deepcopy__", "__missing__", "__array__", "__fspath__", "__bytes__", "__prepare__", "__matmul__"}
    | {"__imatmul__", "__rmatmul__", "__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__", "__init__"}
)
_OF_MODULES = ("__file__", "__name__", "__doc__", "__builtins__", "__spec__", "__path__", "__package__", "__loader__")
_OF_SCOPES = ("__class__", "__module__", "__qualname__", "__annotations__", "__debug__", "WindowsError", "get_ipython")


def check(module: Module, code: Code) -> Iterator[Finding]:
    """Find names that cannot be found when they are used."""
    yield from _main(module)
    yield from _methods(module)
    known = names_defined(module.tree)
    if known is not None:
        yield from _undefined(module, known)
        yield from _calls(module, code)


def _main(module: Module) -> Iterator[Finding]:
    """Find a comparison with `__main__` that is none, so that the script does nothing."""
    for node in module.nodes:
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "__name__":
            other = node.comparators[0]
            if isinstance(other, ast.Constant) and isinstance(other.value, str) and slip_of(other.value, ["__main__"]):
                what = f"`__name__` never equals `{other.value}`, so nothing would run."
                yield Finding(module.where(node), what, did_you_mean("__main__"))


def _methods(module: Module) -> Iterator[Finding]:
    """Find methods that Python would call by another name."""
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef) and re.fullmatch("__[a-z]+__", node.name):
            near = None if node.name in _OF_CLASSES else slip_of(node.name, _OF_CLASSES)
            if near and isinstance(module.parents[node], ast.ClassDef):
                yield Finding(module.where(node), f"Python knows no method `{node.name}`.", did_you_mean(near))


def _undefined(module: Module, known: frozenset[str]) -> Iterator[Finding]:
    missing = _globals_read(module) - known - set(dir(builtins)) - {*_OF_MODULES, *_OF_SCOPES}
    if not missing:
        return
    near = {name: slip_of(name, _visible(module, known)) for name in missing}
    uses: dict[str, ast.Name] = {}
    for node in module.nodes:
        if isinstance(node, ast.Name) and node.id in missing and isinstance(node.ctx, ast.Load):
            uses.setdefault(node.id, node)
    for name, node in uses.items():
        if not is_caught(node, module, "NameError"):
            what = f"nothing defines the name `{name}`."
            meant = "`, `".join(close(name, _visible(module, known), 2)) if near[name] else None
            yield Finding(module.where(node), what, did_you_mean(meant), meant is not None)


def _visible(module: Module, known: frozenset[str]) -> list[str]:
    """Return the names that may have been meant: of the module, of functions' arguments, of Python."""
    arguments = {node.arg for node in module.nodes if isinstance(node, ast.arg)}
    return [*known, *arguments, *dir(builtins)]


def _globals_read(module: Module) -> set[str]:
    """Return the names that some scope looks up among the module's."""
    found: set[str] = set()
    waiting = [symtable.symtable(module.text, module.path, "exec")]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or (top and not symbol.is_assigned())):
                found.add(symbol.get_name())
    return found


# Calls of the module's own functions --------------------------------------------------------------------------------


def _calls(module: Module, code: Code) -> Iterator[Finding]:
    functions = {**_functions(module), **_imported(module, code)}
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in functions:
            continue
        takes = functions[node.func.id].args
        names = [argument.arg for argument in (*takes.args, *takes.kwonlyargs)]
        for keyword in node.keywords:
            if keyword.arg is not None and keyword.arg not in names:
                what = f"`{node.func.id}` takes no argument `{keyword.arg}`."
                yield Finding(module.where(node), what, did_you_mean(nearest(keyword.arg, names)))


def _imported(module: Module, code: Code) -> dict[str, ast.FunctionDef]:
    """Return the functions that come from the code's other modules."""
    found = {}
    for node in module.tree.body:
        path = code.find(absolute(module, node, code) or "") if isinstance(node, ast.ImportFrom) else None
        other = next((other for other in code.modules if other.path == path), None)
        if isinstance(node, ast.ImportFrom) and other is not None:
            theirs = _functions(other)
            found.update({a.asname or a.name: theirs[a.name] for a in node.names if a.name in theirs})
    return found


def _functions(module: Module) -> dict[str, ast.FunctionDef]:
    """Return the functions whose arguments are sure: defined once, undecorated, without `**`."""
    defined = [node for node in module.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    stored = {node.id for node in module.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    imported = {
        alias.asname or alias.name
        for node in module.nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    names = [node.name for node in defined]
    return {
        node.name: node
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.decorator_list
        and node.args.kwarg is None
        and names.count(node.name) == 1
        and node.name not in stored | imported
    }
