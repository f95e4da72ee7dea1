"""`python -m sagewright.engine.algorithms.linear_learner train|serve`."""

from __future__ import annotations

import sys

from sagewright.engine.algorithms.container import main
from sagewright.engine.algorithms.linear_learner.algorithm import LinearLearner

sys.exit(main(LinearLearner(), sys.argv[1:]))
