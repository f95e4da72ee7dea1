"""Amazon's algorithms."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

GAPS: dict[str, Gap] = {
    "amazon.*Predictor.__init__": Differs("the default serializers are None, so that predictors don't share one"),
}
