"""The step that calls a function of AWS Lambda (v2's own path)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.answering_step import AnsweringStep, Output
from sagewright.workflow.base_step import CacheConfig, StepTypeEnum
from sagewright.workflow.entities import DefaultEnumMeta

if TYPE_CHECKING:
    from sagewright.lambda_helper import Lambda

__all__ = ["LambdaOutput", "LambdaOutputTypeEnum", "LambdaStep"]


class LambdaOutputTypeEnum(Enum, metaclass=DefaultEnumMeta):
    """What an answer holds."""

    String = "String"
    Integer = "Integer"
    Boolean = "Boolean"
    Float = "Float"


@suggests
class LambdaOutput(Output):
    """A member of the function's answer.

    Args:
        output_name: Its name.
        output_type: What it holds.
    """

    def __init__(
        self, output_name: str | None = None, output_type: LambdaOutputTypeEnum = LambdaOutputTypeEnum.String
    ) -> None:
        self.output_name, self.output_type = output_name, output_type


@suggests
class LambdaStep(AnsweringStep):
    """Calls a function of AWS Lambda.

    Args:
        name: Of the step.
        lambda_func: The function; without an ARN it is made or updated when the pipeline is built.
        inputs: What it is called with.
        outputs: What its answer holds.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
    """

    def __init__(
        self,
        name: str,
        lambda_func: Lambda,
        display_name: str | None = None,
        description: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        outputs: Sequence[LambdaOutput] | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.LAMBDA, inputs or {}, outputs or [], display_name, description, depends_on)
        self.lambda_func, self.cache_config = lambda_func, cache_config

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition, having made or updated the function."""
        outputs = [output.to_request() for output in self.outputs]
        return {**super().to_request(), "FunctionArn": self._get_function_arn(), "OutputParameters": outputs}

    def _get_function_arn(self) -> str:
        function = self.lambda_func
        if function.function_arn is None:
            return str(function.upsert()["FunctionArn"])
        if function.zipped_code_dir is None and function.script is None:
            warnings.warn(
                "Lambda function won't be updated because zipped_code_dir or script is not provided.", stacklevel=4
            )
            return function.function_arn
        return str(function.update()["FunctionArn"])


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
