"""Amazon's algorithms and Spark ML."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

_OWN_DEFAULTS = Differs("the default serializers are None, so that predictors don't share one")

GAPS: dict[str, Gap] = {
    "amazon.*Predictor.__init__": _OWN_DEFAULTS,
    "algorithm.AlgorithmEstimator.create_model": _OWN_DEFAULTS,
}
