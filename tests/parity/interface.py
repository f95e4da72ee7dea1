"""The public interface of an SDK: its modules, what they define, and how it is called.

What counts as public, by rule:

- every module without a leading underscore in its path, but for the rooms of `NOT_FOR_USERS`;
- in a module, the names without a leading underscore that it defines itself: classes, functions, v1's names, objects of
  the SDK. A constant in capitals belongs to the insides, but for those of `CONSTANTS`;
- and what it takes from other modules only to hand it on, recorded as an alias: it is not used there, or the module is
  a package, or users are known to take it from there (`TAKEN_FROM`);
- in a class, its constructor and the members without a leading underscore that it declares, or that it has from a base
  which is not public itself; what comes from a public base is described there. Constants in capitals count where a
  class has nothing else.
"""

from __future__ import annotations

import ast
import enum
import importlib
import importlib.util
import inspect
import logging
import pkgutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Rooms that no user of the SDK imports, with the reason.
NOT_FOR_USERS = {
    "cli": "the command that rewrites scripts of v1",
    "telemetry": "reports use to Amazon",
    "amazon.record_pb2": "made by the protobuf compiler",
    "modules.train.container_drivers": "runs inside the training container",
    "remote_function.runtime_environment": "runs inside the training container",
    "remote_function.invoke_function": "runs inside the training container",
    "remote_function.job": "the insides of `remote`",
    "remote_function.core": "the insides of `remote`",
    "serve.utils": "the insides of `ModelBuilder`",
    "serve.detector": "the insides of `ModelBuilder`",
    "serve.model_server": "the insides of `ModelBuilder`",
    "serve.validations": "the insides of `ModelBuilder`",
    "deprecations": "the insides of v1's names",
    "local.data": "the insides of local mode",
    "local.entities": "the insides of local mode",
    "local.exceptions": "the insides of local mode",
    "local.image": "the insides of local mode",
    "local.utils": "the insides of local mode",
    "modules.local_core": "the insides of local mode",
    "modules.templates": "the text of a shell script",
}

# Names that users import from a module which itself uses them.
TAKEN_FROM = {
    "predictor.Predictor",
    "s3.parse_s3_url",
    "s3.s3_path_join",
    "tuner.CategoricalParameter",
    "tuner.ContinuousParameter",
    "tuner.IntegerParameter",
    "tuner.ParameterRange",
    "session.TrainingInput",
}

# Modules whose constants users read: the paths of what their configuration files hold.
CONSTANTS = {"config.config_schema"}

Document = dict[str, Any]


def interface(package: str) -> Document:
    """Return the public interface of an installed SDK: what its modules define, by the modules' paths below it.

    A module that cannot be imported here has `{"needs": WHAT}`.
    """
    return {module: _module(package, module) for module in sorted(_modules(package))}


def handed_on(package: str) -> dict[str, dict[str, str]]:
    """Return what the modules of an installed SDK have because they use it: module -> name -> where it is defined."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(_modules(package)):
        try:
            module = importlib.import_module(f"{package}.{path}" if path else package)
        except Exception:  # noqa: BLE001 - v2 raises errors of many kinds for a library that is not there
            continue
        origins = {name: _origin(value, name, package) for name, value in sorted(vars(module).items())}
        below = len(f"{path}." if path else "")
        found[path] = {
            name: origin
            for name, origin in origins.items()
            if origin and not name.startswith("_") and origin[below:] != name and not is_for_nobody(origin)
        }
    return {path: names for path, names in found.items() if names}


def _origin(value: Any, name: str, package: str) -> str:
    """Return where a name's value is defined below a package; empty: elsewhere."""
    if isinstance(value, types.ModuleType):
        path = value.__name__
    elif callable(value) and str(getattr(value, "__module__", "")).startswith(f"{package}."):
        path = f"{value.__module__}.{_name_of(value, name)}"
    else:
        return ""
    return path[len(package) + 1 :] if path.startswith(f"{package}.") else ""


def described(value: Any, package: str) -> Document:
    """Return what is public of a class, function or value: its kind, and what it takes or has."""
    if inspect.isclass(value):
        return {"kind": "class", "members": members(value, package)}
    if callable(value):
        return {"kind": "function", "parameters": parameters(value)}
    return {"kind": "value", "value": _written_value(value)}


def members(owner: type, package: str) -> dict[str, Any]:
    """Return the public members of a class that no public base describes: parameters, or what else it is."""
    found: dict[str, Any] = {}
    for base in owner.__mro__:
        if base is not owner and _is_public_class(base, package):
            break
        if base.__module__.partition(".")[0] != package:
            continue
        for name in vars(base):
            if name == "__init__" or not name.startswith("_"):
                found.setdefault(name, member(owner, name))
    if any(isinstance(taken, list) for name, taken in found.items() if name != "__init__"):
        return {name: taken for name, taken in found.items() if not name.isupper()}
    return found


