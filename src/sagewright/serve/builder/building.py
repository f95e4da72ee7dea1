"""What `ModelBuilder.build` does with one model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.serve.builder import deploying
from sagewright.serve.builder.arguments import check_together, checked
from sagewright.serve.builder.recipes import Recipe, follow
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

_TOKENS = ("HUGGING_FACE_HUB_TOKEN", "HF_TOKEN")  # of which some servers know the one and some the other


def build_single(builder: ModelBuilder) -> Any:
    """Return a builder's model, packed and ready to be deployed.

    Raises:
        ValueError: Arguments contradict each other, or no image fits.
        NotImplementedError: The model is one of JumpStart's, or needs what is not built.
    """
    checked(builder)
    builder.modes = {}
    take_trained(builder)
    share_token(builder.env_vars)
    builder._is_mlflow = _takes_mlflow(builder)
    check_together(builder, is_mlflow=builder._is_mlflow)
    recipe = recipe_for(builder)
    builder.model_server = recipe.server
    model = follow(builder, recipe)
    builder.built_model = deploying.as_built(builder, model)
    return builder.built_model


def recipe_for(builder: ModelBuilder) -> Recipe:
    """Return the recipe of a builder's server; without a server that of TorchServe, or what a named model asks for."""
    if isinstance(builder.model, str):
        from sagewright.serve.builder.named_models import recipe_of_named

        return recipe_of_named(builder)
    from sagewright.serve.builder.servers import recipe_of

    return recipe_of(builder, builder.model_server or ModelServer.TORCHSERVE)


def take_trained(builder: ModelBuilder) -> None:
    """Put what a job has trained in the place of the estimator, or of the job, that is the builder's model."""
    model = builder.model
    if model is None or isinstance(model, str):
        return
    job = getattr(model, "_latest_training_job", model)  # of a trainer of the SDK's third version
    data = getattr(getattr(job, "model_artifacts", None), "s3_model_artifacts", None)
    if data is None and _is_estimator(model):
        data = model.model_data
    if isinstance(data, str):
        builder.model_path, builder.model = data, None


def share_token(env_vars: dict[str, str]) -> None:
    """Let a token of the Hugging Face hub stand under both of its names."""
    found = next((env_vars[name] for name in _TOKENS if env_vars.get(name)), None)
    if found:
        env_vars.update({name: env_vars.get(name) or found for name in _TOKENS})


def _is_estimator(model: Any) -> bool:
    from sagewright.estimator import EstimatorBase

    return isinstance(model, EstimatorBase)


def _takes_mlflow(builder: ModelBuilder) -> bool:
    """Take a model that MLflow has saved, where the builder names one; tell whether it does."""
    named = (builder.model_metadata or {}).get("MLFLOW_MODEL_PATH")
    if not named or builder.model or builder.inference_spec:
        return False
    from sagewright.serve.model_format.mlflow.taking import take

    return take(builder, str(named))
