"""What registers models and compiles them."""

from __future__ import annotations

from tests.parity.gaps import Gap, NotYet, Refused

GAPS: dict[str, Gap] = {
    "*.register": NotYet("answers with an error that says so"),
    "estimator.EstimatorBase.compile_model": Refused("compilation is done by SageMaker Neo, for Amazon's machines"),
}
