"""The modules of the user's code: the script, and what it imports of its own."""

from __future__ import annotations

import ast
import os
import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Source
from sagewright.vocabulary.suggestions import nearest, slip_of

_MANY_MODULES = 200  # enough to be useful, few enough to be quick


class Unreadable(Exception):
    """There is no code to check."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class Module(NamedTuple):
    """One file of the user's.

    Attributes:
        name: The file's path as messages show it.
        nodes: All of its tree, in no particular order.
        parents: Node to the node that holds it.
    """

    name: str
    path: str
    text: str
    tree: ast.Module
    nodes: list[ast.AST]
    parents: Mapping[ast.AST, ast.AST]

    def where(self, node: ast.AST) -> str:
        """Return file and line of a node."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that hold a node, inmost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node


class Code(NamedTuple):
    """The user's code.

    Attributes:
        modules: The script first, then what it imports of its own.
        roots: Folders in which the job looks for modules.
        extra: Top-level names that come from `dependencies`, with their paths.
        requirements: The text of `requirements.txt`; None: there is none.
        broken: Files that do not compile.
    """

    modules: list[Module]
    roots: list[str]
    extra: Mapping[str, str]
    requirements: str | None
    broken: list[Finding]

    def find(self, dotted: str) -> str | None:
        """Return the file or folder of one of the code's own modules, or None."""
        return _find(dotted, self.roots, self.extra)

    def own_names(self, above: str = "") -> list[str]:
        """Return the names of own modules at the top, or in one of the packages."""
        folders = [path for path in [self.find(above)] if path] if above else self.roots
        folders = [os.path.dirname(path) if path.endswith("__init__.py") else path for path in folders]
        found = [name for folder in folders if os.path.isdir(folder) for name in _names_in(folder)]
        return found if above else [*found, *self.extra]


def read(source: Source) -> Code | None:
    """Return a script and the modules that it imports of its own; None: the script is not Python.

    Raises:
        Unreadable: There is no such script.
    """
    script = _script(source)
    if not script.endswith(".py"):
        return None
    folder = source.source_dir or os.path.dirname(script) or "."
    # Without a source folder the script goes alone.
    roots = list(dict.fromkeys([os.path.dirname(script), source.source_dir])) if source.source_dir else []
    extra = {name: path for dependency in source.dependencies for name, path in _top_names(dependency)}
    requirements = _requirements(folder) if source.source_dir else None
    code = Code([], roots, extra, requirements, [])
    _read_all(code, script, source)
    return code


def _script(source: Source) -> str:
    script = os.path.join(source.source_dir or "", source.entry_point)
    if os.path.isfile(script):
        return script
    folder, name = os.path.split(script)
    files = sorted(os.listdir(folder or ".")) if os.path.isdir(folder or ".") else []
    near = nearest(name, [file for file in files if os.path.isfile(os.path.join(folder, file))])
    near = near and os.path.join(os.path.dirname(source.entry_point), near)
    if source.source_dir and not os.path.isdir(source.source_dir):
        parent, name = os.path.split(os.path.normpath(source.source_dir))
        here = os.listdir(parent or ".") if os.path.isdir(parent or ".") else []
        folders = sorted(other for other in here if os.path.isdir(os.path.join(parent, other)))
        near = nearest(name, folders)
        where = near and os.path.join(parent, near)
        raise Unreadable(Finding("`source_dir`", f"there is no folder `{source.source_dir}`.", did_you_mean(where)))
    where = f' in directory "{source.source_dir}"' if source.source_dir else ""
    what = f'No file named "{source.entry_point}" was found{where}.'
    raise Unreadable(Finding("`entry_point`", what, did_you_mean(near)))


def _read_all(code: Code, script: str, source: Source) -> None:
    """Read the script, then what it imports, then what that imports."""
    base = source.repository or (os.path.dirname(source.source_dir.rstrip("/")) if source.source_dir else None)
    waiting, seen = deque([script]), {script}
    while waiting and len(code.modules) < _MANY_MODULES:
        module = _module(waiting.popleft(), base, code)
        if module is None:
            continue
        code.modules.append(module)
        for dotted in _imported(module, code):
            path = code.find(dotted)
            if path and path.endswith(".py") and path not in seen:
                seen.add(path)
                waiting.append(path)


