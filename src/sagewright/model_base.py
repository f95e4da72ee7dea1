"""What all that can be deployed has in common (v2 has it in `model`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class ModelBase(ABC):
    """Something that can be deployed."""

    @abstractmethod
    def deploy(self, *args: Any, **kwargs: Any) -> Any:
        """Serve it; return a predictor."""

    @abstractmethod
    def delete_model(self, *args: Any, **kwargs: Any) -> None:
        """Delete it."""
