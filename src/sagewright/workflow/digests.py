"""Digests of the code of steps: code that stays lies in one place, so that caches hold (`contract.md` 4.12)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from sagewright.vocabulary.homes import is_home
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from hashlib import _Hash

BUF_SIZE = 65536  # bytes


def get_code_hash(step: Any) -> str | None:
    """Return the digest of the code on this machine that a step runs; None: it has none."""
    from sagewright.workflow.steps import ProcessingStep, TrainingStep

    arguments = getattr(step, "step_args", None)
    if isinstance(step, ProcessingStep) and arguments:
        given = arguments.func_kwargs
        jars = [given["submit_class"]] if given.get("submit_class") else None
        dependencies = get_processing_dependencies(
            [
                given.get("dependencies"),
                given.get("submit_py_files"),
                jars,
                given.get("submit_jars"),
                given.get("submit_files"),
            ]
        )
        return get_processing_code_hash(
            given.get("submit_app") or given.get("code"), given.get("source_dir"), dependencies
        )
    if isinstance(step, TrainingStep) and arguments:
        estimator = arguments.func_args[0]
        return get_training_code_hash(estimator.entry_point, estimator.source_dir, estimator.dependencies)
    return None


def get_config_hash(step: Any) -> str | None:
    """Return the digest of a Spark step's configuration; None: it has none."""
    from sagewright.workflow.steps import ProcessingStep

    arguments = getattr(step, "step_args", None)
    if isinstance(step, ProcessingStep) and arguments and arguments.func_kwargs.get("configuration"):
        return hash_object(arguments.func_kwargs["configuration"])
    return None


def get_processing_dependencies(dependency_args: Sequence[Sequence[str] | None]) -> list[str]:
    """Return all dependencies of several lists, some of which may be None."""
    return [dependency for given in dependency_args for dependency in given or ()]


def get_processing_code_hash(code: Any, source_dir: Any, dependencies: Sequence[str]) -> str | None:
    """Return the digest of a processor's code on this machine; None: it has none."""
    if _is_here(source_dir):
        return hash_files_or_dirs([*([code] if _is_here(code) else []), source_dir, *dependencies])
    return hash_files_or_dirs([code, *dependencies]) if _is_here(code) else None


def get_training_code_hash(entry_point: Any, source_dir: Any, dependencies: Sequence[str]) -> str | None:
    """Return the digest of an estimator's code on this machine; None: it has none."""
    if is_variable(source_dir) or is_variable(entry_point):
        return None
    code = source_dir or entry_point
    return hash_files_or_dirs([code, *dependencies]) if _is_here(code) else None


def hash_object(obj: Any) -> str:
    """Return the SHA-256 of an object's text."""
    return hashlib.sha256(str(obj).encode()).hexdigest()


def hash_file(path: str) -> str:
    """Return the SHA-256 of a file's content.

    Raises:
        ValueError: There is no such file.
    """
    digest = hashlib.sha256()
    _add_file(Path(_plain(path)), digest)
    return digest.hexdigest()


def hash_files_or_dirs(paths: Sequence[str]) -> str:
    """Return the SHA-256 of files and folders: of their names, in order, and of all that is in them."""
    digest = hashlib.sha256()
    for given in sorted(paths):
        name = _plain(given)
        path = Path(name)
        digest.update(name.encode())
        if path.is_dir():
            _add_folder(path, digest)
        elif path.is_file():
            _add_file(path, digest)
    return digest.hexdigest()


def _add_folder(folder: Path, digest: _Hash) -> None:
    for path in sorted(folder.iterdir()):
        if is_home(path):
            continue
        digest.update(path.name.encode())
        if path.is_file():
            _add_file(path, digest)
        elif path.is_dir():
            _add_folder(path, digest)


def _add_file(path: Path, digest: _Hash) -> None:
    if not path.is_file():
        raise ValueError(f"{path} is not a valid file")
    with path.open("rb") as file:
        while block := file.read(BUF_SIZE):
            digest.update(block)


def _plain(given: str) -> str:
    return unquote(urlparse(given).path) if given.lower().startswith("file://") else given


def _is_here(code: Any) -> bool:
    return bool(code) and not is_variable(code) and urlparse(code).scheme in ("", "file")
