"""Configuration files: read from disk or S3, checked and merged (v2's own path)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sagewright.config import places
from sagewright.config.config_utils import get_sagemaker_config_logger, non_repeating_log_factory
from sagewright.config.schema import SAGEMAKER_PYTHON_SDK_CONFIG_SCHEMA
from sagewright.config.validation import ConfigError, checked

logger = get_sagemaker_config_logger()
log_info_function = non_repeating_log_factory(logger, "info")

Document = dict[str, Any]


def load_sagemaker_config(
    additional_config_paths: Sequence[str] | None = None, s3_resource: Any = None, repeat_log: bool = False
) -> Document:
    """Return the defaults of the administrator's file, of the user's, and of further ones; the later prevail.

    Args:
        additional_config_paths: Files, folders that hold a `config.yaml`, or S3 URIs of either.
        s3_resource: boto3's, to read S3 with; None: one on the target, made if there is something to read.
        repeat_log: Say which files were read even if it was said before.

    Raises:
        ValueError: A file is not there that a variable or an argument names.
        ConfigError: A file is no YAML, or holds what it may not hold.

    Example:
        >>> import tempfile, pathlib
        >>> from sagewright.config import load_sagemaker_config
        >>> file = pathlib.Path(tempfile.mkdtemp(), "config.yaml")
        >>> _ = file.write_text("SchemaVersion: '1.0'\\nSageMaker: {Endpoint: {Tags: [{Key: team, Value: prices}]}}")
        >>> load_sagemaker_config([str(file)])["SageMaker"]["Endpoint"]
        {'Tags': [{'Key': 'team', 'Value': 'prices'}]}
    """
    info = logger.info if repeat_log else log_info_function
    found: Document = {}
    for place, document in sources(additional_config_paths, s3_resource):
        if document:
            merge(found, document)
            info("Fetched defaults config from location: %s", place)
        else:
            logger.debug("Not applying SDK defaults from location: %s", place)
    return found


def sources(paths: Sequence[str] | None = None, s3_resource: Any = None) -> list[tuple[str, Document]]:
    """Return the places of defaults in order, each with what it holds, checked; empty where there is no file."""
    wanted = [*places.places(), *((os.fspath(path), True) for path in paths or ())]
    return [(place, _source(place, s3_resource, required=required)) for place, required in wanted]


def validate_sagemaker_config(sagemaker_config: Mapping[str, Any] | None = None) -> None:
    """Do nothing if defaults are such as a configuration file may hold.

    Raises:
        ConfigError: They are not.
    """
    checked(sagemaker_config, SAGEMAKER_PYTHON_SDK_CONFIG_SCHEMA)


def load_local_mode_config() -> Document | None:
    """Return what the file of local mode holds; None if there is none."""
    try:
        return _load_config_from_file(places.local_mode_file())
    except ValueError:
        return None


def merge(into: Document, other: Mapping[str, Any]) -> None:
    """Put another document over one, in place: mappings are merged, all else is replaced (botocore's `merge_dicts`)."""
    for name, value in other.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value


class MissingFile(FileNotFoundError, ValueError):
    """There is no file where one was named; v2 raises `ValueError`."""

    def __str__(self) -> str:
        return str(self.args[0])


def _source(place: str, s3_resource: Any, *, required: bool) -> Document:
    if place.startswith("s3://"):
        text = _text_in_s3(place, s3_resource)
    else:
        try:
            text = _text_of(place)
        except MissingFile as error:
            if required:
                raise
            logger.debug(error)
            return {}
    document = _parsed(text, place)
    if document:
        checked(document, SAGEMAKER_PYTHON_SDK_CONFIG_SCHEMA, place, text)
    return document or {}


def _load_config_from_file(path: str) -> Document:
    found: Document = _parsed(_text_of(path), path)
    return found


def _text_of(path: str) -> str:
    file = os.path.join(path, places.NAME) if os.path.isdir(path) else path
    if not os.path.exists(file):
        raise MissingFile(
            f"Unable to load the config file from the location: {path}\n"
            "hint: name a file, a folder that holds a config.yaml, or an S3 URI of either."
        )
    return Path(file).read_text(encoding="utf-8")


def _parsed(text: str, place: str) -> Any:
    import yaml  # only where there is a file

    try:
        return yaml.safe_load(text)
    except yaml.constructor.ConstructorError:
        raise  # v2's users see YAML's own word about objects of Python
    except yaml.YAMLError as error:
        raise ConfigError(f"{place}: {error}\nhint: this is no YAML; look at the line that is named.") from None


def _text_in_s3(uri: str, s3_resource: Any) -> str:
    if s3_resource is None:
        from sagewright import targets

        s3_resource = targets.boto_session().resource("s3")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    keys = [item.key for item in s3_resource.Bucket(name=bucket).objects.filter(Prefix=key).all()]
    body = s3_resource.Object(bucket, _file_among(keys, uri, key)).get()["Body"].read()
    return str(body.decode("utf-8"))


def _file_among(keys: list[str], uri: str, key: str) -> str:
    """Return the key of the file that an S3 URI means: it itself, or the `config.yaml` of the folder that it names.

    Raises:
        ValueError: There is none.
    """
    if not keys:
        raise ValueError(f"Provide a valid S3 path instead of {uri}")
    inner = f"{key.rstrip('/')}/{places.NAME}".lstrip("/")
    if key in keys or (len(keys) == 1 and inner not in keys):
        return key
    if inner not in keys:
        raise ValueError(f"Provide an S3 URI of a directory that has a {places.NAME} file.")
    return inner


def __getattr__(name: str) -> str:
    if name in _FILES:
        return _FILES[name]()
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")


_FILES = {
    "_DEFAULT_ADMIN_CONFIG_FILE_PATH": places.admin_file,
    "_DEFAULT_USER_CONFIG_FILE_PATH": places.user_file,
    "_DEFAULT_LOCAL_MODE_CONFIG_FILE_PATH": places.local_mode_file,
}
