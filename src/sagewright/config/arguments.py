"""v2's functions that take arguments from a session's configuration (`contract.md` 9.3); ours are in `values`."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sagewright.config.values import configured, filled, filled_each, resolved, with_attribute
from sagewright.nested import get_nested_value, set_nested_value

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


class _Configured(NamedTuple):
    """What `values` looks at of a session."""

    sagemaker_config: Any


def resolve_value_from_config(
    direct_input: Any = None,
    config_path: str | None = None,
    default_value: Any = None,
    sagemaker_session: Any = None,
    sagemaker_config: Document | None = None,
) -> Any:
    """Return what was given, else what the configuration says at a dotted path, else the default."""
    if not config_path:
        return default_value if direct_input is None else direct_input
    return resolved(direct_input, _source(sagemaker_session, sagemaker_config), config_path, default_value)


def get_sagemaker_config_value(sagemaker_session: Any, key: str, sagemaker_config: Document | None = None) -> Any:
    """Return a copy of what the configuration says at a dotted path; None if it says nothing.

    Args:
        sagemaker_config: Counts where there is no session.
    """
    return configured(_source(sagemaker_session, sagemaker_config), key)


def resolve_class_attribute_from_config(
    clazz: type | None,
    instance: Any,
    attribute: str,
    config_path: str,
    default_value: Any = None,
    sagemaker_session: Any = None,
) -> Any:
    """Return an object whose attribute is the configuration's, or the default, where it is None.

    Args:
        clazz: Makes the object, where it is None and there is a value to put into it.

    Raises:
        TypeError: The object has no such attribute.
    """
    source = _source(sagemaker_session, None)
    if default_value is None and configured(source, config_path) is None:
        return instance
    if instance is None and not isinstance(clazz, type):
        return None
    probe = clazz() if instance is None and clazz is not None else instance
    if not hasattr(probe, attribute):
        raise TypeError(
            "Unexpected structure of object.",
            f"Expected attribute {attribute} to be present inside instance {probe} of class {clazz}",
        )
    return with_attribute(probe, None, attribute, source, config_path, default_value)


def resolve_nested_dict_value_from_config(
    dictionary: Document | None,
    nested_keys: Sequence[str],
    config_path: str,
    default_value: Any = None,
    sagemaker_session: Any = None,
) -> Document | None:
    """Return a dict whose value below these keys is the configuration's, or the default, where it has none."""
    value = configured(_source(sagemaker_session, None), config_path)
    value = default_value if value is None else value
    try:
        is_there = get_nested_value(dictionary, nested_keys) is not None
    except ValueError as error:
        logger.error("Failed to check dictionary for applying sagemaker config: %s", error)
        return dictionary
    if value is None or is_there:
        return dictionary
    changed: Document = set_nested_value(dictionary, nested_keys, value)
    return changed


def update_list_of_dicts_with_values_from_config(
    input_list: list[Document] | None,
    config_key_path: str,
    required_key_paths: Sequence[str] | None = None,
    union_key_paths: Sequence[Sequence[str]] | None = None,
    sagemaker_session: Any = None,
) -> None:
    """Put the configuration's items below those of a list, one by one, in place.

    Args:
        required_key_paths: Dotted paths that an item must have then; it stays as it is otherwise.
        union_key_paths: Groups of paths of which it must not have two then.
    """
    if input_list:
        source = _source(sagemaker_session, None)
        whole = filled_each(input_list, source, config_key_path, required_key_paths or (), union_key_paths or ())
        input_list[:] = whole or []


def update_nested_dictionary_with_values_from_config(
    source_dict: Document | None, config_key_path: str, sagemaker_session: Any = None
) -> Document | None:
    """Return a dict with what the configuration holds at a dotted path beneath it."""
    return filled(copy.deepcopy(source_dict), _source(sagemaker_session, None), config_key_path)


def _source(session: Any, config: Mapping[str, Any] | None) -> Any:
    """Return what holds the configuration; without session and configuration it is empty, as in v2."""
    return session if session and hasattr(session, "sagemaker_config") else _Configured(config)
