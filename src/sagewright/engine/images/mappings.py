"""Images that the user has mapped to commands of his own: bring-your-own-container code without a container.

Mappings are records of the home (kind `image-mapping`), so that every process on it sees the same ones. A job or model
keeps what its image meant when it was made.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sagewright.engine.abc import Query, Record, StateStore, VersionConflict

KIND = "image-mapping"
SCOPE = "home"
DEFAULT_PLACE = "/opt/program"  # where the Dockerfiles of AWS's examples put the program


@dataclass(frozen=True)
class ImageMapping:
    """What stands in for an image.

    Attributes:
        pattern: An image's URI; without a tag it means every tag; with `*` every image that the engine does not know
            and that matches.
        train_command, serve_command: What `docker run IMAGE train` and `... serve` would start; empty: nothing.
            `{python}` stands for the job's interpreter, `{port}` for the port to serve on.
        folder: The program's folder on this machine, absolute; empty: it has none.
        place: Where the program sees that folder, as the Dockerfile's WORKDIR: `/opt/NAME`.
        environment: What the Dockerfile's ENV would set.
        port: The port that the server binds whatever it is told: it gets a network of its own. None: it binds
            `SAGEMAKER_BIND_TO_PORT`.
    """

    pattern: str
    train_command: Sequence[str] = ()
    serve_command: Sequence[str] = ()
    folder: str = ""
    place: str = DEFAULT_PLACE
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None

    def means(self) -> dict[str, Any]:
        """Return what an `Image` takes from it, as JSON."""
        values = asdict(self)
        del values["pattern"]
        return values


def check(mapping: ImageMapping) -> None:
    """Check a mapping.

    Raises:
        ValueError: It cannot work; the text says why.
    """
    if not mapping.pattern or any(letter.isspace() for letter in mapping.pattern):
        raise ValueError(f"`{mapping.pattern}` is not an image URI")
    if not mapping.train_command and not mapping.serve_command:
        raise ValueError("give a command that trains, or one that serves")
    if mapping.folder and not os.path.isdir(mapping.folder):
        raise ValueError(f"there is no folder `{mapping.folder}`")
    parent, name = os.path.split(mapping.place)
    if parent != "/opt" or name in ("", ".", "..", "ml"):
        raise ValueError(
            f"`{mapping.place}` is not a place for the program\nhint: name a folder /opt/NAME, not /opt/ml"
        )
    if mapping.port is not None and not 0 < mapping.port < 1 << 16:
        raise ValueError(f"`{mapping.port}` is not a port")


def put(state: StateStore, mapping: ImageMapping) -> None:
    """Keep a mapping, in place of one with the same pattern.

    Raises:
        ValueError: It cannot work.
    """
    check(mapping)
    while True:
        known = state.get(KIND, SCOPE, mapping.pattern)
        record = Record(KIND, SCOPE, mapping.pattern, asdict(mapping))
        try:
            state.put(record, expected_version=known.version if known else 0)
        except VersionConflict:
            continue
        return


def remove(state: StateStore, pattern: str) -> bool:
    """Forget the mapping of a pattern; False: there is none."""
    known = state.get(KIND, SCOPE, pattern)
    state.delete(KIND, SCOPE, pattern)
    return known is not None


def all_of(state: StateStore) -> list[ImageMapping]:
    """Return the mappings in order of their patterns."""
    page = state.list(Query(KIND, SCOPE, sort_by="name", limit=1000))
    return [ImageMapping(**record.body) for record in page.records]


def named(state: StateStore, uri: str) -> ImageMapping | None:
    """Return the mapping that names an image outright, with its tag or without."""
    for pattern in (uri, without_tag(uri)):
        record = state.get(KIND, SCOPE, pattern)
        if record is not None:
            return ImageMapping(**record.body)
    return None


def matching(state: StateStore, uri: str) -> ImageMapping | None:
    """Return the longest pattern with `*` that matches an image."""
    found = [
        mapping
        for mapping in all_of(state)
        if "*" in mapping.pattern
        and any(fnmatch.fnmatchcase(text, mapping.pattern) for text in (uri, without_tag(uri)))
    ]
    return max(found, key=lambda mapping: len(mapping.pattern), default=None)


def without_tag(uri: str) -> str:
    """`registry:5000/name:tag` or `...@sha256:...` -> `registry:5000/name`."""
    head, slash, name = uri.rpartition("/")
    return head + slash + name.partition("@")[0].partition(":")[0]
