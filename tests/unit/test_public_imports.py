"""Importing any module of the SDK opens nothing, prints nothing, starts nothing, and changes no logger, no filter."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import sagewright

PACKAGE = Path(sagewright.__file__).parent
# Programs: they do when they are imported what they are for. The engine is not imported by users, but runs by itself.
PROGRAMS = ("sagewright.engine", "sagewright.serve.packed")
# What needs the engine, and words that the engine takes most of: what these load is their own affair.
WITH_ENGINE = (
    *("sagewright.cli", "sagewright.dry_run", "sagewright.testing"),
    *("sagewright.vocabulary.instance_types", "sagewright.vocabulary.linear_learner_hyperparameters"),
)
RECORD = Path(__file__).parents[1] / "parity" / "recorded" / "interface.json"
HEAVY = (
    *("boto3", "botocore", "numpy", "pandas", "scipy", "sklearn", "torch", "yaml", "tqdm", "IPython"),
    *("dataclasses", "sagewright.engine"),
)

PROGRAM = """
import importlib, json, logging, os, sys, threading, time, warnings

done, current = {}, [""]
CREATING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
ACTING = ("socket.", "subprocess.", "os.system", "os.fork", "os.mkdir", "shutil.", "sqlite3.")

def note(event, arguments):
    if not current[0]:
        return
    writes = event == "open" and (arguments[2] or 0) & CREATING and "__pycache__" not in str(arguments[0])
    if writes or event.startswith(ACTING):
        done.setdefault(current[0], []).append(f"{event} {str(arguments)[:100]}")

def loggers():
    named = {name: logger for name, logger in logging.root.manager.loggerDict.items() if hasattr(logger, "handlers")}
    return {name: (logger.level, len(logger.handlers)) for name, logger in {**named, "root": logging.root}.items()}

sys.addaudithook(note)
light, others = json.load(sys.stdin)
heavy = []
for module in [*light, "", *others]:
    if not module:
        heavy = [name for name in sys.argv[1:] if name in sys.modules]
        continue
    before = {name: state for name, state in loggers().items()}
    filters, threads = list(warnings.filters), threading.active_count()
    current[0] = module
    try:
        importlib.import_module(module)
    except ImportError as error:
        if not str(error).startswith(("`", "Sagewright", "No module named 'sagewright", "No module named `sagewright")):
            done.setdefault(module, []).append(f"{type(error).__name__}: {error}")
    current[0] = ""
    after = loggers()
    changed = {name for name, state in after.items() if state != before.get(name, (0, 0))}
    wrong = [f"logger {name}" for name in changed] + ["warnings"] * (list(warnings.filters) != filters)
    if wrong or threading.active_count() != threads:
        done.setdefault(module, []).extend(wrong or ["a thread"])
print(json.dumps({"done": done, "heavy": heavy}), file=sys.stderr)
"""


def modules() -> list[str]:
    """Return all modules but programs, and the names of v2's modules, those that we refuse among them."""
    public = [f"sagewright.{module}".rstrip(".") for module in json.loads(RECORD.read_text())["recorded"]]
    files = [path.relative_to(PACKAGE).with_suffix("").parts for path in sorted(PACKAGE.rglob("*.py"))]
    own = [".".join(("sagewright", *parts)).removesuffix(".__init__") for parts in files if parts[-1] != "__main__"]
    return list(dict.fromkeys([*public, *(name for name in own if not name.startswith(PROGRAMS))]))


@cache
def told() -> Any:
    light = [name for name in modules() if not name.startswith(WITH_ENGINE)]
    others = [name for name in modules() if name.startswith(WITH_ENGINE)]
    assert len(light) > 500
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *HEAVY],
        input=json.dumps([light, others]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""
    (answer,) = run.stderr.splitlines()
    return json.loads(answer)


def test_imports_do_nothing() -> None:
    assert told()["done"] == {}


def test_imports_load_nothing_heavy() -> None:
    assert told()["heavy"] == []
