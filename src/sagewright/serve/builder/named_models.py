"""Models that are only named: those of the Hugging Face hub, and JumpStart's, which are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.jumpstart.absent import refuse

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder
    from sagewright.serve.builder.recipes import Recipe


def recipe_of_named(builder: ModelBuilder) -> Recipe:
    """Return the recipe of a model that is named.

    Raises:
        NotImplementedError: It is one of JumpStart's.
    """
    refuse("ModelBuilder", builder.model)
