"""`python -m sagewright.engine.algorithms.xgboost train|serve`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sagewright.engine.algorithms.xgboost.container import main

sys.exit(main(sys.argv[1:], Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))))
