from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sagewright.preflight import Finding, Flight, PreflightError, Source, code, run
from sagewright.vocabulary.image_tables import framework_of
from sagewright.vocabulary.suggestions import slip_of

REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
SKLEARN, OWN = f"{REGISTRY}/sagemaker-scikit-learn:1.2-1-cpu-py3", "me.example.com/mine:1"
ARGPARSE = """
import argparse
import os
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--lr", "--learning-rate", type=float)
parser.add_argument("--loss", choices=["mse", "mae"])
parser.add_argument("--fast", action="store_true")
parser.add_argument("--deep", type=bool)
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
args = parser.parse_args()
print(args.epochs)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flight(
    hyperparameters: dict[str, str] | None = None,
    source: Source | None = None,
    channels: tuple[str, ...] = ("train",),
    image: str = SKLEARN,
    **changes: Any,
) -> Flight:
    request = {
        "HyperParameters": hyperparameters or {},
        "Environment": changes.pop("environment", {}),
        "InputDataConfig": [{"ChannelName": name} for name in channels],
        "AlgorithmSpecification": {},
    }
    return Flight(request, None, True, source, framework_of(image), **changes)  # type: ignore[arg-type]


def found(script: str, folder: str | None = None, **more: Any) -> list[Finding]:
    """Return what is found in a script; beside it, or in a folder, other files may lie."""
    path = Path(folder or ".", "train.py")
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    more.setdefault("source", Source("train.py", folder))
    return list(code.check(flight(**more)))


def said(script: str, folder: str | None = None, **more: Any) -> str:
    return "\n".join(str(finding) for finding in found(script, folder, **more))


# Files ----------------------------------------------------------------------------------------------------------------


def test_script_that_is_not_there(folder: Path) -> None:
    Path("train.py").touch()
    text = said("", source=Source("trian.py"))
    assert text == '`entry_point`: No file named "trian.py" was found.\n  hint: did you mean `train.py`?'


def test_folder_that_is_not_there(folder: Path) -> None:
    Path("source").mkdir()
    assert "there is no folder `sorce`.\n  hint: did you mean `source`?" in said("", source=Source("train.py", "sorce"))


def test_syntax_error_shows_its_line(folder: Path) -> None:
    (finding,) = found("import os\nretrun 1\n")
    assert finding.where == "train.py:2"
    assert finding.what.startswith("SyntaxError: ")
    assert "\n    retrun 1\n" in finding.what
    assert finding.hint == "did you mean `return`?"


def test_own_modules_are_compiled_too(folder: Path) -> None:
    Path("src").mkdir()
    Path("src/net.py").write_text("def (:\n")
    (finding,) = found("import net\n", "src")
    assert finding.where == "src/net.py:1"


@pytest.mark.parametrize(
    "script", ["print('héllo')", "import os\nif os.sep:\n    pass\n", "", "# -*- coding: latin-1 -*-"]
)
def test_good_scripts_are_left_alone(folder: Path, script: str) -> None:
    assert found(script) == []


def test_code_in_s3_and_other_programs_are_not_read(folder: Path) -> None:
    assert list(code.check(flight(source=Source("train.py", "s3://bucket/code.tar.gz")))) == []
    Path("train.sh").write_text("exit 1")
    assert list(code.check(flight(source=Source("train.sh")))) == []


# Arguments ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"epochs": "3", "learning-rate": "0.1", "loss": '"mse"'}, ""),
        ({"epoch": "3"}, ""),  # argparse takes what begins an option
        ({"epocsh": "3"}, "`epocsh`: `train.py` takes no such argument*did you mean `epochs`"),
        ({"learning_rate": "0.1"}, "takes no such argument*did you mean `learning-rate`"),
        ({"model_dir": '"s3://x"'}, "takes no such argument*`model_dir=False`"),
        ({"epochs": "3.5"}, "`3.5` is not a whole number*train.py:5"),
        ({"epochs": '"many"'}, "`many` is not a whole number"),
        ({"lr": '"fast"'}, "`fast` is not a number"),
        ({"loss": '"mes"'}, "`mes` is not one of `mse`, `mae`*did you mean `mse`"),
        ({"fast": "true"}, "takes no value, but a hyperparameter has one (`True`)"),
        ({"sagemaker_program": '"train.py"', "sagemaker_mpi_enabled": "true"}, ""),
    ],
)
def test_hyperparameters_against_argparse(folder: Path, given: dict[str, str], expected: str) -> None:
    text = said(ARGPARSE, hyperparameters=given)
    assert all(part in text for part in expected.split("*"))
    assert bool(text) == bool(expected)


def test_bool_is_warned_about(folder: Path) -> None:
    (finding,) = found(ARGPARSE, hyperparameters={"deep": "false"})
    assert not finding.is_error
    assert "`type=bool` at train.py:9 makes True of every text" in finding.what


def test_unknown_arguments_of_a_tolerant_script_are_no_error(folder: Path) -> None:
    script = ARGPARSE.replace("args = parser.parse_args()", "args, _ = parser.parse_known_args()")
    (finding,) = found(script, hyperparameters={"momentum": "1"})
    assert not finding.is_error
    (finding,) = found(script, hyperparameters={"epocsh": "1"})
    assert finding.is_error  # meant for an option that there is
    script = script.replace("--epochs", "--max-epochs").replace("args.epochs", "args.max_epochs")
    (finding,) = found(script, hyperparameters={"max_epochs": "1"})
    assert not finding.is_error  # the script runs, and always has, without it
    assert finding.hint == "did you mean `max-epochs`?"


@pytest.mark.parametrize(
    "more",
    [
        "from elsewhere import add; add(parser)",
        "parser.add_subparsers()",
        "for name in 'ab': parser.add_argument('--' + name)",
        "parser.set_defaults(extra=1)",
        "add = parser.add_argument; add('--extra')",
    ],
)
def test_options_that_cannot_be_told_allow_any(folder: Path, more: str) -> None:
    script = ARGPARSE.replace("args = ", f"{more}\nargs = ") + "print(args.extra)\n"
    found_there = found(script, hyperparameters={"extra": "1"}, image=OWN)
    assert found_there == []


def test_required_argument_that_is_not_given(folder: Path) -> None:
    script = ARGPARSE.replace("type=int, default=1", "type=int, required=True")
    assert "train.py:5: the argument `--epochs` is required." in said(script)
    assert found(script, hyperparameters={"epochs": "1"}) == []
    assert "`data` is required" in said(
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('data')\np.parse_args()"
    )


def test_attribute_of_the_arguments(folder: Path) -> None:
    text = said(ARGPARSE + "print(args.epohcs)\n")
    assert text == "train.py:13: the script's arguments have no `epohcs`.\n  hint: did you mean `epochs`?"
    assert found(ARGPARSE + "args.extra = 1\nprint(args.extra)\n") == []


# Variables and paths --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('os.environ["SM_MODEL_DIR"]', ""),
        ('os.environ["SM_MODEL_DR"]', "no variable `SM_MODEL_DR`*did you mean `SM_MODEL_DIR`"),
        ('os.environ.get("SM_MODLE_DIR")', "did you mean `SM_MODEL_DIR`"),
        ('os.getenv("SM_OUTPUT_DATADIR")', "did you mean `SM_OUTPUT_DATA_DIR`"),
        ('os.environ["SM_CHANNEL_TEST"]', "the job has no channel `test`; it has `train`"),
        ('os.environ.get("SM_CHANNEL_TEST")', ""),
        ('os.environ.get("SM_CHANNEL_TRIAN")', "did you mean `SM_CHANNEL_TRAIN`"),
        ('os.environ["SM_CHANEL_TRAIN"]', "did you mean `SM_CHANNEL_TRAIN`"),
        ('os.environ["SM_HP_EPOCHS"]', ""),
        ('os.environ["SM_HP_EPOCH"]', "did you mean `SM_HP_EPOCHS`"),
        ('os.environ["MINE"]', ""),
        ('os.environ["SM_OF_MY_OWN"]', ""),
        ('open("/opt/ml/input/data/train/x.csv")', ""),
        ('open("/opt/ml/input/data/trian/x.csv")', "did you mean `/opt/ml/input/data/train/x.csv`"),
        ('open("/opt/ml/modle/x")', "did you mean `/opt/ml/model/x`"),
        ('open("/opt/ml/mine/x")', ""),
    ],
)
def test_variables(folder: Path, line: str, expected: str) -> None:
    environment = {"SM_OF_MY_OWN": "1"}
    text = said(f"import os\n{line}\n", hyperparameters={"epochs": "1"}, environment=environment)
    assert all(part in text for part in expected.split("*"))
    assert bool(text) == bool(expected)


def test_variable_of_a_hyperparameter_is_in_capitals(folder: Path) -> None:
    (asked,) = found('import os\nos.environ.get("SM_HP_epochs")', hyperparameters={"epochs": "1"})
    (read,) = found('import os\nos.environ["SM_HP_epochs"]', hyperparameters={"epochs": "1"})
    assert (asked.is_error, read.is_error) == (False, True)
    assert asked.hint == "did you mean `SM_HP_EPOCHS`?"


def test_variable_that_is_asked_for_may_be_missing(folder: Path) -> None:
    line = 'import os\nif "SM_CHANNEL_TEST" in os.environ:\n    print(os.environ["SM_CHANNEL_TEST"])\n'
    assert found(line) == []
    caught = 'import os\ntry:\n    x = os.environ["SM_CHANNEL_TEST"]\nexcept KeyError:\n    x = None\n'
    assert found(caught) == []


# Imports, names, attributes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import jsno", "no module `jsno`.*did you mean `json`"),
        ("import os.path", ""),
        ("from collections import OrderedDcit", "`collections` has no `OrderedDcit`.*did you mean `OrderedDict`"),
        ("import json\njson.laods('1')", "`json` has no `laods`.*did you mean `loads`"),
        ("import no_such_thing_at_all", "`pip install no_such_thing_at_all`"),
        ("try:\n    import no_such_thing\nexcept ImportError:\n    pass", ""),
        ("import nett", "no module `nett`.*did you mean `net`"),
        ("from net import Modle", "`net` has no `Modle`.*did you mean `Model`"),
        ("from net import Model", ""),
        ("from pkg.inner import f", ""),
        ("from pkg import innre", "did you mean `inner`"),
        ("import pkg.iner", "`pkg` has no module `iner`.*did you mean `inner`"),
        ("from star import anything", ""),
        ("import pandas as pd\npd.read_cvs('x')", "`pandas` has no `read_cvs`.*did you mean `read_csv`"),
        ("from sklearn.ensemble import RandomForestClasifier", "did you mean `RandomForestClassifier`"),
        ("from sklearn.ensembel import RandomForestClassifier", "did you mean `ensemble`"),
        ("model = 1\nprint(modle)", "nothing defines the name `modle`.*did you mean `model`"),
        ("def f(data):\n    return dta\n", "did you mean `data`"),
        ("def f(*, rate):\n    return rate\nf(rtae=1)", "`f` takes no argument `rtae`.*did you mean `rate`"),
        ("def f(**more):\n    return more\nf(rtae=1)", ""),
        ("[x for x in (1, 2)]\nclass A:\n    def f(self):\n        return __class__\nprint(__file__)", ""),
        ("from os.path import *\nprint(joni)", ""),
        ("global_name: int\ndef f():\n    global y\n    y = 1\nprint(y)", ""),
        (
            "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argumnet('--x')",
            "did you mean `add_argument`",
        ),
        ("if __name__ == '__mian__':\n    pass", "never equals*`__main__`"),
    ],
)
def test_imports_and_names(folder: Path, script: str, expected: str) -> None:
    Path("src/pkg/inner").mkdir(parents=True)
    Path("src/pkg/__init__.py").touch()
    Path("src/pkg/inner/__init__.py").write_text("def f(): pass\n")
    Path("src/net.py").write_text("class Model: pass\n")
    Path("src/star.py").write_text("from os.path import *\n")
    text = said(script, "src")
    assert all(part in text for part in expected.split("*")), text
    assert bool(text) == bool(expected), text


def test_module_beside_a_script_that_goes_alone(folder: Path) -> None:
    Path("near_by.py").touch()
    (finding,) = found("import near_by\n")
    assert finding.is_error
    assert "Give `source_dir='.'`" in str(finding.hint)
    assert found("import near_by\n", source=Source("train.py", None, ["near_by.py"])) == []


def test_requirements_and_images_of_ones_own_bring_modules(folder: Path) -> None:
    assert found("import no_such_thing_at_all\n", image=OWN) == []
    Path("src").mkdir()
    Path("src/requirements.txt").write_text("no-such-thing-at-all\n")
    assert found("import no_such_thing_at_all\n", "src") == []


# All together ---------------------------------------------------------------------------------------------------------


def test_slips() -> None:
    assert [slip_of(word, ["epochs", "train"]) for word in ("epcohs", "epochss", "Epochs", "trainer", "rain")] == [
        *("epochs", "epochs", "epochs"),
        None,
        "train",
    ]


def test_off_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "off")
    assert run(flight(source=Source("not-there.py"))) == []


def test_error_holds_all_findings() -> None:
    error = PreflightError([Finding("a", "wrong", "right"), Finding("b", "odd", is_error=False), Finding("c", "bad")])
    assert str(error).splitlines()[1:] == [
        "- a: wrong",
        "  hint: right",
        "- c: bad",
        "hint: SAGEWRIGHT_PREFLIGHT=warn starts it all the same.",
    ]
    assert len(error.findings) == 3
