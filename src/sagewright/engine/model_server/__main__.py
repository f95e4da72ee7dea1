"""`docker run IMAGE serve` of an image of a framework."""

from __future__ import annotations

import sys

from sagewright.engine.model_server.front import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
