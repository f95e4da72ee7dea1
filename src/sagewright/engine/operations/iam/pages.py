"""Lists of IAM: in order, by `Marker` and `MaxItems`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sagewright.engine.parts import Params, Result
from sagewright.vocabulary.errors import ApiError

T = TypeVar("T")

_DEFAULT_ITEMS = 100


def page_of(params: Params, items: Sequence[T], key: Callable[[T], str]) -> tuple[Sequence[T], Result]:
    """Return a page of items, in order of a key that is theirs alone, and the members that say whether more follow."""
    after = _read(params["Marker"]) if params.get("Marker") else ""
    rest = sorted((item for item in items if key(item) > after), key=key)
    count = params.get("MaxItems") or _DEFAULT_ITEMS
    page = rest[:count]
    if len(rest) <= count:
        return page, {"IsTruncated": False}
    return page, {"IsTruncated": True, "Marker": base64.urlsafe_b64encode(key(page[-1]).encode()).decode()}


def below(params: Params, paths: Sequence[tuple[str, T]]) -> list[T]:
    """Return the items whose paths begin with `PathPrefix`."""
    prefix = params.get("PathPrefix") or "/"
    return [item for path, item in paths if path.startswith(prefix)]


def name_of(item: Any) -> str:
    """Return the name of a record: the key of most lists."""
    return str(item.name)


def _read(marker: str) -> str:
    try:
        return base64.b64decode(marker.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise ApiError("ValidationError", "Invalid Marker.") from None
