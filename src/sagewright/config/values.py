"""Arguments that were left out, taken from the configuration of a session (`contract.md` 9.3).

A path is dotted, as v2's constants are, or a tuple of keys. A session that is None stands for what the files say.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

logger = logging.getLogger("sagemaker.config")

Document = dict[str, Any]
Path = str | Sequence[str]
T = TypeVar("T")


def resolved(given: T | None, session: Any, path: Path, default: Any = None) -> Any:
    """Return an argument's value: what was given, else what the configuration says, else the default.

    Args:
        given: None: it was left out.
        session: Whose `sagemaker_config` counts; None: the files are read.

    Example:
        >>> from types import SimpleNamespace
        >>> session = SimpleNamespace(sagemaker_config={"SageMaker": {"Pipeline": {"RoleArn": "arn"}}})
        >>> path = "SageMaker.Pipeline.RoleArn"
        >>> resolved(None, session, path), resolved("mine", session, path)
        ('arn', 'mine')
    """
    if given is not None:
        return given
    value = configured(session, path)
    if value is None:
        return default
    _tell(path)
    return value


class _Files:
    """Stands for a session where there is none yet: its defaults are those of the files."""

    def __init__(self, sagemaker_config: Document) -> None:
        self.sagemaker_config = sagemaker_config


def files() -> Any:
    """Return what stands for a session where there is none yet: the files are read once for several values."""
    from sagewright.config.config import load_sagemaker_config

    return _Files(load_sagemaker_config())


def configured(session: Any, path: Path) -> Any:
    """Return a copy of what the configuration holds at a path; None if it holds nothing."""
    return copy.deepcopy(at(_config_of(session), path))


def at(document: Any, path: Path) -> Any:
    """Return what a nested mapping holds at a path; None if it holds nothing there."""
    for key in _keys(path):
        if not isinstance(document, Mapping) or key not in document:
            return None
        document = document[key]
    return document


def filled(document: Document | None, session: Any, path: Path) -> Document | None:
    """Return a document with what the configuration holds at a path beneath it."""
    below = configured(session, path)
    if not below:
        return document
    from sagewright.config.config import merge

    combined: Document = below
    merge(combined, document or {})
    if combined != document:
        _tell(path)
    return combined


def filled_each(
    documents: Sequence[Document] | None,
    session: Any,
    path: Path,
    required: Sequence[str] = (),
    either: Sequence[Sequence[str]] = (),
) -> list[Document] | None:
    """Return documents, each with the configuration's item of its place beneath it.

    Args:
        required: Paths that a document must have then; it stays as it is otherwise.
        either: Groups of paths of which it must not have two then.
    """
    if not documents:
        return None if documents is None else list(documents)
    below = configured(session, path) or []
    combined = list(documents)
    for index, (document, item) in enumerate(zip(documents, below, strict=False)):
        merged = _merged(item, document)
        is_whole = all(at(merged, name) is not None for name in required)
        if is_whole and not any(_has_two(merged, group) for group in either):
            combined[index] = merged
    if combined != list(documents):
        _tell(path)
    return combined


def with_nested(document: Document | None, keys: Sequence[str], session: Any, path: Path) -> Document | None:
    """Return a document whose member at `keys` is the configuration's, where it has none of its own."""
    value = configured(session, path)
    if value is None or at(document, keys) is not None:
        return document
    _tell(path)
    changed: Document = copy.copy(document) if document else {}
    inner = changed
    for key in keys[:-1]:
        inner[key] = dict(inner[key]) if isinstance(inner.get(key), Mapping) else {}
        inner = inner[key]
    inner[keys[-1]] = value
    return changed


def with_attribute(owner: Any, make: Any, name: str, session: Any, path: Path, default: Any = None) -> Any:
    """Return an object whose attribute is the configuration's, where it is None.

    Args:
        owner: None: `make()` makes one, if there is a value to put into it.
        make: None: an owner that is None stays None.
    """
    value = configured(session, path)
    if value is None and default is None:
        return owner
    if owner is None:
        if make is None:
            return None
        owner = make()
    if getattr(owner, name) is None:
        if value is not None:
            _tell(path)
        setattr(owner, name, default if value is None else value)
    return owner


def with_tags(tags: Sequence[Document] | None, session: Any, path: Path) -> list[Document] | None:
    """Return tags with those of the configuration behind them whose keys they do not have."""
    more = configured(session, path)
    own = None if tags is None else list(tags)
    if not more:
        return own
    taken = {tag.get("Key") for tag in own or ()}
    added = [tag for tag in more if tag["Key"] not in taken]
    if added:
        _tell(path)
    return [*(own or ()), *added]


def _config_of(session: Any) -> Any:
    return getattr(files() if session is None else session, "sagemaker_config", None)


def _keys(path: Path) -> Sequence[str]:
    return path.split(".") if isinstance(path, str) else path


def _merged(below: Document, document: Mapping[str, Any]) -> Document:
    from sagewright.config.config import merge

    merge(below, document)
    return below


def _has_two(document: Document, paths: Sequence[str]) -> bool:
    return sum(bool(at(document, path)) for path in paths) > 1


def _tell(path: Path) -> None:
    logger.info("Applied value from config key = %s", ".".join(_keys(path)))