def member(owner: type, name: str) -> Any:
    """Return how one member of a class is used: its parameters, `property`, or its value.

    Raises:
        AttributeError: There is none.
    """
    value = inspect.getattr_static(owner, name)
    if isinstance(value, (staticmethod, classmethod)):
        return ["@class", *parameters(value.__func__)]
    if inspect.isclass(value) or not callable(value):
        is_plain = isinstance(owner, enum.EnumMeta) or isinstance(value, (bool, int, float, str, type(None)))
        return f"value {_written_value(getattr(owner, name))}" if is_plain else "property"
    return parameters(value)


def parameters(function: Any) -> list[str]:
    """Return the parameters of a function as they are written, without types: `["inputs=None", "*", "wait=True"]`."""
    written: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in ("self", "cls", "mcs") and not written:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not any(name.startswith("*") for name in written):
            written.append("*")
        written.append(_written(parameter))
    return written


def found(package: str, path: str) -> Any:
    """Return what a path below a package names, modules imported on the way.

    Raises:
        AttributeError, ImportError: There is none.
    """
    names = path.split(".") if path else []
    value: Any = importlib.import_module(package)
    while names:
        name = names.pop(0)
        if hasattr(value, "__path__") and importlib.util.find_spec(f"{value.__name__}.{name}"):
            value = importlib.import_module(f"{value.__name__}.{name}")
        else:
            value = getattr(value, name)
    return value


def _modules(package: str) -> Iterator[str]:
    yield ""
    root = importlib.import_module(package)
    prefix = len(package) + 1
    for entry in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda _: None):
        path = entry.name[prefix:]
        if not any(part.startswith("_") for part in path.split(".")) and not is_for_nobody(path):
            yield path


def is_for_nobody(path: str) -> bool:
    """Tell whether a module lies in a room that no user imports."""
    return any(path == room or path.startswith(f"{room}.") for room in NOT_FOR_USERS)


def _module(package: str, path: str) -> Document:
    try:
        module = importlib.import_module(f"{package}.{path}" if path else package)
    except Exception as error:  # noqa: BLE001 - v2 raises errors of many kinds for a library that is not there
        return {"needs": getattr(error, "name", None) or str(error)}
    assigned, used = _assigned_and_used(module)
    names: dict[str, Any] = {}
    for name, value in sorted(vars(module).items()):
        if name.startswith("_") or isinstance(value, (types.ModuleType, logging.Logger)):
            continue
        home = getattr(value, "__module__", None) if callable(value) else None
        if home == module.__name__ or (home == f"{package}.deprecations" and name in assigned):
            names[name] = _class_or_function(value, package)
        elif home and home.startswith(f"{package}."):
            if not used.get(name) or f"{path}.{name}" in TAKEN_FROM:
                names[name] = {"alias": f"{home[len(package) + 1 :]}.{_name_of(value, name)}"}
        elif name in assigned and (path in CONSTANTS or _is_of(package, value)):
            names[name] = {"kind": "value", "value": _written_value(value)}
    return {"names": names}


def _is_of(package: str, value: Any) -> bool:
    return type(value).__module__.startswith(f"{package}.") and not type(value).__module__.endswith("deprecations")


def _name_of(value: Any, default: str) -> str:
    """Return the name of a class or function where it is defined, as long as it is found there."""
    name = getattr(value, "__name__", default)
    home = sys.modules.get(value.__module__)
    return name if getattr(home, name, None) is value else default


def _assigned_and_used(module: types.ModuleType) -> tuple[set[str], dict[str, bool]]:
    """Return the names that a module assigns at its top, and those that it uses; a package uses nothing itself."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    tops = [node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    targets = [target for node in tops for target in ast.walk(node) if isinstance(target, ast.Name)]
    assigned = {target.id for target in targets if isinstance(target.ctx, ast.Store)}
    if hasattr(module, "__path__"):
        return assigned, {}
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return assigned, dict.fromkeys(loaded, True)


def _class_or_function(value: Any, package: str) -> Document:
    document = described(value, package)
    if inspect.isclass(value):
        bases = [base for base in value.__mro__[1:] if _is_public_class(base, package)]
        document["bases"] = [f"{base.__module__[len(package) + 1 :]}.{base.__name__}" for base in bases]
    return document


def _is_public_class(owner: type, package: str) -> bool:
    path = owner.__module__[len(package) + 1 :]
    is_hidden = any(part.startswith("_") for part in (*path.split("."), owner.__name__))
    return owner.__module__.partition(".")[0] == package and not is_hidden and not is_for_nobody(path)


def _written(parameter: inspect.Parameter) -> str:
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}.get(parameter.kind.name, "")
    if parameter.default is inspect.Parameter.empty:
        return stars + parameter.name
    return f"{parameter.name}={_written_value(parameter.default)}"


def _written_value(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, (bool, int, float, str)):
        is_fixed = len(repr(value)) < 100 and not repr(value).startswith("'/tmp/")
        return repr(value) if is_fixed else f"<{type(value).__name__}>"
    if isinstance(value, (list, tuple, dict, set, frozenset)) and len(repr(value)) < 60 and "<" not in repr(value):
        return repr(value)
    return f"<{type(value).__name__}>"
