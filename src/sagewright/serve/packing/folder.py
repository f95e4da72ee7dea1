"""The folder of a model: its own files, the code that serves it, and libraries that it links with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sagewright.serve.packed.serving_runtime import SHARED_LIBRARIES


def model_folder(model_path: str) -> Path:
    """Return a model's folder, made where it is missing; among everybody's temporary files for its owner alone.

    Raises:
        NotADirectoryError: Something else is there.
    """
    folder = Path(model_path)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"model_dir is not a valid directory: `{model_path}`")
    is_among_others = folder.parent == Path(tempfile.gettempdir())
    folder.mkdir(0o700 if is_among_others else 0o777, parents=True, exist_ok=True)
    return folder


def prepare(model_path: str, inference_spec: Any) -> None:
    """Let a user's class put files into the folder of its model."""
    folder = model_folder(model_path)
    if hasattr(inference_spec, "prepare"):
        inference_spec.prepare(str(folder))


def add_libraries(folder: Path, shared_libs: Sequence[str]) -> None:
    """Copy shared libraries to where the server looks for them.

    Raises:
        FileNotFoundError: One is not there.
    """
    if isinstance(shared_libs, str):
        raise TypeError(f"`shared_libs` is a list of paths, and not `{shared_libs}`\nhint: shared_libs=[...]")
    for library in shared_libs:
        (folder / SHARED_LIBRARIES).mkdir(exist_ok=True)
        shutil.copy2(library, folder / SHARED_LIBRARIES)
