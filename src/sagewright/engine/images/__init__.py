"""What an image URI means on this engine.

An image resolves to a built-in algorithm by its repository's name, to script mode and the model server by the
framework it is of, or to plain Python (`python`, `python:3.11`): the interpreter the job was submitted with, for jobs
that bring a script, or a `ContainerEntrypoint` of their own, and for models that bring one. An image of XGBoost is
both: an algorithm, and script mode for jobs and models with a script.
Beside these stand the commands that a user has mapped to an image (`mappings.py`), and where a container engine
answers, any image itself.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sagewright.engine.images.frameworks import Framework, framework, package_of
from sagewright.vocabulary import linear_learner, xgboost
from sagewright.vocabulary.script_mode import IMAGE_VERSIONS, MODULE_VARIABLE
from sagewright.vocabulary.serving import FRAMEWORK
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
        script_command: What starts a script of the user's; empty: the image has no script mode.
        script_environment: Variables that the image sets for script mode.
        script_server: What serves a model by a script of the user's; empty: the image has no such server.
        serving_environment: Variables that the image sets for that.
        folder, place, environment, port: Of a mapped command, see `mappings.ImageMapping`.
        engine: The variables that lead to the container engine in which the image itself runs; empty: it does not.
        pull: When that one pulls it, see `planning.document.Container`.
        is_own: Whether the user says what it means: requests keep that (`pinned`).
    """

    uri: str
    name: str
    train_command: Sequence[str] = ()
    serve_command: Sequence[str] = ()
    metric_definitions: Sequence[Mapping[str, str]] = ()
    modules: Sequence[str] = ()
    script_command: Sequence[str] = ()
    script_environment: Mapping[str, str] = field(default_factory=dict)
    script_server: Sequence[str] = ()
    serving_environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    place: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    engine: Mapping[str, str] = field(default_factory=dict)
    pull: str = "missing"
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

# Amazon's other algorithms: their programs are in no image that could be had.
AMAZONS = frozenset(
    {"blazingtext", "factorization-machines", "forecasting-deepar", "image-classification", "ipinsights", "kmeans"}
    | {"knn", "lda", "ntm", "object-detection", "object2vec", "pca", "randomcutforest", "semantic-segmentation"}
    | {"seq2seq"}
)

_BOTH = xgboost.REPOSITORIES[:1]  # the older repository has no script mode
PLAIN_PYTHON = "python"
BASE_PYTHON = "sagemaker-base-python-"  # Amazon's images with nothing but Python: of functions that run as jobs
SCRIPT_MODE = ("{python}", "-m", "sagewright.engine.script_mode", "train")
MODEL_SERVER = ("{python}", "-m", "sagewright.engine.model_server", "serve")


def resolve(uri: str, pinned: Mapping[str, Any] | None = None) -> Image:
    """Return what the image means.

    Args:
        pinned: What it meant to the user when the resource was made that names it.

    Raises:
        UnknownImage: It is neither a built-in algorithm, nor of a framework, nor plain Python.
    """
    name = repository(uri)
    if pinned is not None:
        image = Image(uri, name, is_own=True, **pinned)
        return replace(image, script_command=SCRIPT_MODE) if tuple(image.train_command) == SCRIPT_MODE else image
    image = _built_in(uri, name) if name in BUILT_IN else Image(uri, name)
    if name == PLAIN_PYTHON or name.startswith(BASE_PYTHON):
        return replace(image, script_command=SCRIPT_MODE, script_server=MODEL_SERVER)
    found = framework(uri) if name not in BUILT_IN or name in _BOTH else None
    if found:
        return _of_framework(image, found)
    if name in BUILT_IN:
        return image
    lacks = f": the algorithm `{name}` is not built into it yet" if name in AMAZONS else ""
    raise UnknownImage(f"The image `{uri}` is not one that this engine can run{lacks}.\n{_ways_out(uri)}")


def missing_modules(image: Image) -> list[str]:
    """Return what the image needs and this interpreter, its jobs', cannot import."""
    return [module for module in image.modules if importlib.util.find_spec(module) is None]


def to_install(image: Image, missing: Sequence[str]) -> str:
    """Return what `pip install` must be given for the image's missing modules."""
    return "'sagewright[local]'" if image.name in BUILT_IN else " ".join(package_of(module) for module in missing)


def did_you_mean(uri: str) -> str:
    """Return a line `hint: did you mean ...?` with a built-in algorithm, to put behind a message, or an empty text."""
    return hint(repository(uri), sorted(BUILT_IN))


def repository(uri: str) -> str:
    """`683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest` -> `linear-learner`."""
    return uri.rpartition("/")[2].partition("@")[0].partition(":")[0]


def _built_in(uri: str, name: str) -> Image:
    built_in = BUILT_IN[name]
    run = ("{python}", "-m", built_in.package)
    return Image(uri, name, (*run, "train"), (*run, "serve"), built_in.metric_definitions, built_in.modules)


def _of_framework(image: Image, found: Framework) -> Image:
    image = replace(image, modules=image.modules or found.modules)
    versions = {IMAGE_VERSIONS: json.dumps(found.versions)}
    if found.trains:
        variables = {MODULE_VARIABLE: found.container, **versions}
        image = replace(image, script_command=SCRIPT_MODE, script_environment=variables)
    if found.serves:
        variables = {FRAMEWORK: found.serving, **versions}
        image = replace(image, script_server=MODEL_SERVER, serving_environment=variables)
    return image


def _ways_out(uri: str) -> str:
    known = sorted(BUILT_IN)
    return (
        f"{did_you_mean(uri)}\n"
        f"hint: built-in algorithms here are {', '.join(known)}; images of scikit-learn, XGBoost, PyTorch, "
        f"TensorFlow and Transformers run scripts, to train and to serve; `{PLAIN_PYTHON}` runs a script or a "
        f"`ContainerEntrypoint` of your own; to run the image's program on this machine without a container: "
        f"sagewright images map '{uri}' "
        "--dir FOLDER --command 'python train' --serve 'python serve'; to run the image itself, in a container: start "
        "Docker or Podman, and pip install 'sagewright[containers]'."
    ).lstrip("\n")
