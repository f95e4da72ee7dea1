"""What a packed model has to be given in the container: its `requirements.txt`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sagewright.serve.packed.serving_runtime import PICKLE

_REQUIREMENT = re.compile(r"^([\w.-]+)(@[^,\n]+|((?:[<>=!~]=?[\w.*-]+,?)+)?)$")
_KEYS = ("auto", "requirements", "custom")

# Loads a pickle without this package, and tells which modules that has loaded.
_LOADING = """
import importlib.util, json, sys
sys.modules["sagewright"] = sys.modules["sagemaker"] = None
before = set(sys.modules)
spec = importlib.util.spec_from_file_location("serving_runtime", sys.argv[1])
runtime = importlib.util.module_from_spec(spec)
spec.loader.exec_module(runtime)
with open(sys.argv[2], "rb") as file:
    runtime.unpickled(file.read())
for name in sys.argv[3:]:
    __import__(name)
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def write_requirements(folder: Path, dependencies: Mapping[str, Any], modules: Iterable[str] = ()) -> None:
    """Write `requirements.txt` beside the pickle, where there is anything to install.

    Args:
        dependencies: `auto`: whether what the pickle loads is listed, in the versions installed here;
            `requirements`: the path of a file; `custom`: more lines. Later ones take the place of earlier ones.
        modules: What is loaded besides what the pickle names.

    Raises:
        ValueError: There is a key that is none of these.
        FileNotFoundError: The file is not there, or is no `.txt`.
    """
    surplus = [key for key in dependencies if key not in _KEYS]
    if surplus:
        raise ValueError(f"`dependencies` has no key `{surplus[0]}`\nhint: the keys are {', '.join(_KEYS)}.")
    lines: dict[str, str] = {}
    if dependencies.get("auto"):
        lines.update(_by_name(_loaded(folder / PICKLE, modules)))
    if "requirements" in dependencies:
        lines.update(_by_name(_read(Path(dependencies["requirements"]))))
    lines.update(_by_name(dependencies.get("custom") or ()))
    if lines:
        (folder / "requirements.txt").write_text("".join(f"{name}{rest}\n" for name, rest in lines.items()))


def _read(path: Path) -> list[str]:
    if not path.is_file() or path.suffix != ".txt":
        raise FileNotFoundError(f"Path: {path} to requirements.txt doesn't exist")
    return path.read_text().splitlines()


def _by_name(lines: Iterable[str]) -> dict[str, str]:
    """Return requirements by their names; a line of another form is a name of its own."""
    found = {}
    for line in (line.strip() for line in lines):
        match = _REQUIREMENT.match(line)
        if line and not line.startswith("#"):
            found[match[1] if match else line] = (match[2] or "") if match else ""
    return found


def _loaded(pickle: Path, modules: Iterable[str]) -> list[str]:
    """Return the distributions, with versions, whose modules a pickle loads.

    Raises:
        RuntimeError: It cannot be loaded in a process of its own.
    """
    from importlib.metadata import packages_distributions, version

    runtime = Path(__file__).parents[1] / "packed" / "serving_runtime.py"
    command = [sys.executable, "-c", _LOADING, str(runtime), str(pickle), *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"What the model depends on cannot be found: it cannot be loaded by itself.\n{done.stderr[-2000:]}\n"
            "hint: leave `auto` out of `dependencies`, and name what it needs as `custom`."
        )
    providers = packages_distributions()
    names = {name for module in json.loads(done.stdout.splitlines()[-1]) for name in providers.get(module, ())}
    return [f"{name}=={version(name).partition('+')[0]}" for name in sorted(names)]
