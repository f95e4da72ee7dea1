"""Which framework a model object is of, and which image serves it."""

from __future__ import annotations

import importlib
import logging
import re
import sys
from typing import TYPE_CHECKING, Any

from sagewright.image_uris import config_for_framework, retrieve

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker.serve")

# Package of a model's class -> framework; the first that fits counts: a classifier of XGBoost is one of scikit-learn's.
_PACKAGES = {"torch": "pytorch", "xgboost": "xgboost", "keras": "tensorflow", "tensorflow": "tensorflow"}
_PACKAGES["sklearn"] = "sklearn"
_LIBRARIES = {"pytorch": "torch", "xgboost": "xgboost", "tensorflow": "tensorflow", "sklearn": "sklearn"}


def framework_of_model(model: Any) -> tuple[str, str]:
    """Return the framework of a model object, and the version that is installed here.

    Raises:
        TypeError: It is of none that has images.
    """
    packages = {owner.__module__.partition(".")[0] for owner in type(model).__mro__}
    found = next((framework for package, framework in _PACKAGES.items() if package in packages), None)
    if found is None:
        raise TypeError(
            f"Unable to determine required container for model base {type(model)}. "
            "Please specify container in model builder\n"
            "hint: models of PyTorch, XGBoost, TensorFlow and scikit-learn are known; for others write an "
            "InferenceSpec and give `image_uri` and `model_server`."
        )
    version = str(importlib.import_module(_LIBRARIES[found]).__version__).partition("+")[0]
    return found, version


def image_for(model: Any, session: Session, instance_type: str | None) -> str:
    """Return the image that serves a model object: of its framework, in the version nearest to the one here.

    Raises:
        TypeError: The model is of no framework that is known.
        ValueError: There is no such image for this Python; an engine, which serves with this Python, takes any.
    """
    if not instance_type:
        raise ValueError(
            "Instance type is not specified. Unable to detect if the container needs to be GPU or CPU.\n"
            "hint: give the builder `instance_type`, or `image_uri`."
        )
    framework, version = framework_of_model(model)
    return image_near(framework, version, f"py{sys.version_info.major}{sys.version_info.minor}", session, instance_type)


def image_near(framework: str, version: str, python: str, session: Session, instance_type: str | None) -> str:
    """Return the image of a framework whose version is nearest to one.

    Raises:
        ValueError: There is no such image for this Python; an engine, which serves with this Python, takes any.
    """
    for near in nearest_versions(framework, version):
        image = _image(framework, near, session, instance_type, python)
        if image is not None:
            logger.info("Auto detected %s. Proceeding with the the deployment.", image)
            return image
    raise ValueError(
        f"Unable to auto detect a DLC for framework {framework}, framework version {version} "
        f"and python version {python}. Please manually provide image_uri to ModelBuilder()"
    )


def nearest_versions(framework: str, version: str) -> list[str]:
    """Return the versions with images that may serve a model of another: the same, the one before, the one behind."""
    table = config_for_framework(framework)
    known = sorted((table.get("inference") or table)["versions"], key=_order)
    wanted = _order(version)
    known = [one for one in known if one[0].isdigit() and _order(one)[0][:1] == wanted[0][:1]]
    same = [version for one in known if _order(one) == wanted]
    before = [one for one in known if _order(one) < wanted]
    behind = [one for one in known if _order(one) > wanted]
    return [*same[:1], *before[-1:], *behind[:1]]


def is_amazons(image_uri: str) -> bool:
    """Tell whether an image lies in an account of AWS's: those `ModelBuilder` knows how to pack for."""
    return image_uri[:12] in _accounts()


def _image(framework: str, version: str, session: Session, instance_type: str | None, python: str) -> str | None:
    pythons: list[str | None] = [python]
    if session._asks_engine():
        table = config_for_framework(framework)
        images = (table.get("inference") or table)["versions"][version]
        pythons += list(reversed(images.get("py_versions") or [])) or [None]
    for wanted in pythons:
        try:
            return retrieve(
                framework,
                session.boto_region_name,
                version=version,
                py_version=wanted,
                instance_type=instance_type,
                image_scope="inference",
            )
        except ValueError:
            continue
    return None


def _order(version: str) -> tuple[list[int], int]:
    """Return what versions are ordered by: their numbers, and behind `-` how often they were mended."""
    release, _, mended = version.partition("-")
    numbers = [int(number) for number in re.findall(r"\d+", release)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers, int(mended) if mended.isdigit() else -1


def _accounts() -> set[str]:
    """Return all accounts that the tables of images name."""
    global _known  # noqa: PLW0603 - read once
    if not _known:
        from sagewright.vocabulary import image_tables

        _known = {account for name in image_tables.frameworks() for account in _registries(image_tables.table_of(name))}
    return _known


_known: set[str] = set()


def _registries(part: Any) -> set[str]:
    if not isinstance(part, dict):
        return set()
    own = set(map(str, part.get("registries", {}).values()))
    return own.union(*(_registries(value) for value in part.values()))
