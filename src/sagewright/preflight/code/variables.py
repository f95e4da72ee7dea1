"""The `SM_*` variables and the paths below `/opt/ml` that the code reads (`contract.md` 1.7, 1.12)."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from sagewright.preflight.code.arguments import script_arguments
from sagewright.preflight.code.guards import is_caught, is_sure
from sagewright.preflight.code.reading import Code, Module
from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.vocabulary.suggestions import nearest, slip_of

VARIABLES = (
    *("SM_MODEL_DIR", "SM_INPUT_DIR", "SM_INPUT_CONFIG_DIR", "SM_OUTPUT_DIR", "SM_OUTPUT_DATA_DIR"),
    *("SM_OUTPUT_INTERMEDIATE_DIR", "SM_CHANNELS", "SM_HPS", "SM_USER_ARGS", "SM_FRAMEWORK_PARAMS", "SM_HOSTS"),
    *("SM_CURRENT_HOST", "SM_CURRENT_INSTANCE_TYPE", "SM_CURRENT_INSTANCE_GROUP", "SM_CURRENT_INSTANCE_GROUP_HOSTS"),
    *("SM_INSTANCE_GROUPS", "SM_INSTANCE_GROUPS_DICT", "SM_DISTRIBUTION_INSTANCE_GROUPS", "SM_IS_HETERO"),
    *("SM_TOPOLOGY", "SM_NETWORK_INTERFACE_NAME", "SM_NUM_CPUS", "SM_NUM_GPUS", "SM_NUM_NEURONS"),
    *("SM_RESOURCE_CONFIG", "SM_INPUT_DATA_CONFIG", "SM_LOG_LEVEL", "SM_USER_ENTRY_POINT", "SM_MODULE_NAME"),
    *("SM_MODULE_DIR", "SM_FRAMEWORK_MODULE", "SM_TRAINING_ENV"),
)
_CHANNEL, _HYPERPARAMETER = "SM_CHANNEL_", "SM_HP_"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]{2,}")
_USUAL = ("HOME", "HOST", "HOSTNAME", "LANG", "PATH", "PORT", "PWD", "RANK", "SHELL", "TERM", "TMPDIR", "USER")
_FOLDERS = {
    "": ("input", "model", "output", "code", "checkpoints", "failure", "processing", "errors"),
    "input": ("data", "config"),
    "input/config": (
        *("hyperparameters.json", "inputdataconfig.json", "resourceconfig.json", "trainingjobconfig.json"),
        *("checkpointconfig.json", "init-config.json", "metric-definition-regex.json", "upstreamoutputdataconfig.json"),
        *("debughookconfig.json", "profilerconfig.json"),
    ),
    "output": ("data", "failure", "intermediate", "tensors", "tensorboard", "profiler", "metrics"),
}


class _Read(NamedTuple):
    """A variable that the code names.

    Attributes:
        must_be_there: The code fails where it is not.
    """

    name: str
    node: ast.AST
    module: Module
    must_be_there: bool


def check(code: Code, flight: Flight) -> Iterator[Finding]:
    """Find variables that the job does not have, and paths that there are not."""
    reads = [read for module in code.modules for read in _reads(module)]
    for read in reads:
        if read.name not in flight.environment:
            yield from _variable(read, {other.name for other in reads}, flight)
    for module in code.modules:
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/opt/ml/"):
                yield from _path(node.value, module.where(node), flight)


def _reads(module: Module) -> Iterator[_Read]:
    words = [
        node
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value)
    ]
    asked = {str(node.value) for node in words if isinstance(module.parents.get(node), ast.Compare)}
    made = {str(node.value) for node in words if _is_stored(node, module)}
    for node in words:
        if node.value not in made:
            is_subscript = isinstance(module.parents.get(node), ast.Subscript) and _is_environ(node, module)
            sure = is_subscript and node.value not in asked and not is_caught(node, module, "KeyError")
            if is_subscript or _is_environ(node, module):
                yield _Read(str(node.value), node, module, sure)


def _is_environ(node: ast.AST, module: Module) -> bool:
    """Tell whether a text is what `os.environ[...]`, `os.environ.get(...)` or `os.getenv(...)` is asked for."""
    above = module.parents[node]
    if isinstance(above, ast.Subscript):
        return "environ" in _dotted(above.value) or "env" in _dotted(above.value)
    if isinstance(above, ast.Call) and above.args[:1] == [node]:
        name = _dotted(above.func)
        return name.endswith("getenv") or name.endswith(("environ.get", "environ.pop", "env.get"))
    return False


def _is_stored(node: ast.AST, module: Module) -> bool:
    above = module.parents.get(node)
    return (isinstance(above, ast.Subscript) and not isinstance(above.ctx, ast.Load)) or (
        isinstance(above, ast.Call) and _dotted(above.func).endswith(("setdefault", "putenv", "setenv"))
    )


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _variable(read: _Read, all_read: set[str], flight: Flight) -> Iterator[Finding]:
    where, name = read.module.where(read.node), read.name
    if name in VARIABLES:
        return
    if name.startswith(_CHANNEL):
        channels = {channel.upper(): channel for channel in flight.channels}
        unread = [channel for channel in channels if f"{_CHANNEL}{channel}" not in all_read]
        yield from _part(read, name.removeprefix(_CHANNEL), channels, unread, _CHANNEL, "channel")
    elif name.startswith(_HYPERPARAMETER):
        given = {hyperparameter.upper(): hyperparameter for hyperparameter in script_arguments(flight.hyperparameters)}
        yield from _part(
            read, name.removeprefix(_HYPERPARAMETER), given, list(given), _HYPERPARAMETER, "hyperparameter"
        )
    else:
        meant = _meant(name, flight)
        if meant is not None or (read.must_be_there and name.startswith("SM_")):
            hint = did_you_mean(meant) or f'if it is your own: `environment={{"{name}": ...}}`.'
            yield Finding(where, f"there is no variable `{name}` in the job.", hint, meant is not None)


def _meant(name: str, flight: Flight) -> str | None:
    """Return the variable that was meant by a name that no job has."""
    if name in os.environ or name in _USUAL:
        return None
    channels = [f"{_CHANNEL}{channel.upper()}" for channel in flight.channels]
    given = [f"{_HYPERPARAMETER}{other.upper()}" for other in script_arguments(flight.hyperparameters)]
    exact = slip_of(name, [*VARIABLES, *channels, *given, *flight.environment])
    if exact or not name.startswith("SM_"):
        return exact
    for prefix in (_CHANNEL, _HYPERPARAMETER):  # a slip in the first part: SM_CHANEL_TRAIN
        for cut in range(len(prefix) - 2, len(prefix) + 2):
            if slip_of(name[:cut], [prefix]):
                return prefix + name[cut:]
    near = nearest(name, VARIABLES)
    return near if near and near.count("_") == name.count("_") else None


def _part(read: _Read, part: str, given: dict[str, str], free: list[str], prefix: str, what: str) -> Iterator[Finding]:
    """Find what is wrong with a variable that stands for a channel or a hyperparameter."""
    if part in given:
        return
    near = nearest(part, free)
    slip = slip_of(part, free)
    if not read.must_be_there and slip is None:
        return  # it may be there or not
    if part.upper() in given:
        message = f"`{read.name}` is not there: the variable of the {what} is written in capitals."
        yield Finding(read.module.where(read.node), message, did_you_mean(prefix + part.upper()), read.must_be_there)
        return
    names = ", ".join(f"`{name}`" for name in given.values()) or "none"
    message = f"`{read.name}` is not there: the job has no {what} `{part.lower()}`; it has {names}."
    is_error = slip is not None or is_sure(read.node, read.module) or near is not None
    hint = near and f"did you mean `{prefix}{near}`, or is the {what} `{given[near]}` to be called `{part.lower()}`?"
    yield Finding(read.module.where(read.node), message, hint, is_error)


def _path(path: str, where: str, flight: Flight) -> Iterator[Finding]:
    parts = path.removeprefix("/opt/ml/").strip("/").split("/")
    above = ""
    for part in parts:
        known = _FOLDERS.get(above)
        if above == "input/data":
            known = tuple(flight.channels)
        if known is None or "{" in part or "%" in part:
            return
        if part not in known:
            near = slip_of(part.removesuffix("_0"), known) if part else None
            if near:
                meant = re.sub(rf"\b{re.escape(part)}\b", near, path, count=1)
                yield Finding(where, f"there is no `{path}` in the job.", did_you_mean(meant))
            return
        above = f"{above}/{part}" if above else part
