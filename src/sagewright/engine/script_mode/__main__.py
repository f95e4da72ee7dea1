"""`docker run IMAGE train` of an image whose framework has script mode."""

from __future__ import annotations

import sys

from sagewright.engine.script_mode.trainer import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
