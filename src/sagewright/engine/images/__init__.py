"""What an image URI means on this engine.

An image resolves to a built-in algorithm by its repository's name, or to plain Python (`python`, `python:3.11`): the
interpreter the job was submitted with, for jobs that bring their own `ContainerEntrypoint`. Beside these stand the
commands that a user has mapped to an image (`mappings.py`).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sagewright.vocabulary import linear_learner, xgboost
from sagewright.vocabulary.suggestions import hint


class UnknownImage(ValueError):
    """The URI means nothing here; the text says what would."""


@dataclass(frozen=True)
class Image:
    """A resolved image.

    Attributes:
        name: The repository's name, for example `linear-learner`.
        train_command, serve_command: What `docker run IMAGE train` and `... serve` start; empty: the image has none.
            `{python}` stands for the job's interpreter.
        metric_definitions: What the service fills in for a built-in algorithm (`contract.md` 7.2.3).
        modules: What the job's interpreter must be able to import.
        folder, place, environment, port: Of a mapped command, see `mappings.ImageMapping`.
        is_own: Whether the user says what it means: requests keep that (`pinned`).
    """

    uri: str
    name: str
    train_command: Sequence[str] = ()
    serve_command: Sequence[str] = ()
    metric_definitions: Sequence[Mapping[str, str]] = ()
    modules: Sequence[str] = ()
    folder: str = ""
    place: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    is_own: bool = False


class BuiltIn(NamedTuple):
    """A built-in algorithm: the package to start, and what an `Image` says of it."""

    package: str
    metric_definitions: Sequence[Mapping[str, str]]
    modules: Sequence[str]


_XGBOOST = BuiltIn("sagewright.engine.algorithms.xgboost", xgboost.METRIC_DEFINITIONS, ("xgboost", "numpy"))

BUILT_IN: Mapping[str, BuiltIn] = {
    "linear-learner": BuiltIn(
        "sagewright.engine.algorithms.linear_learner", linear_learner.METRIC_DEFINITIONS, ("numpy",)
    ),
    **dict.fromkeys(xgboost.REPOSITORIES, _XGBOOST),
}

PLAIN_PYTHON = "python"


def resolve(uri: str, pinned: Mapping[str, Any] | None = None) -> Image:
    """Return what the image means.

    Args:
        pinned: What it meant to the user when the resource was made that names it.

    Raises:
        UnknownImage: It is neither a built-in algorithm nor plain Python.
    """
    name = repository(uri)
    if pinned is not None:
        return Image(uri, name, is_own=True, **pinned)
    if name in BUILT_IN:
        built_in = BUILT_IN[name]
        run = ("{python}", "-m", built_in.package)
        return Image(uri, name, (*run, "train"), (*run, "serve"), built_in.metric_definitions, built_in.modules)
    if name == PLAIN_PYTHON:
        return Image(uri, name)
    raise UnknownImage(f"The image `{uri}` is not one that this engine can run.\n{_ways_out(uri)}")


def _ways_out(uri: str) -> str:
    known = sorted(BUILT_IN)
    return (
        f"{hint(repository(uri), known)}\n"
        f"hint: built-in algorithms here are {', '.join(known)}; `{PLAIN_PYTHON}` runs a `ContainerEntrypoint` of your "
        f"own; to run the image's program on this machine without a container: sagewright images map '{uri}' "
        "--dir FOLDER --command 'python train' --serve 'python serve'."
    ).lstrip("\n")


def missing_module(image: Image) -> str | None:
    """Return a module that the image needs and this interpreter, its jobs', has not; None: it has all."""
    return next((module for module in image.modules if importlib.util.find_spec(module) is None), None)


def repository(uri: str) -> str:
    """`683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest` -> `linear-learner`."""
    return uri.rpartition("/")[2].partition("@")[0].partition(":")[0]
