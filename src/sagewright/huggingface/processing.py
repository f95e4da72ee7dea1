"""Processing with Hugging Face's images (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.huggingface.estimator import HuggingFace
from sagewright.processing.framework import FrameworkProcessor
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


@suggests
class HuggingFaceProcessor(FrameworkProcessor):
    """Runs processing jobs of a script in a training image of Hugging Face's.

    Args:
        transformers_version: Needed without `image_uri`, as is one of the next two.
        tensorflow_version, pytorch_version: Of the framework below.
        **: As for `FrameworkProcessor`.
    """

    estimator_cls = HuggingFace

    def __init__(
        self,
        role: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        transformers_version: str | None = None,
        tensorflow_version: str | None = None,
        pytorch_version: str | None = None,
        py_version: str = "py36",
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
        self.pytorch_version, self.tensorflow_version = pytorch_version, tensorflow_version
        super().__init__(
            self.estimator_cls,
            transformers_version,  # type: ignore[arg-type]  # without one there must be an image
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

    def _create_estimator(
        self,
        entry_point: str = "",
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        git_config: Document | None = None,
    ) -> Any:
        return self.estimator_cls(
            transformers_version=self.framework_version,
            tensorflow_version=self.tensorflow_version,
            pytorch_version=self.pytorch_version,
            py_version=self.py_version,
            instance_count=self.instance_count,
            **self._estimator_arguments(entry_point, source_dir, dependencies, git_config),
        )


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["HuggingFaceProcessor"])
