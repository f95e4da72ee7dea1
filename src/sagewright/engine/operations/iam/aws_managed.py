"""The policies that AWS manages, as AWS publishes them.

Those that people attach to notebooks, jobs and functions are kept beside this file, with their origin and version. The
others are taken from the data of moto, where the extra `hybrid` is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ManagedPolicy:
    """One policy of AWS's; times in unix seconds."""

    name: str
    path: str
    version: str
    created_at: float
    updated_at: float
    document: Mapping[str, Any]

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::aws:policy{self.path}{self.name}"

    @cached_property
    def text(self) -> str:
        """The document as text."""
        return json.dumps(self.document, indent=4)


@lru_cache(maxsize=4096)
def aws_managed(name: str) -> ManagedPolicy | None:
    """Return the policy of a name, if AWS has one that is known here."""
    item = _kept().get(name)
    if item is None:
        item = _from_moto().get(name)
    return _policy(name, item) if item is not None else None


def all_aws_managed() -> Sequence[ManagedPolicy]:
    """Return all that are known here, in order of name."""
    found = (aws_managed(name) for name in sorted({*_kept(), *_from_moto()}))
    return [policy for policy in found if policy is not None]


@cache
def _kept() -> Mapping[str, Mapping[str, Any]]:
    text = Path(__file__).with_name("aws_managed.json").read_text(encoding="utf-8")
    policies: Mapping[str, Mapping[str, Any]] = json.loads(text)["policies"]
    return policies


@cache
def _from_moto() -> Mapping[str, Mapping[str, Any]]:
    """Read moto's file of policies as data: to import it would bring all of moto."""
    spec = find_spec("moto")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "iam" / "aws_managed_policies.py" if folders else None
    if path is None or not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8").split('"""')
    policies: Mapping[str, Mapping[str, Any]] = json.loads(text[1]) if len(text) == 3 else {}
    return policies


def _policy(name: str, item: Mapping[str, Any]) -> ManagedPolicy:
    created = _timestamp(item["CreateDate"])
    updated = _timestamp(item["UpdateDate"]) if "UpdateDate" in item else created
    return ManagedPolicy(name, item["Path"], item["DefaultVersionId"], created, updated, item["Document"])


def _timestamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
