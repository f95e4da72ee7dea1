"""Amazon's images: which there are, in which registries, and what a URI stands for (`contract.md` 9.10, appendix A).

`tables.json` holds the facts, its origin and its version; nothing is read before someone asks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from sagewright.vocabulary.image_tables.identity import ImageIdentity as ImageIdentity
from sagewright.vocabulary.image_tables.identity import identify

Table = dict[str, Any]

_SUFFIXES = (
    ("cn-", "amazonaws.com.cn"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("us-iso-", "c2s.ic.gov"),
)


def frameworks() -> Sequence[str]:
    """Return the names of the frameworks and algorithms that have images, sorted."""
    return tuple(sorted(_document()["frameworks"]))


def table_of(framework: str) -> Table:
    """Return a copy of a framework's table, in the form of v2's `image_uri_config`.

    Raises:
        KeyError: There is no such framework.
    """
    document = _document()
    table: Table = _expanded(document["frameworks"][framework], document["registries"])
    return table


def registry_host(account: str, region: str) -> str:
    """Return the host of a region's registry."""
    suffix = next((suffix for prefix, suffix in _SUFFIXES if region.startswith(prefix)), "amazonaws.com")
    return f"{account}.dkr.ecr.{region}.{suffix}"


def framework_of(uri: str) -> ImageIdentity | None:
    """Return what one of Amazon's images stands for; None: its repository is not in the tables.

    The registry does not matter, so that an image mirrored under its own name is known too. A version newer than the
    tables is taken from the tag.
    """
    return identify(uri, _document()["frameworks"])


@cache
def _document() -> Table:
    text = resources.files(__name__).joinpath("tables.json").read_text("utf-8")
    document: Table = json.loads(text)
    return document


def _expanded(value: Any, registries: Sequence[dict[str, str]]) -> Any:
    if isinstance(value, list):
        return list(value)
    if not isinstance(value, dict):
        return value
    return {
        key: dict(registries[item]) if key == "registries" else _expanded(item, registries)
        for key, item in value.items()
    }
