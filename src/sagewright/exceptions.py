"""Exceptions.

ValueError
└── UnexpectedStatusException      a job or endpoint has not ended as it should
    ├── CapacityError              for want of instances
    └── LocalJobFailed             of local mode (a RuntimeError too)
Exception
├── AsyncInferenceError            an asynchronous endpoint's answer cannot be had
│   ├── ObjectNotExistedError      it is not there yet
│   ├── PollingTimeoutError        it did not come in time
│   ├── AsyncInferenceModelError   the model answered with an error
│   └── UnexpectedClientError      S3 does not say
├── AutoMLStepInvalidModeError     a pipeline's step would search in another mode than it can
├── ModelStreamError               a streamed answer broke off with an error of the model
└── InternalStreamFailure          a streamed answer broke off
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class UnexpectedStatusException(ValueError):
    """A job or endpoint has another status than it should.

    Args:
        message: What happened, and why.
        allowed_statuses: The statuses that would have been good.
        actual_status: The status there is.
    """

    def __init__(self, message: str, allowed_statuses: Sequence[str], actual_status: str) -> None:
        self.allowed_statuses = allowed_statuses
        self.actual_status = actual_status
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.allowed_statuses, self.actual_status)


class CapacityError(UnexpectedStatusException):
    """There were no instances of the kind asked for."""


class LocalJobFailed(UnexpectedStatusException, RuntimeError):
    """A job of local mode has failed: v2 raises a `RuntimeError` there."""


class ModelStreamError(Exception):
    """A model's streamed answer ended in an error of the model; `code` names it."""

    def __init__(self, message: str = "An error occurred", code: str | None = None) -> None:
        self.message, self.code = message, code
        super().__init__(f"{message} (Code: {code})" if code else message)


class InternalStreamFailure(Exception):
    """A model's streamed answer broke off."""

    def __init__(self, message: str = "An error occurred") -> None:
        self.message = message
        super().__init__(message)


class AsyncInferenceError(Exception):
    """An asynchronous endpoint's answer cannot be had; `kwargs` holds what the message is made of."""

    fmt = "An unspecified error occurred"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(self.fmt.format(**kwargs))
        self.kwargs = kwargs

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_of, (type(self), self.kwargs)


def _made_of(kind: type[Exception], arguments: dict[str, Any]) -> Exception:
    return kind(**arguments)


class ObjectNotExistedError(AsyncInferenceError):
    """There is no answer yet."""

    fmt = "Object not exist at {output_path}. {message}"

    def __init__(self, message: str, output_path: str) -> None:
        super().__init__(message=message, output_path=output_path)


class PollingTimeoutError(AsyncInferenceError):
    """No answer came in time."""

    fmt = "No result at {output_path} after polling for {seconds} seconds. {message}"

    def __init__(self, message: str, output_path: str, seconds: float) -> None:
        super().__init__(message=message, output_path=output_path, seconds=seconds)


class AsyncInferenceModelError(AsyncInferenceError):
    """The model answered with an error; `kwargs["message"]` is what it said."""

    fmt = "Model returned error: {message} "

    def __init__(self, message: Any) -> None:
        super().__init__(message=message)


class UnexpectedClientError(AsyncInferenceError):
    """S3 does not say whether there is an answer."""

    fmt = "Encountered unexpected client error: {message}"

    def __init__(self, message: str) -> None:
        super().__init__(message=message)


class AutoMLStepInvalidModeError(Exception):
    """A pipeline's step would search for a model in another mode than it can."""

    fmt = "Mode in AutoMLJobConfig must be defined for AutoMLStep. AutoMLStep currently only supports ENSEMBLING mode"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(f"{self.fmt}\nhint: `AutoML(..., mode='ENSEMBLING')`.")
        self.kwargs = kwargs

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_of, (type(self), self.kwargs)
