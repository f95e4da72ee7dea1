"""What goes wrong on the way from a request to its answer, each with its HTTP status.

InferenceError                  by the toolkit's name BaseInferenceToolkitError: what a script raises it chooses
├── UnsupportedFormat           415 for a request's form, 406 for an answer's
├── Undecodable                 400: the body is not what its content type says
└── WrongType                   500: a function has returned what cannot be sent
"""

from __future__ import annotations

from typing import Any


class InferenceError(Exception):
    """An error with an HTTP status."""

    def __init__(self, status_code: int, message: str, phrase: str = "") -> None:
        super().__init__(message)
        self.status_code, self.message, self.phrase = status_code, message, phrase or message


class UnsupportedFormat(InferenceError):
    """No function reads, or writes, this content type.

    Args:
        content_type: As the request has it.
        status_code: 406 where the answer's form is meant.
    """

    def __init__(self, content_type: Any, status_code: int = 415) -> None:
        super().__init__(
            status_code,
            f"Content type {content_type} is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to serialize the response. "
            "For more information, see the SageMaker Python SDK README.",
        )


class Undecodable(InferenceError):
    """The body is not what its content type says."""

    def __init__(self, content_type: str, why: object) -> None:
        super().__init__(400, f"The request's body cannot be read as {content_type}: {why}")


class WrongType(InferenceError):
    """A function has returned what cannot be sent."""

    def __init__(self, function: str, value: object) -> None:
        kind = type(value)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        super().__init__(
            500,
            f"`{function}` has returned a value of the type `{name}`, which cannot be sent.\n"
            "hint: return str, bytes, an iterator of these, or (body, content type).",
        )
