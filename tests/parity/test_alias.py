"""`import sagemaker...`, in every form that genuine v2 allows, means our objects; what we do not have says so.

Made from the record of v2's interface, and run in an interpreter of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

from tests.parity import comparison

PROGRAM = """
import importlib, json, pickle, sys, types, warnings
from sagewright import alias
alias.install()
warnings.simplefilter("error")
wrong, missing = [], {}

def note(what, is_right):
    if not is_right:
        wrong.append(what)

for module, names in json.load(sys.stdin).items():
    path = f"sagemaker.{module}".rstrip(".")
    try:
        theirs = importlib.import_module(path)
    except ModuleNotFoundError as error:
        missing[path] = str(error)
        continue
    ours = importlib.import_module(path.replace("sagemaker", "sagewright", 1))
    note(f"importlib {path}", theirs is ours and sys.modules[path] is ours)
    scope = {}
    exec(f"import {path}", scope)
    note(f"import {path}", eval(path, scope) is ours)
    parent, _, last = path.rpartition(".")
    if parent:
        scope = {}
        exec(f"from {parent} import {last} as taken", scope)
        taken = scope["taken"]  # in some packages a class or function has a module's name
        note(f"from {parent} import {last}", taken is ours or not isinstance(taken, types.ModuleType))
    for name in names:
        scope = {}
        try:
            exec(f"from {path} import {name} as taken", scope)
        except ImportError as error:
            missing[f"{path}.{name}"] = str(error)
            continue
        taken = scope["taken"]
        note(f"from {path} import {name}", taken is getattr(ours, name))
        if isinstance(taken, type):
            note(f"pickle of {path}.{name}", pickle.loads(f"c{path}\\n{name}\\n.".encode()) is taken)
            note(f"pickle of {taken}", pickle.loads(pickle.dumps(taken)) is taken)
json.dump({"wrong": wrong, "missing": missing, "loaded": "sagemaker" in sys.modules}, sys.stdout)
"""


@cache
def told() -> dict[str, Any]:
    document = {module: list(found.get("names", ())) for module, found in comparison.recorded().items()}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(document), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_every_import_means_ours() -> None:
    assert told()["loaded"]
    assert told()["wrong"] == []


def test_what_is_missing_says_so_under_the_name_it_was_asked_for() -> None:
    vague = {path: said for path, said in told()["missing"].items() if path.rpartition(".")[2] not in said}
    assert {path: said for path, said in vague.items() if "`sagemaker." not in said} == {}
    absent = {item.module for item in _items() if item.kind == "module" and item.status == comparison.NOT_YET}
    assert {f"sagemaker.{module}" for module in absent} <= set(told()["missing"])


def test_what_is_refused_says_why() -> None:
    refused = [item for item in _items() if item.kind == "module" and item.status == comparison.REFUSED]
    for item in refused:
        said = told()["missing"][f"sagemaker.{item.module}"]
        parent = item.module.rpartition(".")[0]
        assert item.why in said or f"sagemaker.{parent}` yet" in said


def _items() -> list[comparison.Item]:
    return comparison.compared(comparison.recorded())
