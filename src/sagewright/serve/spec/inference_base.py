"""Code that answers requests by asking models, in an endpoint of its own (v2's own path)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class CustomOrchestrator(ABC):
    """The base of classes that answer a request with the help of other endpoints or components."""

    def __init__(self) -> None:
        self._client: Any = None

    @property
    def client(self) -> Any:
        """A client of SageMaker's runtime, made when it is first asked for."""
        if not getattr(self, "_client", None):
            import boto3

            self._client = boto3.Session().client("sagemaker-runtime")
        return self._client

    @abstractmethod
    def handle(self, data: Any, context: Any = None) -> Any:
        """Return the answer to a request's body."""


class AsyncCustomOrchestrator(ABC):
    """The same with a coroutine."""

    @abstractmethod
    async def handle(self, data: Any, context: Any = None) -> Any:
        """Return the answer to a request's body."""


def is_orchestrator(spec: Any) -> bool:
    """Tell whether an object answers requests by asking models."""
    return isinstance(spec, (CustomOrchestrator, AsyncCustomOrchestrator))
