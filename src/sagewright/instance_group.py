"""Groups of instances of one cluster (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class InstanceGroup:
    """Instances of one type in a cluster of several.

    Example:
        >>> from sagewright.instance_group import InstanceGroup
        >>> InstanceGroup("workers", "ml.c5.xlarge", 2).instance_count
        2
    """

    def __init__(
        self,
        instance_group_name: str | None = None,
        instance_type: InstanceType | None = None,
        instance_count: int | None = None,
    ) -> None:
        self.instance_group_name = instance_group_name
        self.instance_type, self.instance_count = instance_type, instance_count

    def _to_request_dict(self) -> dict[str, Any]:
        return {
            "InstanceGroupName": self.instance_group_name,
            "InstanceType": self.instance_type,
            "InstanceCount": self.instance_count,
        }


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["InstanceGroup"])
