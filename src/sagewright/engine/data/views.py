"""How a program sees files that it must not change."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class View(NamedTuple):
    """A tree of links to stored objects, shown to the program as a folder of its own.

    Attributes:
        tree: The links; nobody may write to them.
        target: Where the program finds it: a folder that is there.
        scratch: Folder for what the program changes, which hides what lies in the tree: holds `upper` and `work`,
            empty. None: it may change nothing.
    """

    tree: Path
    target: Path
    scratch: Path | None
