"""Where a home's server listens, for other processes of this machine: `server.json` in the home."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

FILE = "server.json"


@contextlib.contextmanager
def published(home: Path, url: str) -> Iterator[None]:
    """Let the file say where the server is for as long as the block lasts."""
    path = home / FILE
    written = path.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump({"url": url, "pid": os.getpid()}, stream)
    os.replace(written, path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError, KeyError):
            if json.loads(path.read_text())["pid"] == os.getpid():  # another server may have taken our place
                path.unlink()


def address_of(home: Path) -> str | None:
    """Return where the home's server listens; None where there is none, or it was killed."""
    try:
        document = json.loads((home / FILE).read_text())
        os.kill(document["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return str(document["url"])
