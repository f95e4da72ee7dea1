"""`python -m sagewright.engine.steward HOME`: the background process of a home; with `attached`, a server's child."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    attached = sys.argv[2:] == ["attached"]
    # Before anything slow is imported: whoever started us waits for this process, and the child is nobody's.
    if not attached and os.fork() != 0:
        os._exit(0)

    from pathlib import Path

    from sagewright.engine.steward import process

    if attached:
        process.attached(Path(sys.argv[1]))
    else:
        process.main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
