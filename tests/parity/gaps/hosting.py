"""Models, predictors and what deploys them."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap, Refused

_OWN_DEFAULTS = Differs("the default serializers are None, so that predictors don't share one")
_AS_MODEL = Differs("takes what `Model.deploy` takes")

GAPS: dict[str, Gap] = {
    "batch_inference.batch_transform_inference_config.BatchTransformInferenceConfig.model_config": Refused(
        "pydantic's; the class checks its values itself"
    ),
    "base_predictor.Predictor.__init__": _OWN_DEFAULTS,
    "*.model.*Predictor.__init__": _OWN_DEFAULTS,
    "tensorflow.model.TensorFlowModel.deploy": _AS_MODEL,
    "huggingface.model.HuggingFaceModel.deploy": _AS_MODEL,
}
