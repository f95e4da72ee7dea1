"""Frameworks, and what only Amazon's catalogue knows."""

from __future__ import annotations

from sagewright.jumpstart.absent import REASON
from tests.parity.gaps import Differs, Gap, Refused

GAPS: dict[str, Gap] = {
    "djl_inference.djl_predictor.DJLPredictor.__init__": Differs(
        "the default serializers are None, so that predictors don't share one"
    ),
    "jumpstart.*": Refused(REASON),
    "jumpstart.model.JumpStartModel.register": Refused(REASON),  # which what is said of all models would hide
}
