"""What a transform job of `ModelBuilder` runs on (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.entities import Valued

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class BatchTransformInferenceConfig(Valued):
    """What a transform job runs on: `model_builder.deploy(inference_config=...)`.

    Args:
        instance_count: Its instances.
        output_path: The S3 URI below which its answers go.

    Raises:
        ValueError: One of them is of another kind.

    Example:
        >>> from sagewright.batch_inference.batch_transform_inference_config import BatchTransformInferenceConfig
        >>> BatchTransformInferenceConfig(instance_count=1, instance_type="ml.m5.large", output_path="s3://bucket/out")
        BatchTransformInferenceConfig(instance_count=1, instance_type='ml.m5.large', output_path='s3://bucket/out')
    """

    instance_count: int
    instance_type: InstanceType
    output_path: str

    def __init__(self, *, instance_count: int, instance_type: InstanceType, output_path: str) -> None:
        self.instance_count = _whole("instance_count", instance_count)
        self.instance_type = _text("instance_type", instance_type)
        self.output_path = _text("output_path", output_path)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    raise ValueError(f"`{name}` of a BatchTransformInferenceConfig cannot be `{value!r}`\nhint: give a whole number.")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"`{name}` of a BatchTransformInferenceConfig cannot be `{value!r}`\nhint: give text.")
    return value


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["BatchTransformInferenceConfig"])
