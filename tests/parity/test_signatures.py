"""Our public callables take what v2's take, in the same order and with the same defaults, and at most more."""

from __future__ import annotations

import fnmatch
import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tests.parity.differences import METHODS_NOT_BUILT, OTHER_SIGNATURES
from tests.parity.signatures import parameters

RECORDED: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("recorded").joinpath("signatures.json").read_text()
)["recorded"]
BUILT = [path for path in RECORDED if path not in METHODS_NOT_BUILT]


@pytest.mark.parametrize("path", BUILT)
def test_parameters_are_v2s(path: str) -> None:
    expected, ours = RECORDED[path], parameters(_ours(path))
    if _is_excused(path):
        assert ours != expected, "the signature is v2's: strike it from OTHER_SIGNATURES"
        return
    named = [parameter for parameter in expected if not parameter.startswith("**")]
    added = ours[len(named) :]
    assert ours[: len(named)] == named
    assert all("=" in parameter or parameter.startswith("**") for parameter in added), "additions must be optional"


@pytest.mark.parametrize("path", sorted(METHODS_NOT_BUILT))
def test_what_is_called_not_built_is_not(path: str) -> None:
    with pytest.raises(AttributeError):
        _ours(path)


def test_lists_name_what_v2_has() -> None:
    assert set(RECORDED) >= METHODS_NOT_BUILT
    assert all(fnmatch.filter(RECORDED, pattern) for pattern in OTHER_SIGNATURES)


def _is_excused(path: str) -> bool:
    return any(fnmatch.fnmatch(path, pattern) for pattern in OTHER_SIGNATURES)


def _ours(path: str) -> Any:
    module, *names = path.split(".")
    found: Any = importlib.import_module(f"sagewright.{module}")
    for name in names:
        if hasattr(found, "__path__") and importlib.util.find_spec(f"{found.__name__}.{name}"):
            importlib.import_module(f"{found.__name__}.{name}")  # no other test may have imported it yet
        found = getattr(found, name)
    return found
