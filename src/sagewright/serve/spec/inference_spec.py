"""How a model is loaded and asked, in a user's own words (v2's own path)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sagewright.arguments import shows


@shows
class InferenceSpec(ABC):
    """The base of classes that load a model and ask it, where its framework alone cannot.

    Example:
        >>> from sagewright.serve import InferenceSpec
        >>> class Doubling(InferenceSpec):
        ...     def load(self, model_dir):
        ...         return 2
        ...
        ...     def invoke(self, input_object, model):
        ...         return [model * value for value in input_object]
        >>> Doubling().invoke([1, 2], Doubling().load("."))
        [2, 4]
    """

    @abstractmethod
    def load(self, model_dir: str) -> Any:
        """Return the model whose files lie in a folder."""

    @abstractmethod
    def invoke(self, input_object: object, model: object) -> Any:
        """Return the model's answer."""

    def preprocess(self, input_data: object) -> Any:
        """Return what `invoke` gets of what a request holds."""
        return input_data

    def postprocess(self, predictions: object) -> Any:
        """Return what an answer holds of what `invoke` has returned."""
        return predictions

    def prepare(self, *args: Any, **kwargs: Any) -> None:  # noqa: B027 - to be overridden, or not
        """Put files into the model's folder, which is the argument, before it is packed."""

    def get_model(self) -> str | None:
        """Return the model's name on the Hugging Face hub, where it is one of there."""
        return None
