"""The step that waits until somebody who reads a queue has answered (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.answering_step import AnsweringStep, Output
from sagewright.workflow.base_step import CacheConfig, StepTypeEnum
from sagewright.workflow.entities import DefaultEnumMeta

__all__ = ["CallbackOutput", "CallbackOutputTypeEnum", "CallbackStep"]


class CallbackOutputTypeEnum(Enum, metaclass=DefaultEnumMeta):
    """What an answer holds."""

    String = "String"
    Integer = "Integer"
    Boolean = "Boolean"
    Float = "Float"


@suggests
class CallbackOutput(Output):
    """A member of the answer.

    Args:
        output_name: Its name.
        output_type: What it holds.
    """

    def __init__(
        self, output_name: str | None = None, output_type: CallbackOutputTypeEnum = CallbackOutputTypeEnum.String
    ) -> None:
        self.output_name, self.output_type = output_name, output_type


@suggests
class CallbackStep(AnsweringStep):
    """Puts a message into a queue, and waits for its answer.

    Args:
        name: Of the step.
        sqs_queue_url: The queue.
        inputs: What the message says.
        outputs: What the answer holds.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
    """

    def __init__(
        self,
        name: str,
        sqs_queue_url: str,
        inputs: Mapping[str, Any],
        outputs: Sequence[CallbackOutput],
        display_name: str | None = None,
        description: str | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.CALLBACK, inputs, outputs, display_name, description, depends_on)
        self.sqs_queue_url, self.cache_config = sqs_queue_url, cache_config

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        outputs = [output.to_request() for output in self.outputs]
        return {**super().to_request(), "SqsQueueUrl": self.sqs_queue_url, "OutputParameters": outputs}


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
