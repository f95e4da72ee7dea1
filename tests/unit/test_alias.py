from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from types import ModuleType

import pytest

import sagewright
from sagewright import alias, settings


@pytest.fixture
def aliased(monkeypatch):
    """Nothing of `sagemaker` is loaded, the alias is installed, and both are as before afterwards."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "sagemaker"}
    for name in before:
        del sys.modules[name]
    finders = list(sys.meta_path)
    alias.install()
    yield
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.partition(".")[0] == "sagemaker"]:
        del sys.modules[name]
    sys.modules.update(before)


@pytest.mark.usefixtures("aliased")
def test_the_other_name_means_the_same_modules():
    assert importlib.import_module("sagemaker") is sagewright
    assert importlib.import_module("sagemaker.settings") is settings
    assert importlib.import_module("sagemaker.vocabulary.arns") is sys.modules["sagewright.vocabulary.arns"]


@pytest.mark.usefixtures("aliased")
def test_our_modules_stay_what_they_are():
    importlib.import_module("sagemaker.settings")
    assert settings.__name__ == "sagewright.settings"
    assert settings.__spec__ is not None
    assert settings.__spec__.name == "sagewright.settings"
    assert importlib.reload(sys.modules["sagewright.alias"]).REAL == "sagewright"
    assert pickle.loads(pickle.dumps(settings.Setting)) is settings.Setting


@pytest.mark.usefixtures("aliased")
@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("sagemaker.not_there", "sagemaker.not_there"),
        ("sagemaker.vocabulary.not_there", "sagemaker.vocabulary.not_there"),
        ("sagemaker.no.such.room", "sagemaker.no"),
    ],
)
def test_a_module_that_is_not_there_says_so_under_the_name_it_was_asked_for(name, missing):
    with pytest.raises(ModuleNotFoundError, match=f"Sagewright has no `{missing}` yet.\nhint: ") as caught:
        importlib.import_module(name)
    assert caught.value.name == missing


@pytest.mark.usefixtures("aliased")
def test_what_a_module_of_ours_misses_is_not_hidden(monkeypatch, tmp_path):
    (tmp_path / "needy.py").write_text("import a_library_that_is_not_there\n")
    monkeypatch.setattr(sagewright, "__path__", [*sagewright.__path__, str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="a_library_that_is_not_there"):
        importlib.import_module("sagemaker.needy")


@pytest.mark.usefixtures("aliased")
def test_installing_twice_is_installing_once():
    alias.install()
    assert sum(isinstance(finder, alias.AliasFinder) for finder in sys.meta_path) == 1


def test_a_genuine_one_that_is_loaded_is_not_overruled(monkeypatch):
    monkeypatch.setitem(sys.modules, "sagemaker", ModuleType("sagemaker"))
    finders = list(sys.meta_path)
    with pytest.raises(RuntimeError, match="imported already.\nhint: start the program with `sagewright run`"):
        alias.install()
    assert sys.meta_path == finders


@pytest.mark.parametrize(
    "statement",
    [
        "import sagemaker; assert sagemaker.__version__",
        "import sagemaker.settings; assert sagemaker.settings.HOME",
        "from sagemaker import settings; assert settings.HOME",
        "from sagemaker.vocabulary.errors import ApiError; assert ApiError.__module__.startswith('sagewright.')",
        "import sagewright.settings, sagemaker.settings; assert sagewright.settings is sagemaker.settings",
        "import sagemaker.settings, sagewright.settings; assert sagewright.settings is sagemaker.settings",
        "import sys; from importlib.util import find_spec; assert find_spec('sagemaker').name == 'sagemaker'",
        "import importlib, sagemaker.settings; importlib.reload(sagemaker.settings)",
    ],
)
def test_every_way_to_import(statement):
    program = f"from sagewright import alias; alias.install(); {statement}"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)
