"""The frameworks whose images run scripts, to train and to serve, and what this machine needs in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sagewright.vocabulary.image_tables import ImageIdentity, framework_of


class Framework(NamedTuple):
    """What an image of a framework stands for.

    Attributes:
        modules: What the job's interpreter must be able to import.
        versions: The libraries that the image holds, by their names on the package index.
        container: The module of the image that starts scripts, as the image says in `SAGEMAKER_TRAINING_MODULE`.
        serving: Whose functions the model server has where a script has none (`vocabulary.serving.FRAMEWORKS`).
        trains, serves: What the image is for.
    """

    modules: Sequence[str]
    versions: Mapping[str, str]
    container: str
    serving: str
    trains: bool
    serves: bool


class _Library(NamedTuple):
    module: str
    package: str
    container: str


_LIBRARIES = {
    "sklearn": _Library("sklearn", "scikit-learn", "sagemaker_sklearn_container.training:main"),
    "xgboost": _Library("xgboost", "xgboost", "sagemaker_xgboost_container.training:main"),
    "pytorch": _Library("torch", "torch", "sagemaker_pytorch_container.training:main"),
    "tensorflow": _Library("tensorflow", "tensorflow", "sagemaker_tensorflow_container.training:main"),
    "mxnet": _Library("mxnet", "mxnet", "sagemaker_mxnet_container.training:main"),
}
_TRANSFORMERS = "huggingface"
_BOTH = ("sklearn", "xgboost")  # one image trains and serves


def framework(uri: str) -> Framework | None:
    """Return the framework whose image this is; None: it is none."""
    identity = framework_of(uri)
    if identity is None:
        return None
    is_hugging_face = identity.framework == _TRANSFORMERS
    base = ("tensorflow" if "tensorflow" in uri.rpartition("/")[2] else "pytorch") if is_hugging_face else None
    library = _LIBRARIES.get(base or identity.framework)
    trains, serves = _uses(identity)
    if library is None or not (trains or serves):
        return None
    return Framework(
        modules=(library.module, *(("transformers",) if is_hugging_face else ())),
        versions={"transformers" if is_hugging_face else library.package: identity.version, **_python(identity)},
        container=library.container,
        serving=identity.framework,
        trains=trains,
        serves=serves,
    )


def _uses(identity: ImageIdentity) -> tuple[bool, bool]:
    """Tell whether the image trains, and whether it serves; the scope `training` stands for images of both, too."""
    trains = identity.scope == "training"
    return trains, identity.scope.startswith("inference") or (trains and identity.framework in _BOTH)


def package_of(module: str) -> str:
    """Return what to install for a module."""
    return next((library.package for library in _LIBRARIES.values() if library.module == module), module)


def _python(identity: ImageIdentity) -> dict[str, str]:
    digits = (identity.py_version or "").removeprefix("py")
    return {"Python": f"{digits[0]}.{digits[1:]}"} if len(digits) > 1 else {}
