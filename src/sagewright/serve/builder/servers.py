"""The recipe of each model server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.serve.builder.recipes import Recipe
from sagewright.serve.builder.script_builder import TORCHSERVE
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

# Servers that are not built, with the reason.
UNBUILT = {
    ModelServer.TRITON: "its images answer in a protocol of their own",
    ModelServer.SMD: "it serves orchestrators in images of SageMaker Distribution",
    ModelServer.MMS: "it serves models of the Hugging Face hub",
    ModelServer.DJL_SERVING: "it serves models of the Hugging Face hub",
    ModelServer.TGI: "it serves models of the Hugging Face hub",
    ModelServer.TEI: "it serves models of the Hugging Face hub",
    ModelServer.TENSORFLOW_SERVING: "it serves models that MLflow has saved",
}


def recipe_of(builder: ModelBuilder, server: ModelServer) -> Recipe:
    """Return a server's recipe.

    Raises:
        NotImplementedError: It is not built.
    """
    if server in UNBUILT:
        raise NotImplementedError(
            f"`model_server={server}` is not built into Sagewright yet: {UNBUILT[server]}.\n"
            "hint: leave `model_server` out, and write an InferenceSpec that loads the model."
        )
    return TORCHSERVE
