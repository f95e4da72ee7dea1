"""Names that v2's users import from here (v2's own path)."""

from __future__ import annotations

import importlib
import logging
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Union

from sagewright.config.arguments import (
    get_sagemaker_config_value,
    resolve_class_attribute_from_config,
    resolve_nested_dict_value_from_config,
    resolve_value_from_config,
    update_list_of_dicts_with_values_from_config,
    update_nested_dictionary_with_values_from_config,
)
from sagewright.deprecations import removed_function
from sagewright.instance_names import get_instance_type_family, instance_supports_kms, volume_size_supported
from sagewright.nested import (
    build_dict,
    camel_case_to_pascal_case,
    deep_override_dict,
    flatten_dict,
    get_config_value,
    get_nested_value,
    nested_set_dict,
    set_nested_value,
    unflatten_dict,
)
from sagewright.prices import extract_instance_rate_per_hour, get_instance_rate_per_hour
from sagewright.regions import ALTERNATE_DOMAINS, aws_partition, get_domain_for_region, sts_regional_endpoint
from sagewright.requests.model_inputs import construct_container_object, update_container_with_inference_params
from sagewright.retrying import DEFAULT_SLEEP_TIME_SECONDS, retries, retry_with_backoff
from sagewright.vocabulary.names import (
    base_from_name,
    base_name_from_image,
    name_from_base,
    sagemaker_short_timestamp,
    sagemaker_timestamp,
    unique_name_from_base,
    unique_name_from_base_uuid4,
)
from sagewright.vocabulary.variables import as_text, is_variable

# What moves files imports more than names do; it is handed out by `__getattr__`.
if TYPE_CHECKING:
    from sagewright.transfers import (
        DataConfig,
        S3DataConfig,
        create_tar_file,
        custom_extractall_tarfile,
        download_file,
        download_file_from_url,
        download_folder,
        repack_model,
        validate_path_within_directory,
    )

__all__ = [
    "ALTERNATE_DOMAINS",
    "DEFAULT_SLEEP_TIME_SECONDS",
    "ECR_URI_PATTERN",
    "HTTPS_PREFIX",
    "HTTP_PREFIX",
    "MAX_BUCKET_PATHS_COUNT",
    "MAX_ITEMS",
    "MODEL_ARN_PATTERN",
    "MODEL_PACKAGE_ARN_PATTERN",
    "PAGE_SIZE",
    "S3_PREFIX",
    "WAITING_DOT_NUMBER",
    "DataConfig",
    "DeferredError",
    "S3DataConfig",
    "Tags",
    "TagsDict",
    "aws_partition",
    "base_from_name",
    "base_name_from_image",
    "build_dict",
    "camel_case_to_pascal_case",
    "can_model_package_source_uri_autopopulate",
    "check_and_get_run_experiment_config",
    "construct_container_object",
    "create_paginator_config",
    "create_tar_file",
    "custom_extractall_tarfile",
    "deep_override_dict",
    "download_file",
    "download_file_from_url",
    "download_folder",
    "extract_instance_rate_per_hour",
    "flatten_dict",
    "format_tags",
    "get_config_value",
    "get_domain_for_region",
    "get_ecr_image_uri_prefix",
    "get_instance_rate_per_hour",
    "get_instance_type_family",
    "get_module",
    "get_nested_value",
    "get_sagemaker_config_value",
    "get_short_version",
    "get_training_job_name_from_training_job_arn",
    "instance_supports_kms",
    "name_from_base",
    "name_from_image",
    "nested_set_dict",
    "pop_out_unused_kwarg",
    "remove_tag_with_key",
    "repack_model",
    "resolve_class_attribute_from_config",
    "resolve_nested_dict_value_from_config",
    "resolve_value_from_config",
    "retries",
    "retry_with_backoff",
    "sagemaker_short_timestamp",
    "sagemaker_timestamp",
    "secondary_training_status_changed",
    "secondary_training_status_message",
    "set_nested_value",
    "stringify_object",
    "sts_regional_endpoint",
    "tag_exists",
    "to_string",
    "unflatten_dict",
    "unique_name_from_base",
    "unique_name_from_base_uuid4",
    "update_container_with_inference_params",
    "update_list_of_dicts_with_values_from_config",
    "update_nested_dictionary_with_values_from_config",
    "validate_path_within_directory",
    "volume_size_supported",
]

logger = logging.getLogger("sagemaker")

TagsDict = Mapping[str, str]
Tags = Union[Sequence[TagsDict], TagsDict, None]  # noqa: UP007 - read by Python 3.10 at import

ECR_URI_PATTERN = r"^(\d+)(\.)dkr(\.)ecr(\.)(.+)(\.)(.*)(/)(.*:.*)$"
MODEL_PACKAGE_ARN_PATTERN = r"arn:aws([a-z\-]*)?:sagemaker:([a-z0-9\-]*):([0-9]{12}):model-package/(.*)"
MODEL_ARN_PATTERN = r"arn:aws([a-z\-]*):sagemaker:([a-z0-9\-]*):([0-9]{12}):model/(.*)"
S3_PREFIX, HTTP_PREFIX, HTTPS_PREFIX = "s3://", "http://", "https://"
MAX_BUCKET_PATHS_COUNT, WAITING_DOT_NUMBER, MAX_ITEMS, PAGE_SIZE = 5, 10, 100, 10

