"""The recipe of each model server."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sagewright.serve.builder.recipes import Recipe
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

# Where each recipe stands: it is loaded when it is first followed.
_RECIPES = {
    ModelServer.TORCHSERVE: "script_builder.TORCHSERVE",
    ModelServer.SMD: "script_builder.SMD",
    ModelServer.TENSORFLOW_SERVING: "saved_model_builder.TENSORFLOW_SERVING",
    ModelServer.TRITON: "triton_builder.TRITON",
    ModelServer.TGI: "hub_builder.TGI",
    ModelServer.TEI: "hub_builder.TEI",
    ModelServer.DJL_SERVING: "hub_builder.DJL_SERVING",
    ModelServer.MMS: "hub_builder.TRANSFORMERS",
}


def recipe_of(builder: ModelBuilder, server: ModelServer) -> Recipe:
    """Return a server's recipe.

    Raises:
        ValueError: It serves models of another kind.
    """
    _check_kind(builder, server)
    room, _, name = _RECIPES[server].partition(".")
    recipe: Recipe = getattr(importlib.import_module(f"{__package__}.{room}"), name)
    return recipe


def _check_kind(builder: ModelBuilder, server: ModelServer) -> None:
    if server == ModelServer.TENSORFLOW_SERVING and not builder._is_mlflow:
        raise ValueError("Tensorflow Serving is currently only supported for mlflow models.")
    named = (ModelServer.TGI, ModelServer.TEI, ModelServer.DJL_SERVING)
    by_name = server in named or (server == ModelServer.MMS and not builder.inference_spec)
    if by_name and not isinstance(builder.model, str):
        raise ValueError(
            f"{server} serves models of the Hugging Face hub by their name, and `model` is none.\n"
            "hint: give `model='owner/name'`; or leave `model_server` out."
        )
