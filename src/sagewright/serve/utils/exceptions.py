"""The errors of `ModelBuilder` (v2's own path).

ModelBuilderException
    LocalDeepPingException          a model on this machine does not answer its sample
    InProcessDeepPingException      a model in this process does not
    LocalModelOutOfMemoryException, LocalModelLoadException, LocalModelInvocationException
    SkipTuningComboException
    TaskNotFoundException           no sample is known for a task of the Hugging Face hub
"""

from __future__ import annotations

from typing import Any


class ModelBuilderException(Exception):
    """The base of them all."""

    fmt = "An unspecified error occurred"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(self.fmt.format(**kwargs))
        self.kwargs = kwargs

    def __reduce__(self) -> Any:
        return _remade, (type(self), self.kwargs)


class _Told(ModelBuilderException):
    fmt = "Error Message: {message}"

    def __init__(self, message: str) -> None:
        super().__init__(message=message)


class LocalDeepPingException(_Told):
    """A model that is served on this machine does not answer its sample."""

    model_builder_error_code = 1


class InProcessDeepPingException(_Told):
    """A model that is loaded into this process does not answer its sample."""

    model_builder_error_code = 1


class LocalModelOutOfMemoryException(_Told):
    """A model does not fit into the memory of this machine."""

    model_builder_error_code = 2


class LocalModelLoadException(_Told):
    """A model cannot be loaded on this machine."""

    model_builder_error_code = 3


class LocalModelInvocationException(_Told):
    """A model on this machine answers a request with an error."""

    model_builder_error_code = 4


class SkipTuningComboException(_Told):
    """Settings that should work do not."""


class TaskNotFoundException(_Told):
    """No sample of a task's input and output is known."""


def _remade(owner: Any, arguments: Any) -> Any:
    return owner(**arguments)
