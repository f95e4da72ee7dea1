"""The frameworks whose training images have script mode, and what this machine needs in their place."""

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
    """

    modules: Sequence[str]
    versions: Mapping[str, str]
    container: str


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


def framework(uri: str) -> Framework | None:
    """Return the framework whose training image this is; None: it is none."""
    identity = framework_of(uri)
    if identity is None or identity.scope != "training":
        return None
    versions = _python(identity)
    if identity.framework == _TRANSFORMERS:
        base = _LIBRARIES["tensorflow" if "tensorflow" in uri.rpartition("/")[2] else "pytorch"]
        modules = (base.module, "transformers")
        return Framework(modules, {"transformers": identity.version, **versions}, base.container)
    library = _LIBRARIES.get(identity.framework)
    if library is None:
        return None
    return Framework((library.module,), {library.package: identity.version, **versions}, library.container)


def package_of(module: str) -> str:
    """Return what to install for a module."""
    return next((library.package for library in _LIBRARIES.values() if library.module == module), module)


def _python(identity: ImageIdentity) -> dict[str, str]:
    digits = (identity.py_version or "").removeprefix("py")
    return {"Python": f"{digits[0]}.{digits[1:]}"} if len(digits) > 1 else {}
