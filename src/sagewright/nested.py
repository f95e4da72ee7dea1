"""Dicts within dicts: looking into them, and folding them flat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def build_dict(key: str, value: Any) -> Document:
    """Return `{key: value}`; {} where the value is empty."""
    return {key: value} if value else {}


def get_config_value(key_path: str, config: Any) -> Any:
    """Return what a nested dict holds at a dotted path; None if it holds nothing there.

    Example:
        >>> from sagewright.utils import get_config_value
        >>> get_config_value("local.local_code", {"local": {"local_code": True}})
        True
    """
    for key in key_path.split("."):
        if config is None or key not in config:
            return None
        config = config[key]
    return config


def get_nested_value(dictionary: Any, nested_keys: Sequence[str] | None) -> Any:
    """Return what a nested dict holds below these keys; None if it holds nothing there.

    Raises:
        ValueError: Something on the way is no dict.
    """
    if not isinstance(dictionary, dict) or not nested_keys:
        return None
    found: Any = dictionary
    for key in nested_keys[:-1]:
        found = found.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise ValueError(
                "Unexpected structure of dictionary.",
                f"Expected value of type dict at key '{key}' but got '{found}' for dict '{dictionary}'",
            )
    return found.get(nested_keys[-1])


def set_nested_value(dictionary: Document | None, nested_keys: Sequence[str] | None, value_to_set: Any) -> Any:
    """Put a value below these keys, and dicts where there are none on the way; return the dict itself."""
    changed: Any = {} if dictionary is None else dictionary
    if not isinstance(changed, dict) or not nested_keys:
        return changed
    inner = changed
    for key in nested_keys[:-1]:
        if not isinstance(inner.get(key), dict):
            inner[key] = {}
        inner = inner[key]
    inner[nested_keys[-1]] = value_to_set
    return changed


def flatten_dict(d: Mapping[str, Any], max_flatten_depth: int | None = None) -> dict[tuple[str, ...], Any]:
    """Return the values of dicts within dicts by the tuples of their keys; empty dicts stay.

    Args:
        max_flatten_depth: Dicts that lie deeper stay; None: none does.

    Raises:
        ValueError: The depth is less than 1.

    Example:
        >>> from sagewright.utils import flatten_dict
        >>> flatten_dict({"a": {"b": 1, "c": {}}})
        {('a', 'b'): 1, ('a', 'c'): {}}
    """
    if max_flatten_depth is not None and max_flatten_depth < 1:
        raise ValueError("max_flatten_depth should not be less than 1.")
    found: dict[tuple[str, ...], Any] = {}
    for key, value in d.items():
        if isinstance(value, dict) and value and max_flatten_depth != 1:
            deeper = flatten_dict(value, max_flatten_depth and max_flatten_depth - 1)
            found.update({(key, *keys): inner for keys, inner in deeper.items()})
        else:
            found[key,] = value
    return found


def unflatten_dict(d: Mapping[tuple[str, ...], Any]) -> Document:
    """Return what `flatten_dict` was given."""
    found: Document = {}
    for keys, value in d.items():
        nested_set_dict(found, keys, value)
    return found


def nested_set_dict(d: Document, keys: Sequence[str], value: Any) -> None:
    """Put a value below these keys, and dicts where there are none on the way."""
    for key in keys[:-1]:
        d = d.setdefault(key, {})
    d[keys[-1]] = value


def deep_override_dict(dict1: Document, dict2: Document, skip_keys: Sequence[str] | None = None) -> Document:
    """Return the first dict with the second's values in place of its own, in dicts within dicts, too.

    Args:
        skip_keys: Of the second; they change nothing.
    """
    kept = {keys: value for keys, value in flatten_dict(dict1).items() if value is not None}
    changed = flatten_dict({key: value for key, value in dict2.items() if key not in (skip_keys or ())})
    return unflatten_dict({**kept, **changed})


def camel_case_to_pascal_case(data: Mapping[str, Any]) -> Document:
    """Return a dict, and those in it, with `snake_case` keys as AWS spells them: `SnakeCase`."""

    def spelled(value: Any) -> Any:
        if isinstance(value, dict):
            return camel_case_to_pascal_case(value)
        return [spelled(item) for item in value] if isinstance(value, list) else value

    return {"".join(part.capitalize() for part in key.split("_")): spelled(value) for key, value in data.items()}
