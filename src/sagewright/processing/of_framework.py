"""The processors that each belong to one framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.processing.framework import FrameworkProcessor
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class OwnFrameworkProcessor(FrameworkProcessor):
    """A `FrameworkProcessor` of the framework that its class names.

    Args:
        **: As for `FrameworkProcessor`.
    """

    def __init__(
        self,
        framework_version: str,
        role: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        py_version: str = "py3",
        image_uri: Any = None,
        command: Sequence[str] | None = None,
        volume_size_in_gb: Any = 30,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        code_location: str | None = None,
        max_runtime_in_seconds: Any = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        env: Mapping[str, Any] | None = None,
        tags: Tags = None,
        network_config: NetworkConfig | None = None,
    ) -> None:
        super().__init__(
            self.estimator_cls,
            framework_version,
            role,
            instance_count,
            instance_type,
            py_version,
            image_uri,
            command,
            volume_size_in_gb,
            volume_kms_key,
            output_kms_key,
            code_location,
            max_runtime_in_seconds,
            base_job_name,
            sagemaker_session,
            env,
            tags,
            network_config,
        )
