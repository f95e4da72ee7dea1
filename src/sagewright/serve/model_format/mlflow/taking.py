"""A model of MLflow's as a builder's: its files, its flavor, its server and its image."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.s3 import S3Downloader
from sagewright.serve.detection import image_near
from sagewright.serve.model_format.mlflow.paths import TRACKING_ARN, place_of
from sagewright.serve.packing.folder import model_folder
from sagewright.serve.utils.types import ModelServer
from sagewright.vocabulary.homes import without_homes

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

logger = logging.getLogger("sagemaker.serve")

DESCRIPTION, REQUIREMENTS = "MLmodel", "requirements.txt"
FLAVOR = "MLFLOW_MODEL_FLAVOR"
_ANY = "python_function"
# Flavor -> framework of the image; other flavors get one of PyTorch, and install what they need.
_FRAMEWORKS = {"sklearn": "sklearn", "pytorch": "pytorch", "xgboost": "xgboost"}
_FRAMEWORKS |= {"tensorflow": "tensorflow", "keras": "tensorflow"}
_PACKAGES = {"sklearn": "scikit-learn", "pytorch": "torch", "tensorflow": "tensorflow", "xgboost": "xgboost"}
_OF_TENSORFLOW = ("keras", "tensorflow")
_PLAIN_PYTORCH = {"py38": "1.12.1", "py39": "1.13.1", "py310": "2.2.0", "py311": "2.3.0"}


def take(builder: ModelBuilder, named: str) -> bool:
    """Bring a model of MLflow's into a builder's folder, and decide on server and image; False: there is none.

    Raises:
        ValueError: The model does not say what is needed, or another server cannot serve it.
        ImportError: It lies on a server that needs MLflow, which is not installed.
    """
    place = place_of(named, (builder.model_metadata or {}).get(TRACKING_ARN), builder._session())
    if not _is_there(builder, place):
        return False
    folder = Path(str(builder.model_path))
    _bring(builder, place, folder)
    flavors = flavors_of(folder / DESCRIPTION)
    flavor = next((name for name in flavors if name != _ANY), _ANY)
    default = ModelServer.TENSORFLOW_SERVING if flavor in _OF_TENSORFLOW else ModelServer.TORCHSERVE
    builder.model_server = builder.model_server or default
    builder.image_uri = builder.image_uri or _image(builder, folder, flavors, flavor)
    builder.env_vars[FLAVOR] = flavor
    builder.dependencies["requirements"] = str(_file(folder, REQUIREMENTS))
    _check_server(builder.model_server, flavor)
    return True


def flavors_of(path: Path) -> dict[str, Any]:
    """Return what a model's description says of each flavor.

    Raises:
        ValueError: It says nothing of flavors, or is no YAML.
    """
    import yaml

    try:
        described = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise ValueError(f"Error parsing the file as YAML: {error}") from error
    if not isinstance(described, dict) or not described.get("flavors"):
        raise ValueError("The 'flavors' key is missing in the MLmodel file.")
    flavors: dict[str, Any] = described["flavors"]
    return flavors


def _is_there(builder: ModelBuilder, place: str) -> bool:
    if place.startswith("s3://"):
        return bool(S3Downloader.list(f"{place.rstrip('/')}/{DESCRIPTION}", sagemaker_session=builder._session()))
    return os.path.isfile(os.path.join(place, DESCRIPTION))


def _bring(builder: ModelBuilder, place: str, folder: Path) -> None:
    model_folder(str(folder))
    if place.startswith("s3://"):
        S3Downloader.download(place, str(folder), sagemaker_session=builder._session())
    elif os.path.realpath(place) != os.path.realpath(folder):
        shutil.copytree(place, folder, dirs_exist_ok=True, ignore=without_homes())


def _image(builder: ModelBuilder, folder: Path, flavors: dict[str, Any], flavor: str) -> str:
    python = str((flavors.get(_ANY) or {}).get("python_version") or "")
    if not python:
        raise ValueError(f"{_ANY} cannot be found in MLmodel file.")
    major, minor = python.split(".")[:2]
    whole = f"py{major}{minor}"
    framework = _FRAMEWORKS.get(flavor)
    session, instance_type = builder._session(), builder.instance_type
    if framework is None:
        logger.warning("%s has no image of its own; one of PyTorch serves it.", flavor)
        version = _PLAIN_PYTORCH.get(whole)
        if version is None:
            raise ValueError(
                f"Unable to find default image based on python version {python} and region {session.boto_region_name}"
            )
        return image_near("pytorch", version, whole, session, instance_type)
    found = _version(framework, _file(folder, REQUIREMENTS))
    if found is None:
        raise ValueError(
            f"Unable to auto detect framework version. Please provide framework {framework} as part of the "
            f"requirements.txt file for deployment flavor {flavor}"
        )
    return image_near(framework, found, whole if flavor == "pytorch" else f"py{major}", session, instance_type)


def _version(framework: str, path: Path) -> str | None:
    """Return the version of a framework's package that a list of requirements names."""
    package = _PACKAGES[framework]
    for line in path.read_text().splitlines():
        if line.startswith(package):
            return next((line.split(sign)[1].strip() for sign in ("==", ">=", "<=") if sign in line), None)
    return None


def _file(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise FileNotFoundError(f"The {name} file does not exist in the specified source folder: {folder}")
    return folder / name


def _check_server(server: ModelServer, flavor: str) -> None:
    if server not in (ModelServer.TORCHSERVE, ModelServer.TENSORFLOW_SERVING):
        raise ValueError(f"{server} is currently not supported for MLflow Model. Please choose another model server.")
    if server == ModelServer.TENSORFLOW_SERVING and flavor not in _OF_TENSORFLOW:
        raise ValueError(
            "Tensorflow Serving is currently only supported for the following deployment flavors: "
            f"{list(_OF_TENSORFLOW)}"
        )
