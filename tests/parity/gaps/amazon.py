"""Amazon's algorithms, Spark ML, and the types of JumpStart's models."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

_OWN_DEFAULTS = Differs("the default serializers are None, so that predictors don't share one")
_NO_JUMPSTART = Differs("defaults that stand for JumpStart's session and model type are None")

GAPS: dict[str, Gap] = {
    "amazon.*Predictor.__init__": _OWN_DEFAULTS,
    "algorithm.AlgorithmEstimator.create_model": _OWN_DEFAULTS,
    "accept_types.*": _NO_JUMPSTART,
    "content_types.*": _NO_JUMPSTART,
}
