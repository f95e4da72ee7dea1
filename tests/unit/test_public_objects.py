"""Every public object, found by walking v2's modules as we have them: it pickles, deep-copies, and shows itself."""

from __future__ import annotations

import copy
import enum
import importlib
import inspect
import json
import pickle
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.parity.recording import ROLE, Recorder
from tests.parity.world import IMAGE
from tests.unit.public_samples import NOT_MADE, samples

RECORD = Path(__file__).parents[1] / "parity" / "recorded" / "interface.json"
SECRET = "hunter2"
SECRETS: dict[str, Any] = {
    "env": {"DATABASE_PASSWORD": SECRET},
    "environment": {"API_TOKEN": SECRET},
    "git_config": {"repo": "https://example.com/x.git", "password": SECRET},
    "hyperparameters": {"access_key": SECRET},
}

# What a constructor is given that asks for an argument of this name.
SAMPLES: dict[str, Any] = {
    "entry_point": "train.py",
    "framework_version": "1.2-1",
    "image_uri": IMAGE,
    "instance_count": 1,
    "instance_type": "ml.m5.large",
    "model_data": "s3://bucket/model.tar.gz",
    "py_version": "py3",
    "role": ROLE,
}


def _classes() -> Iterator[tuple[str, type]]:
    seen = set()
    for module, described in json.loads(RECORD.read_text())["recorded"].items():
        try:
            room = importlib.import_module(f"sagewright.{module}".rstrip("."))
        except ImportError:
            continue
        for name in described.get("names", ()):
            try:
                found = getattr(room, name, None)
            except ImportError:  # refused by name
                continue
            if inspect.isclass(found) and found not in seen and found.__module__.startswith("sagewright"):
                seen.add(found)
                yield f"{module}.{name}", found


@cache
def classes() -> dict[str, type]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(_classes())


def _has_objects(path: str, owner: type) -> bool:
    """Tell whether somebody makes objects of a class; those of JumpStart are refused by name."""
    is_a_folder_of_functions = vars(owner).get("__init__") is None and len(owner.__mro__) == 2
    is_refused = path.startswith("jumpstart.") or path in NOT_MADE
    return not (inspect.isabstract(owner) or is_a_folder_of_functions or is_refused or issubclass(owner, enum.Enum))


def _made(owner: type) -> Any:
    """Return an object of a class, of samples.

    Raises:
        Exception: A text is not what the class takes.
    """
    taken = inspect.signature(owner).parameters
    given = {name: _sample(name) for name, parameter in taken.items() if parameter.default is parameter.empty}
    given = {name: value for name, value in given.items() if not taken[name].kind.name.startswith("VAR_")}
    if any(parameter.kind.name == "VAR_KEYWORD" for parameter in taken.values()) or "role" in taken:
        given |= {name: SAMPLES[name] for name in ("role", "instance_count", "instance_type") if name in taken}
    for name in ("sagemaker_session", "entry_point", "image_uri", "framework_version", *SECRETS):
        if name in taken:
            given[name] = _sample(name)
    return owner(**given)


def _sample(name: str) -> Any:
    if name == "sagemaker_session":
        from sagewright.session import Session

        return Session(boto_session=Recorder().boto_session(), default_bucket="bucket")
    return copy.deepcopy(SECRETS.get(name, SAMPLES.get(name, "text")))


@cache
def _all_made() -> tuple[dict[str, Any], dict[str, str]]:
    """Return an object of every class that has some, and what was wrong with the others' arguments."""
    made, failed = {}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        makers = samples(_sample("sagemaker_session"))
        for path, owner in classes().items():
            if _has_objects(path, owner):
                try:
                    made[path] = makers[path]() if path in makers else _made(owner)
                except NotImplementedError:  # refused by name
                    continue
                except Exception as error:  # noqa: BLE001 - whatever a constructor fails with is what the test tells
                    failed[path] = f"{type(error).__name__}: {error}"
    return made, failed


def objects() -> dict[str, Any]:
    return _all_made()[0]


def test_every_class_is_made(preflight_off: None) -> None:
    assert _all_made()[1] == {}, "say in `tests/unit/public_samples.py` how one is made, or why there is none"
    assert len(objects()) > 350
    assert NOT_MADE.keys() <= classes().keys()


def test_classes_have_reprs_of_their_own(preflight_off: None) -> None:
    vague = [path for path, instance in objects().items() if "object at 0x" in repr(instance)]
    assert vague == [], "decorate them with `arguments.shows`"


def test_words_are_copied_as_themselves() -> None:
    words = [word for owner in classes().values() if issubclass(owner, enum.Enum) for word in owner]
    assert len(words) > 100
    for word in words:
        assert pickle.loads(pickle.dumps(word)) is word
        assert copy.deepcopy(word) is word


def test_reprs_are_useful_and_keep_secrets(preflight_off: None) -> None:
    for path, instance in objects().items():
        shown = repr(instance)
        assert SECRET not in shown, f"{path}: {shown}"
        as_html = getattr(type(instance), "_repr_html_", None)
        assert SECRET not in (as_html(instance) if as_html else ""), path


@pytest.mark.parametrize("copied", [lambda it: pickle.loads(pickle.dumps(it)), copy.deepcopy], ids=["pickle", "copy"])
def test_objects_are_copied_whole(preflight_off: None, copied: Any) -> None:
    wrong = {}
    for path, instance in objects().items():
        try:
            if _shown(copied(instance)) != _shown(instance):
                wrong[path] = repr(copied(instance))
        except Exception as error:  # noqa: BLE001 - whatever a class fails with is what the test tells
            wrong[path] = f"{type(error).__name__}: {error}"
    assert wrong == {}


def _shown(instance: Any) -> str:
    state = vars(instance) if isinstance(instance, BaseException) else ""
    return f"{re.sub('0x[0-9a-f]+', '', repr(instance))}{state}"


@pytest.fixture
def preflight_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "off")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