def _module(path: str, base: str | None, code: Code) -> Module | None:
    name = os.path.relpath(path, base) if base is not None else os.path.normpath(path)
    with open(path, "rb") as file:
        content = file.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content, path)
            compile(tree, path, "exec", dont_inherit=True)  # what the grammar alone does not tell
    except (SyntaxError, ValueError) as error:
        code.broken.append(_broken(name, error))
        return None
    except RecursionError:
        return None
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return Module(name, path, content.decode("utf-8", "replace"), tree, [tree, *parents], parents)


def _broken(name: str, error: SyntaxError | ValueError) -> Finding:
    if not isinstance(error, SyntaxError):
        return Finding(name, f"it is not Python: {error}.")
    line = (error.text or "").rstrip()
    shown = f"\n    {line.strip()}" if line.strip() else ""
    if shown and error.offset:
        shown += f"\n    {' ' * max(0, error.offset - 1 - (len(line) - len(line.lstrip())))}^"
    return Finding(f"{name}:{error.lineno}", f"{type(error).__name__}: {error.msg}{shown}", _keyword(line))


def _keyword(line: str) -> str | None:
    """Return the hint with the keyword that a line's first word was probably meant to be."""
    import keyword
    import re

    for word in re.findall(r"[A-Za-z_]{3,}", line):
        near = None if keyword.iskeyword(word) else slip_of(word, keyword.kwlist)
        if near:
            return did_you_mean(near)
    return None


def _imported(module: Module, code: Code) -> Iterator[str]:
    """Yield the dotted names of all modules that a module may import of its own."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _prefixes(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(module, node, code)
            if base is not None:
                yield from _prefixes(base)
                yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names)


def absolute(module: Module, node: ast.ImportFrom, code: Code) -> str | None:
    """Return the dotted name of the module that a `from` names; None: a relative one that leads out of the code."""
    if not node.level:
        return node.module or ""
    folder = os.path.dirname(module.path)
    for _ in range(node.level - 1):
        folder = os.path.dirname(folder)
    for root in (*code.roots, *(os.path.dirname(path) for path in code.extra.values())):
        relative = os.path.relpath(folder, root or ".")
        if not relative.startswith(".."):
            package = "" if relative == "." else relative.replace(os.sep, ".")
            return ".".join(part for part in (package, node.module) if part)
    return None


def _prefixes(dotted: str) -> Iterator[str]:
    parts = dotted.split(".")
    return (".".join(parts[: count + 1]) for count in range(len(parts)))


def _find(dotted: str, roots: list[str], extra: Mapping[str, str]) -> str | None:
    top, _, rest = dotted.partition(".")
    starts = [os.path.join(root, top) for root in roots]
    if top in extra:
        starts.append(extra[top].removesuffix(".py"))
    for start in starts:
        path = os.path.join(start, *rest.split(".")) if rest else start
        for candidate in (f"{path}.py", os.path.join(path, "__init__.py"), path):
            if os.path.isfile(candidate) or (candidate == path and os.path.isdir(path)):
                return candidate
    return None


def _top_names(dependency: str) -> Iterator[tuple[str, str]]:
    name = os.path.basename(dependency)
    if name:
        yield name.removesuffix(".py"), dependency
    elif os.path.isdir(dependency):  # a trailing slash means the contents
        yield from ((other, os.path.join(dependency, other)) for other in _names_in(dependency))


def _names_in(folder: str) -> list[str]:
    """Return the names that can be imported from a folder."""
    with os.scandir(folder) as found:
        files = [entry.name for entry in found if entry.name.endswith(".py") or entry.is_dir()]
    names = [file.removesuffix(".py") for file in files]
    return sorted(name for name in names if name.isidentifier() and name != "__init__")


def _requirements(folder: str) -> str | None:
    path = os.path.join(folder, "requirements.txt")
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
