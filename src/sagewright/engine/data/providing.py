"""Everything that a host does so that its program finds its channels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sagewright.engine.abc import ObjectStore
from sagewright.engine.data.augmented import pin_lines
from sagewright.engine.data.laying import lay_files
from sagewright.engine.data.pins import pin
from sagewright.engine.data.pipes import Feeder
from sagewright.engine.data.views import View
from sagewright.engine.planning.document import Fetch

OVERLAY, READ_ONLY = "overlay", "read-only"  # kinds of view


@dataclass(frozen=True)
class Provided:
    """What a host's program finds below its `/opt/ml`, beside plain files.

    Attributes:
        views: Folders to show to it.
        feeders: Of its pipes; they are not running yet.
    """

    views: Sequence[View] = field(default_factory=list)
    feeders: Sequence[Feeder] = field(default_factory=list)


def provide(
    objects: ObjectStore, fetches: Sequence[Fetch], ml: Path, store: Path, possible: Collection[str] = ()
) -> Provided:
    """Get a host's channels ready.

    Args:
        ml: What the program will see as `/opt/ml`.
        store: Folder for what it shall not see; on the same file system.
        possible: The kinds of view that the program can be given; with none, files are copied.

    Raises:
        LayoutError: Something is missing, or cannot be made.
    """
    views, feeders = [], []
    for fetch in fetches:
        target = ml / fetch.path
        if fetch.mode == "Pipe":
            feeders.append(_feeder(objects, fetch, target, store / fetch.channel))
            continue
        target.mkdir(parents=True, exist_ok=True)
        view = _view(fetch, target, store / fetch.channel, possible)
        lay_files(objects, fetch, view.tree if view else target, shared=view is not None)
        views += [view] if view else []
    return Provided(views, feeders)


def _feeder(objects: ObjectStore, fetch: Fetch, path: Path, store: Path) -> Feeder:
    path.parent.mkdir(parents=True, exist_ok=True)
    pins = pin_lines if fetch.data_type == "AugmentedManifestFile" else pin
    return Feeder(fetch, pins(objects, fetch, store), path)


def _view(fetch: Fetch, target: Path, store: Path, possible: Collection[str]) -> View | None:
    """Return how to show a channel without copying it; None: it cannot be."""
    if not possible or (fetch.mode == "FastFile" and READ_ONLY not in possible):
        return None
    tree, scratch = store / "tree", store / "scratch"
    tree.mkdir(parents=True, exist_ok=True)
    if fetch.mode == "FastFile" or OVERLAY not in possible:
        return View(tree, target, None)
    for name in ("upper", "work"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    return View(tree, target, scratch)
