"""`python -m sagewright.engine.steward HOME`: the background process of a home."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # Before anything slow is imported: whoever started us waits for this process, and the child is nobody's.
    if os.fork() != 0:
        os._exit(0)

    from pathlib import Path

    from sagewright.engine.steward.process import main

    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
