"""Holding on to what a pipe will bring: every epoch brings the objects as they were when the job started.

<folder>/
├── <n // 1000>/<n>    object number n: a link to the store's bytes where there can be one
└── keys               their keys, a line of JSON each
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

from sagewright.engine.abc import ObjectStore
from sagewright.engine.data.laying import lay_page
from sagewright.engine.data.listing import PAGE, items, own_items
from sagewright.engine.planning.document import Fetch


@dataclass(frozen=True)
class Pins:
    """Pinned objects, numbered from 0; one that went while the channel was being pinned is missing.

    Attributes:
        shares: How many hosts share them, epoch by epoch; 1 where the host has pinned its own only.
    """

    folder: Path
    count: int
    share: int
    shares: int

    def path(self, number: int) -> Path:
        return place(self.folder, number)

    def key(self, number: int) -> str:
        """Return an object's key, for messages."""
        with open(self.folder / "keys") as lines:
            return str(json.loads(next(itertools.islice(lines, number, None))))


def place(folder: Path, number: int) -> Path:
    return folder / str(number // PAGE) / str(number)


def pin(objects: ObjectStore, fetch: Fetch, folder: Path) -> Pins:
    """Pin the objects of a channel: this host's, or all where a shuffle deals them out anew in each epoch.

    Raises:
        LayoutError: As for `laying.lay_files`.
    """
    is_dealt_anew = fetch.seed is not None and fetch.shares > 1
    found = items(objects, fetch) if is_dealt_anew else own_items(objects, fetch)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with open(folder / "keys", "w") as keys:
        while page := list(itertools.islice(found, PAGE)):
            place(folder, count).parent.mkdir()
            placed = [(item, place(folder, count + offset)) for offset, item in enumerate(page)]
            lay_page(objects, fetch, placed, shared=True)
            keys.writelines(f"{json.dumps(item.key)}\n" for item in page)
            count += len(page)
    share, shares = (fetch.share, fetch.shares) if is_dealt_anew else (0, 1)
    return Pins(folder, count, share, shares)
