"""Processing with scikit-learn (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.processing.script import ScriptProcessor
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class SKLearnProcessor(ScriptProcessor):
    """Runs processing jobs of a script in scikit-learn's image.

    Args:
        framework_version: For example `1.2-1`.
        command: What runs the script; None: `["python3"]`.
        **: As for `ScriptProcessor`.

    Example:
        >>> from sagewright.sklearn import SKLearnProcessor
        >>> role = "arn:aws:iam::123456789012:role/Role"
        >>> processor = SKLearnProcessor("1.2-1", role, instance_type="ml.m5.large", instance_count=1)
        >>> processor.command
        ['python3']
    """

    def __init__(
        self,
        framework_version: str,
        role: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        command: Sequence[str] | None = None,
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
        from sagewright import image_uris  # costs the tables of all images
        from sagewright.session import Session

        session = sagemaker_session or Session()
        image_uri = image_uris.retrieve(
            "sklearn", session.boto_region_name, version=framework_version, instance_type=instance_type
        )
        super().__init__(
            role=role,
            image_uri=image_uri,
            command=command or ["python3"],
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            base_job_name=base_job_name,
            sagemaker_session=session,
            env=env,
            tags=tags,
            network_config=network_config,
        )


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["SKLearnProcessor"])
