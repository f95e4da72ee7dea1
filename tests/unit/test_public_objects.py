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
# Classes that make no sense by themselves, or whose making asks AWS.
NOT_MADE = re.compile(
    r"local\.|\.(DeferredError|PipelineVariable|StepOutput|.*Response|.*Iterator|S3Uploader|S3Downloader)$"
    r"|\.RegisterModel$"  # holds a function of its constructor, and so is not pickled yet
)


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


def _made(owner: type) -> Any:
    """Return an object of a class, of samples; None where its arguments cannot be guessed."""
    is_a_folder_of_functions = vars(owner).get("__init__") is None and len(owner.__mro__) == 2
    if inspect.isabstract(owner) or is_a_folder_of_functions or issubclass(owner, (enum.Enum, BaseException)):
        return None
    taken = inspect.signature(owner).parameters
    given = {name: _sample(name) for name, parameter in taken.items() if parameter.default is parameter.empty}
    given = {name: value for name, value in given.items() if not taken[name].kind.name.startswith("VAR_")}
    if any(parameter.kind.name == "VAR_KEYWORD" for parameter in taken.values()) or "role" in taken:
        given |= {name: SAMPLES[name] for name in ("role", "instance_count", "instance_type") if name in taken}
    for name in ("sagemaker_session", "entry_point", "image_uri", "framework_version", *SECRETS):
        if name in taken:
            given[name] = _sample(name)
    try:
        return owner(**given)
    except Exception:  # noqa: BLE001 - a text is not what every constructor takes
        return None


def _sample(name: str) -> Any:
    if name == "sagemaker_session":
        from sagewright.session import Session

        return Session(boto_session=Recorder().boto_session(), default_bucket="bucket")
    return copy.deepcopy(SECRETS.get(name, SAMPLES.get(name, "text")))


@cache
def objects() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {path: _made(owner) for path, owner in classes().items() if not NOT_MADE.search(path)}
    return {path: instance for path, instance in found.items() if instance is not None}


def test_most_classes_are_made(preflight_off: None) -> None:
    assert len(objects()) > 100


def test_classes_have_reprs_of_their_own(preflight_off: None) -> None:
    vague = [path for path in objects() if not any("__repr__" in vars(base) for base in classes()[path].__mro__[:-1])]
    assert len(vague) < 0.05 * len(objects()), f"decorate them with `arguments.shows`: {vague}"


def test_reprs_are_useful_and_keep_secrets(preflight_off: None) -> None:
    for path, instance in objects().items():
        shown = repr(instance)
        if shown == object.__repr__(instance):
            continue
        assert not re.search(r"object at 0x", shown), f"{path}: {shown}"
        assert SECRET not in shown, f"{path}: {shown}"
        assert SECRET not in (instance._repr_html_() if hasattr(instance, "_repr_html_") else ""), path


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
    return re.sub("0x[0-9a-f]+", "", repr(instance))


@pytest.fixture
def preflight_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "off")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
