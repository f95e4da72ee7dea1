"""What a model's containers do wrong.

Exception
└── ModelFault          the error that a caller gets as `ModelError`
    ├── AnswerFault     a container answered with an error, or not at all
    └── PayloadFault    an answer is too large to hand on
"""

from __future__ import annotations


class ModelFault(Exception):
    """A model cannot be asked because of its own containers.

    Attributes:
        status: The container's; 0: there was no answer.
        text: What it said.
    """

    status: int
    text: str

    def told(self, see: str) -> str:
        """Return AWS's words for it.

        Args:
            see: Where the log is: a sentence.
        """
        raise NotImplementedError


class AnswerFault(ModelFault):
    """A container answered with an error, or not at all."""

    def __init__(self, container: str, status: int, text: str) -> None:
        super().__init__(container, status, text)
        self.container, self.status, self.text = container, status, text

    def told(self, see: str) -> str:
        fault = "client" if 400 <= self.status < 500 else "server"
        begin = f"Received {fault} error ({self.status}) from {self.container}"
        if len(self.text) > SHOWN_CHARACTERS:
            end = self.text[-SHOWN_CHARACTERS:]
            return f"{begin} and could not load the entire response body. {see}\nhint: the body ends: {end}"
        return f'{begin} with message "{self.text}". {see}'


class PayloadFault(ModelFault):
    """A container's answer is too large for the next container, or for the caller."""

    status = 200

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def told(self, see: str) -> str:
        return f"{self.text} {see}"


SHOWN_CHARACTERS = 2048  # of a container's error


def timed_out(container: str) -> AnswerFault:
    """Return the fault of a container that does not answer in time (`contract.md` 2.6)."""
    return AnswerFault(
        container,
        0,
        f"Your invocation timed out while waiting for a response from container {container}. Review the latency "
        "metrics for each container in Amazon CloudWatch, resolve the issue, and try again.",
    )


def gone(container: str, endpoint: str) -> AnswerFault:
    """Return the fault of a container that ended, or closed the connection, instead of answering."""
    return AnswerFault(
        container,
        0,
        f"Amazon SageMaker could not get a response from the {endpoint} endpoint. This can occur when CPU or memory "
        "utilization is high. To check your utilization, see Amazon CloudWatch. To fix this problem, use an instance "
        "type with more CPU capacity or memory.",
    )


def answer_too_large(container: str, size_bytes: int, limit_bytes: int) -> PayloadFault:
    return PayloadFault(
        f"Received response from {container} with status code 200. However, the response payload from {container} "
        f"is {size_bytes} bytes, which has exceeded the maximum limit of {limit_bytes} bytes."
    )


def handed_on_too_large(container: str, following: str, size_bytes: int) -> PayloadFault:
    """Return the fault of a pipeline's container that says more than the next one is given (`contract.md` 2.8)."""
    return PayloadFault(
        f"Received response from {container} with status code 200. However, the request payload from {container} to "
        f"{following} is {size_bytes} bytes, which has exceeded the maximum limit of 5 MB."
    )
