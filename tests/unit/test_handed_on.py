"""Names that scripts take from modules of v2's which only use them."""

from __future__ import annotations

import json
import subprocess
import sys
import types

import pytest

from sagewright import handed_on

CHECK = """
import importlib, json, sys
from sagewright import alias, handed_on
alias.install()
found, wrong = 0, []
for module, names in json.loads(handed_on._TABLE.read_text())["recorded"].items():
    try:
        ours = importlib.import_module(f"sagemaker.{module}" if module else "sagemaker")
    except ImportError:
        continue
    for name, origin in names.items():
        try:
            there = handed_on._found(origin)
        except (AttributeError, ImportError, NotImplementedError):
            continue
        found += 1
        if getattr(ours, name) is not there:
            wrong.append(f"{module}.{name}")
print(json.dumps([found, wrong]))
"""


def test_what_v2_hands_on_and_we_have_is_the_same_object() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found, wrong = json.loads(done.stdout.splitlines()[-1])
    assert found > 1_400
    assert wrong == []


def test_a_name_that_nothing_hands_on_is_missing_as_before() -> None:
    module = types.ModuleType("sagewright.algorithm")
    vars(module)["__getattr__"] = lambda name: f"own {name}"
    handed_on.hand_on(module)
    assert module.unheard_of == "own unheard_of"
    bare = types.ModuleType("sagewright.algorithm")
    handed_on.hand_on(bare)
    with pytest.raises(AttributeError, match="has no attribute `unheard_of`"):
        bare.unheard_of  # noqa: B018
    assert bare.TrainingInput.__name__ == "TrainingInput"


def test_a_package_has_the_modules_below_it_without_their_import() -> None:
    code = "from sagewright import alias; alias.install(); import sagemaker; print(sagemaker.workflow.steps.TuningStep)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "<class 'sagewright.workflow.tuning_step.TuningStep'>\n", done.stderr
