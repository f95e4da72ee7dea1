"""What a job's container is told about it: the files of `/opt/ml/input/config` (`contract.md` 1.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_config(base: Path, name: str) -> Mapping[str, Any]:
    """Return the document `<name>.json`; empty: there is none."""
    try:
        document = json.loads((base / "input/config" / f"{name}.json").read_text())
    except FileNotFoundError:
        return {}
    return document if isinstance(document, dict) else {}
