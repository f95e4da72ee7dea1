"""Models of TensorFlow and Keras that MLflow has saved, which TensorFlow Serving serves."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.model import Model
from sagewright.predictor import Predictor
from sagewright.serve.builder.recipes import Recipe
from sagewright.serve.builder.script_builder import pack_script
from sagewright.serve.utils.types import ModelServer
from sagewright.tensorflow import TensorFlowModel

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder
    from sagewright.session import Session

_SAVED_MODEL, _VERSION = "saved_model.pb", "1"


def _pack(builder: ModelBuilder) -> None:
    pack_script(builder, "tensorflow_inference.py")
    folder = Path(str(builder.model_path))
    target = folder / _VERSION
    if (target / _SAVED_MODEL).exists():
        return
    found = next(folder.rglob(_SAVED_MODEL), None)
    if found is None:
        raise ValueError("SavedModel is not found for Tensorflow or Keras flavor.")
    target.mkdir(exist_ok=True)
    for path in sorted(found.parent.iterdir()):
        shutil.move(str(path), target / path.name)


def _make(builder: ModelBuilder, data: Any) -> Model:
    return TensorFlowModel(
        data,
        builder._settings().role_arn,
        image_uri=builder.image_uri,
        env=builder.env_vars,
        predictor_cls=builder._get_tensorflow_predictor,
        name=builder.name,
        sagemaker_session=builder.sagemaker_session,
        image_config=builder.image_config,
        vpc_config=builder.vpc_config,
    )


def tensorflow_predictor(builder: ModelBuilder, endpoint_name: str, session: Session) -> Predictor:
    """Return what asks TensorFlow Serving."""
    from sagewright.serve.builder.deploying import client_translators
    from sagewright.tensorflow import TensorFlowPredictor

    return TensorFlowPredictor(endpoint_name, session, *client_translators(builder))


TENSORFLOW_SERVING = Recipe(ModelServer.TENSORFLOW_SERVING, _pack, _make)
