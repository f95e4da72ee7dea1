"""What packing and serving a model takes for one model server, and the modes that a recipe is followed in."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sagewright.model import Model
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.mode.in_process_mode import InProcessMode
from sagewright.serve.mode.local_container_mode import LocalContainerMode
from sagewright.serve.mode.sagemaker_endpoint_mode import SageMakerEndpointMode, script_environment
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder


class Recipe(NamedTuple):
    """How a builder's model is served.

    Attributes:
        server: What answers requests.
        pack: Finds the image, and writes the folder that goes to it.
        make: Makes the model of what has been packed; it is given the model's data.
        settle: Adds what is known only when an endpoint is deployed: to the model, and to the arguments of `deploy`.
        is_plain: The schema's own classes make requests and read answers, whatever types the builder was given.
    """

    server: ModelServer
    pack: Callable[[ModelBuilder], None]
    make: Callable[[ModelBuilder, Any], Model]
    settle: Callable[[ModelBuilder, Model, dict[str, Any]], None] | None = None
    is_plain: bool = False


def follow(builder: ModelBuilder, recipe: Recipe) -> Model:
    """Return a builder's model, packed and brought to where its mode runs it."""
    builder._recipe = recipe
    data = bring(builder)
    return plain_model(builder, data) if builder.mode == Mode.IN_PROCESS else recipe.make(builder, data)


def plain_model(builder: ModelBuilder, data: Any, predictor: Callable[..., Any] | None = None) -> Model:
    """Return the model that an endpoint serves.

    Args:
        predictor: Makes what asks it; None: the builder's own, by its schema.
    """
    return Model(
        builder.image_uri,
        data,
        builder._settings().role_arn,
        predictor or builder._get_predictor,
        env=builder.env_vars,
        name=builder.name,
        vpc_config=builder.vpc_config,
        sagemaker_session=builder.sagemaker_session,
        image_config=builder.image_config,
    )


def bring(builder: ModelBuilder) -> Any:
    """Pack a builder's model, and bring it to where its mode runs it; return its data, for an endpoint."""
    recipe, mode = builder._recipe, builder.mode
    if mode == Mode.IN_PROCESS:
        builder.modes[str(mode)] = InProcessMode(
            builder.model,
            builder.inference_spec,
            builder.schema_builder,  # type: ignore[arg-type]  # asked for when it is deployed
            builder.sagemaker_session,
            builder.model_path,
            {**_task(builder), **builder.env_vars},
        )
        return None
    recipe.pack(builder)
    if mode == Mode.LOCAL_CONTAINER:
        told = script_environment(builder._session().boto_region_name, recipe.server)
        builder.modes[str(mode)] = LocalContainerMode(
            recipe.server,
            builder.inference_spec,
            builder.schema_builder,  # type: ignore[arg-type]
            builder.sagemaker_session,
            builder.model_path,
            {**builder._settings().env_vars, **told, "LOCAL_PYTHON": platform.python_version()},
        )
        return None
    endpoint = builder.modes[str(mode)] = SageMakerEndpointMode(builder.inference_spec, recipe.server)
    data, told = endpoint.prepare(
        str(builder.model_path),
        None,
        builder._settings().s3_model_data_url,
        builder.sagemaker_session,
        builder.image_uri,
        should_upload_artifacts=has_code(builder),
    )
    builder.env_vars = {**builder._settings().env_vars, **told}
    return data


def _task(builder: ModelBuilder) -> dict[str, str]:
    task = (builder.model_metadata or {}).get("HF_TASK")
    return {"HF_TASK": str(task)} if task else {}


def has_code(builder: ModelBuilder) -> bool:
    """Tell whether a builder has packed code that serves its model."""
    return (Path(str(builder.model_path)) / "code" / "inference.py").is_file()
