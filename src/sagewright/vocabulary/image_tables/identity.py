"""From an image URI back to framework, version, Python version and scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_URI = re.compile(r"(?:(?P<host>[^/]*[.:][^/]*|localhost)/)?(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@.+)?")
_VERSION = re.compile(r"(?:.*transformers)?(\d[^-]*)")
_PY_VERSION = re.compile(r"(?:^|-)(py\d+)(?:-|$)")
_BASE_PYTHON = re.compile(r"(sagemaker-base-python)-(\d+)")


class ImageIdentity(NamedTuple):
    """What an image stands for.

    Attributes:
        framework: As `image_uris.retrieve` names it, for example `pytorch` or `linear-learner`.
        version: The whole version, for example `2.1.0` for the tag `2.1-cpu-py310`; empty where images have none.
        py_version: For example `py310`; None where images don't say.
        scope: `training` where one image both trains and serves.
    """

    framework: str
    version: str
    py_version: str | None
    scope: str


class _Images(NamedTuple):
    """The images of one version: how their tags begin, and what they are."""

    prefix: str
    framework: str
    version: str
    scope: str
    py_versions: list[str]


def identify(uri: str, tables: Mapping[str, Any]) -> ImageIdentity | None:
    """Return what `uri` stands for by these tables, or None."""
    match = _URI.fullmatch(uri)
    if match is None:
        return None
    repository, tag = match["repository"], match["tag"] or ""
    base_python = _BASE_PYTHON.fullmatch(repository)
    if base_python:
        repository, tag = base_python[1], f"{tag}-py{base_python[2]}"
    candidates = _by_repository(tables).get(repository)
    if candidates is None:
        return None
    fitting = [images for images in candidates if f"{tag}-".startswith(f"{images.prefix}-") or not images.prefix]
    best = max(fitting or candidates, key=lambda images: (len(images.prefix) if fitting else 0, _trains(images)))
    version = best.version if fitting else _version_in(tag)
    return ImageIdentity(best.framework, version, _py_version(tag, best.py_versions), best.scope)


def _trains(images: _Images) -> bool:
    return images.scope == "training"


def _version_in(tag: str) -> str:
    match = _VERSION.match(tag)
    return match[1] if match else tag


def _py_version(tag: str, known: list[str]) -> str | None:
    match = _PY_VERSION.search(tag)
    if match:
        return match[1]
    return known[0] if len(known) == 1 else None


_index: dict[str, list[_Images]] = {}


def _by_repository(tables: Mapping[str, Any]) -> Mapping[str, list[_Images]]:
    """Return all images by repository; the tables never change, so this is done once."""
    if not _index:
        found: dict[str, list[_Images]] = {}
        for framework, table in tables.items():
            for scope, scoped in _scopes(table):
                for repository, images in _images(framework, scope, scoped):
                    found.setdefault(repository, []).append(images)
        _index.update(found)
    return _index


def _scopes(table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each scope with its part of the table; images of two scopes count for `training`."""
    if "versions" in table:
        scopes = table.get("scope", ["training"])
        yield ("training" if "training" in scopes else scopes[0]), table
    else:
        yield from table.items()


def _images(framework: str, scope: str, table: Mapping[str, Any]) -> Iterator[tuple[str, _Images]]:
    for version, images in table["versions"].items():
        names = [version, *_aliases(version, table)]
        if "repository" in images:
            prefixes = [images["tag_prefix"]] if "tag_prefix" in images else names
            known = images.get("py_versions", [])
            yield from ((images["repository"], _Images(p, framework, version, scope, known)) for p in prefixes)
            continue
        for key, inner in images.items():
            if key == "version_aliases":
                continue
            known = inner.get("py_versions", [])  # `key` is a base framework with its version, or a Python version
            bases = [_digits(base) for base in (key, *_aliases(key, images))] if "py_versions" in inner else []
            prefixes = [f"{base}-transformers{name}" for base in bases for name in names] if bases else names
            yield from ((inner["repository"], _Images(p, framework, version, scope, known)) for p in prefixes)


def _aliases(version: str, table: Mapping[str, Any]) -> list[str]:
    return [alias for alias, meant in table.get("version_aliases", {}).items() if meant == version]


def _digits(base: str) -> str:
    """`pytorch2.0.0` -> `2.0.0`."""
    return base.lstrip("abcdefghijklmnopqrstuvwxyz")
