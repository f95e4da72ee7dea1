"""Models that a packed script serves: with TorchServe, which stands for all servers of scripts, and SMD."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.serve.builder.recipes import Recipe, plain_model
from sagewright.serve.detection import framework_of_model, image_for
from sagewright.serve.packed.serving_runtime import BOOSTER
from sagewright.serve.packing.fetching import fetched
from sagewright.serve.packing.folder import add_libraries, model_folder, prepare
from sagewright.serve.packing.pickles import add_readers, save_digest, save_pickle
from sagewright.serve.packing.requirements import write_requirements
from sagewright.serve.spec.inference_base import is_orchestrator
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

logger = logging.getLogger("sagemaker.serve")


def pack_script(builder: ModelBuilder, script: str = "inference.py") -> None:
    """Write a builder's model and the code that serves it into the model's folder, and find its image."""
    builder.model_path = fetched(builder._session(), str(builder.model_path))
    prepare(builder.model_path, builder.inference_spec)
    folder = model_folder(builder.model_path)
    code = folder / "code"
    held, modules = _held(builder, code)
    save_pickle(code, held)
    builder.image_uri = builder.image_uri or _image(builder)
    add_readers(code, script)
    add_libraries(folder, builder.shared_libs)
    write_requirements(code, builder.dependencies, modules)
    save_digest(code)


def pack_orchestrator(builder: ModelBuilder) -> None:
    """Write an orchestrator and the code that lets it answer; its image is found by what it is built for."""
    pack_script(builder, "orchestrator_inference.py" if is_orchestrator(builder.inference_spec) else "inference.py")


SMD = Recipe(ModelServer.SMD, pack_orchestrator, plain_model)
TORCHSERVE = Recipe(ModelServer.TORCHSERVE, pack_script, plain_model)


def _held(builder: ModelBuilder, code: Path) -> tuple[Any, list[str]]:
    """Return what is pickled, and modules that it needs without saying so."""
    if builder.inference_spec:
        return (builder.inference_spec, builder.schema_builder), []
    if builder._is_mlflow:
        return builder.schema_builder, ["mlflow"]
    model = builder.model
    framework, _ = framework_of_model(model)
    builder.env_vars["MODEL_CLASS_NAME"] = f"{type(model).__module__}.{type(model).__name__}"
    if framework != "xgboost":
        return (model, builder.schema_builder), []
    code.mkdir(parents=True, exist_ok=True)
    model.save_model(str(code / BOOSTER))  # a form that any version of the library reads, which pickles are not
    return ("xgboost", builder.schema_builder), ["xgboost"]


def _image(builder: ModelBuilder) -> str:
    model = builder.model
    if builder.inference_spec:
        logger.warning(
            "model_path provided with no image_uri. Attempting to autodetect the image by loading the model."
        )
        model = builder.inference_spec.load(str(builder.model_path))
    return image_for(model, builder._session(), builder.instance_type)
