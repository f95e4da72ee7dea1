"""What the jobs of check steps run on (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session

_MONITORS = ("DefaultModelMonitor", "ModelQualityMonitor", "ModelBiasMonitor", "ModelExplainabilityMonitor")


@suggests
class CheckJobConfig:
    """What the jobs of check steps run on.

    Args:
        role: Name or ARN of the role that the jobs act as.
        volume_size_in_gb: GiB of each instance's volume.
        max_runtime_in_seconds: The service stops a job then.
        base_job_name: Begins the names of the jobs; None: the image's name.
        env: Environment variables of the container.
        network_config: VPC, isolation, encryption.

    Example:
        >>> from sagewright.workflow.check_job_config import CheckJobConfig
        >>> CheckJobConfig("arn:aws:iam::123456789012:role/Role").instance_type
        'ml.m5.xlarge'
    """

    def __init__(
        self,
        role: Any,
        instance_count: Any = 1,
        instance_type: Any = "ml.m5.xlarge",
        volume_size_in_gb: Any = 30,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        max_runtime_in_seconds: Any = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        env: Mapping[str, Any] | None = None,
        tags: Tags = None,
        network_config: NetworkConfig | None = None,
    ) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.role, self.instance_count, self.instance_type = role, instance_count, instance_type
        self.volume_size_in_gb, self.volume_kms_key = volume_size_in_gb, volume_kms_key
        self.output_kms_key, self.max_runtime_in_seconds = output_kms_key, max_runtime_in_seconds
        self.base_job_name, self.sagemaker_session, self.env = base_job_name, sagemaker_session, env
        self.tags, self.network_config = format_tags(tags), network_config

    def __repr__(self) -> str:
        return f"CheckJobConfig(instance_count={self.instance_count!r}, instance_type={self.instance_type!r})"

    def _generate_model_monitor(self, mm_type: str) -> Any:
        """Return a monitor that has these settings.

        Args:
            mm_type: The name of its class.
        """
        import sagewright.model_monitor as monitors  # costs

        assert mm_type in _MONITORS
        return getattr(monitors, mm_type)(**vars(self))


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["CheckJobConfig"])