get_ecr_image_uri_prefix = removed_function("get_ecr_image_uri_prefix")


def name_from_image(image: str, max_length: int = 63) -> str:
    """Return the name of an image's repository with a timestamp."""
    return name_from_base(base_name_from_image(image), max_length)


def format_tags(tags: Tags) -> list[dict[str, str]] | None:
    """Return tags as a list of `{"Key", "Value"}`; a plain dict becomes one."""
    if tags is None:
        return None
    if isinstance(tags, Mapping):
        return [{"Key": str(key), "Value": as_text(value)} for key, value in tags.items()]
    return [dict(tag) for tag in tags]


def secondary_training_status_changed(
    current_job_description: Mapping[str, Any] | None, prev_job_description: Mapping[str, Any] | None
) -> bool:
    """Tell whether a job's last status or its message is another than it was."""
    latest = _transitions(current_job_description)
    if not latest:
        return False
    before = _transitions(prev_job_description)
    return not before or latest[-1]["StatusMessage"] != before[-1]["StatusMessage"] or len(latest) != len(before)


def secondary_training_status_message(
    job_description: Mapping[str, Any] | None, prev_description: Mapping[str, Any] | None
) -> str:
    """Return a line for each status that is new, with the time of the job's last change (UTC)."""
    latest, before = _transitions(job_description), _transitions(prev_description)
    if not latest or job_description is None:
        return ""
    shown = latest[-1:] if len(latest) == len(before) else latest[len(before) :]
    changed = datetime.fromtimestamp(time.mktime(job_description["LastModifiedTime"].timetuple()), timezone.utc)
    stamp = changed.strftime("%Y-%m-%d %H:%M:%S")
    return "\n".join(f"{stamp} {transition['Status']} - {transition['StatusMessage']}" for transition in shown)


def tag_exists(tag: TagsDict, curr_tags: Sequence[TagsDict] | None) -> bool:
    """Tell whether there is a tag of the same key."""
    return any(tag["Key"] == other["Key"] for other in curr_tags or ())


def remove_tag_with_key(key: str, tags: Any) -> Any:
    """Return tags without those of a key; None where none is left, and the tag itself where one is, as v2 does."""
    if tags is None:
        return None
    left = [tag for tag in ([tags] if isinstance(tags, dict) else tags) if tag["Key"] != key]
    return left[0] if len(left) == 1 else left or None


def get_short_version(framework_version: str) -> str:
    """Return a version without what follows its second number: `2.3.1` -> `2.3`."""
    return ".".join(framework_version.split(".")[:2])


def get_training_job_name_from_training_job_arn(training_job_arn: str | None) -> str | None:
    """Return the name in a training job's ARN; None for any other text."""
    pattern = r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:training-job/(.+)"
    match = re.match(pattern, training_job_arn or "")
    return match.group(1) if match else None


def can_model_package_source_uri_autopopulate(source_uri: str) -> bool:
    """Tell whether text is the ARN of a model or of a model package."""
    return any(re.match(pattern, source_uri) for pattern in (MODEL_PACKAGE_ARN_PATTERN, MODEL_ARN_PATTERN))


def to_string(obj: Any) -> Any:
    """Return a value as text; of one that only a pipeline's run decides, what becomes text then."""
    return obj.to_string() if is_variable(obj) else str(obj)


def stringify_object(obj: Any) -> str:
    """Return an object's class and those of its attributes that are not None."""
    return f"{type(obj).__name__}: { {key: value for key, value in vars(obj).items() if value is not None} }"


def create_paginator_config(max_items: int | None = None, page_size: int | None = None) -> dict[str, int]:
    """Return how many items a listing gives in all, and on a page."""
    return {"MaxItems": max_items or MAX_ITEMS, "PageSize": page_size or PAGE_SIZE}


def pop_out_unused_kwarg(arg_name: str, kwargs: dict[str, Any], override_val: str | None = None) -> None:
    """Take an argument that means nothing here out of `kwargs`, and say so."""
    if arg_name in kwargs:
        instead = f" and further overridden with {override_val}." if override_val else ""
        logger.warning("%s supplied in kwargs will be ignored%s", arg_name, instead)
        kwargs.pop(arg_name)


def check_and_get_run_experiment_config(experiment_config: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """Return the experiment that a job is to belong to: the one that was given."""
    return experiment_config or None


def get_module(module_name: str) -> Any:
    """Import a module.

    Raises:
        Exception: It cannot be imported.
    """
    try:
        return importlib.import_module(module_name)
    except ImportError as error:
        raise Exception(f"Cannot import module {module_name}, please try again.") from error


class DeferredError:
    """Stands for a library that could not be imported: whoever uses it gets the error of the import."""

    def __init__(self, exception: Exception) -> None:
        self.exc = exception

    def __getattr__(self, name: str) -> Any:
        if name == "exc" or name.startswith("__"):  # asked for by those who copy and pickle: they use nothing of it
            raise AttributeError(name)
        raise self.exc

    def __repr__(self) -> str:
        return f"DeferredError({self.exc!r})"


def _transitions(description: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    return (description or {}).get("SecondaryStatusTransitions") or []


def __getattr__(name: str) -> Any:
    """Hand out what moves files."""
    if name not in _TRANSFERS:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from sagewright import transfers

    return getattr(transfers, name)


_TRANSFERS = frozenset(__all__) - frozenset(globals())
