"""Make `vocabulary/image_tables/tables.json` from the image tables of the SageMaker Python SDK.

    python tools/image_tables.py DIRECTORY VERSION

`DIRECTORY` is the SDK's `sagemaker/image_uri_config`, `VERSION` its version. The facts stay as they are, in their
order; what repeats itself, above all the accounts by region, is written once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src/sagewright/vocabulary/image_tables/tables.json"
ORIGIN = "image_uri_config of the SageMaker Python SDK (Apache-2.0), converted by tools/image_tables.py"
NOT_IMAGES = {"instance_gpu_info"}


def main(directory: Path, version: str) -> None:
    accounts: dict[str, int] = {}
    frameworks = {
        path.stem: with_references(json.loads(path.read_text()), accounts)
        for path in sorted(directory.glob("*.json"))
        if path.stem not in NOT_IMAGES
    }
    document = {
        "origin": ORIGIN,
        "version": version,
        "registries": [json.loads(text) for text in accounts],
        "frameworks": frameworks,
    }
    TARGET.write_text("".join(lines(document)) + "\n")


def with_references(table: Any, accounts: dict[str, int]) -> Any:
    """Return the table with the number of each map of accounts in its place."""
    if isinstance(table, list):
        return [with_references(item, accounts) for item in table]
    if not isinstance(table, dict):
        return table
    return {
        key: accounts.setdefault(json.dumps(value), len(accounts))
        if key == "registries"
        else with_references(value, accounts)
        for key, value in table.items()
    }


def lines(value: Any, of: str = "") -> Iterator[str]:
    """Yield the document as text: a version to a line, a map of accounts to a line; `of` is the key that holds it."""
    inner = value.values() if isinstance(value, dict) else value if of == "registries" else ()
    if not any(isinstance(item, dict) for item in inner):
        yield json.dumps(value, separators=(",", ":"))
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    keys = [json.dumps(key) + ":" for key in value] if isinstance(value, dict) else [""] * len(value)
    yield opening
    for number, (key, item) in enumerate(zip(keys, inner, strict=True)):
        yield (",\n" if number else "\n") + key
        yield from [json.dumps(item, separators=(",", ":"))] if of == "versions" else lines(item, key.strip('":'))
    yield "\n" + closing


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
