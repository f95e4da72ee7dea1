"""What an image URI means on this engine.

An image resolves to a built-in algorithm by its repository's name, or to plain Python (`python`, `python:3.11`): the
interpreter the job was submitted with, for jobs that bring their own `ContainerEntrypoint`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sagewright.vocabulary import linear_learner, xgboost


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
    """

    uri: str
    name: str
    train_command: Sequence[str] = ()
    serve_command: Sequence[str] = ()
    metric_definitions: Sequence[Mapping[str, str]] = ()
    modules: Sequence[str] = ()


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


def resolve(uri: str) -> Image:
    """Return what the image means.

    Raises:
        UnknownImage: It is neither a built-in algorithm nor plain Python.
    """
    name = repository(uri)
    if name in BUILT_IN:
        built_in = BUILT_IN[name]
        run = ("{python}", "-m", built_in.package)
        return Image(uri, name, (*run, "train"), (*run, "serve"), built_in.metric_definitions, built_in.modules)
    if name == PLAIN_PYTHON:
        return Image(uri, name)
    raise UnknownImage(
        f"The image `{uri}` is not one that this engine can run.\n"
        f"hint: built-in algorithms here are {', '.join(sorted(BUILT_IN))}; "
        f"`{PLAIN_PYTHON}` runs a `ContainerEntrypoint` of your own."
    )


def missing_module(image: Image) -> str | None:
    """Return a module that the image needs and this interpreter, its jobs', has not; None: it has all."""
    return next((module for module in image.modules if importlib.util.find_spec(module) is None), None)


def repository(uri: str) -> str:
    """`683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest` -> `linear-learner`."""
    return uri.rpartition("/")[2].partition("@")[0].partition(":")[0]
