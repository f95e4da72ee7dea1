"""The model's file: the library's own format, or a pickle where AWS's image leaves one (`contract.md` 7.3.4)."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.image import is_pickled
from sagewright.engine.algorithms.xgboost.matrices import message_of

NAME = "xgboost-model"
UNFINISHED = ".sagemaker-ignore"  # ends the name of a file that is being written; the platform passes over it


def save(booster: xgb.Booster, path: Path, version: tuple[int, int]) -> None:
    """Write a model; a reader finds the whole of it or none."""
    write_whole(path, pickle.dumps(booster, protocol=4) if is_pickled(version) else booster.save_raw("ubj"))


def write_whole(path: Path, content: bytes | bytearray) -> None:
    """Write a file, which replaces the one that is there at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + UNFINISHED)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def load_all(folder: Path, *, ensemble: bool = True) -> list[xgb.Booster]:
    """Return the models of a folder: one, or those of cross validation.

    Raises:
        CustomerError: There is none, or one cannot be read.
    """
    paths = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise CustomerError(f"There is no model in {folder}.")
    return [load(path) for path in (paths if ensemble else paths[:1])]


def load(path: Path) -> xgb.Booster:
    """Read a model in either format; of a pickle nothing but a booster is accepted.

    Raises:
        CustomerError: It cannot be read.
    """
    content = path.read_bytes()
    try:
        found = _BoosterOnly(io.BytesIO(content)).load()
        if not isinstance(found, xgb.Booster):
            raise pickle.UnpicklingError(f"it holds a {type(found).__name__}, not a Booster")
        return found
    except Exception as error:  # noqa: BLE001 - a file that is no pickle fails in many ways
        pickle_error = message_of(error)
    try:
        booster = xgb.Booster()
        booster.load_model(bytearray(content))
    except (xgb.core.XGBoostError, ValueError) as error:
        raise CustomerError(
            f"Model {path} cannot be loaded:\nPickle load error={pickle_error}\n"
            f"XGB load model error={message_of(error)}"
        ) from None
    return booster


class _BoosterOnly(pickle.Unpickler):
    """Unpickles a booster: a model file may come from anywhere, and a pickle could call anything."""

    _ALLOWED = frozenset(
        {
            ("xgboost.core", "Booster"),
            ("builtins", "bytearray"),
            ("copyreg", "_reconstructor"),
            ("builtins", "object"),
            ("collections", "OrderedDict"),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is no part of a booster")
        return super().find_class(module, name)
