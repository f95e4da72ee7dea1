"""`python -m sagewright.cli`."""

import sys

from sagewright.cli import main

sys.exit(main())
