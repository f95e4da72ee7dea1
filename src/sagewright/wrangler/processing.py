"""Processing jobs that run a flow of Data Wrangler (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.processing.processor import Processor
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class DataWranglerProcessor(Processor):
    """Runs a flow of Data Wrangler.

    Args:
        data_wrangler_flow_source: The flow: a file here, or its S3 URI.
        **: As for `Processor`.
    """

    def __init__(
        self,
        role: str | None = None,
        data_wrangler_flow_source: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
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

        self.data_wrangler_flow_source = data_wrangler_flow_source
        session = sagemaker_session or Session()
        super().__init__(
            role,
            image_uris.retrieve("data-wrangler", region=session.boto_region_name),
            instance_count,
            instance_type,
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

    def _normalize_args(
        self,
        job_name: str | None = None,
        arguments: Sequence[Any] | None = None,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        code: Any = None,
        kms_key: str | None = None,
    ) -> tuple[list[ProcessingInput], list[ProcessingOutput]]:
        given = list(inputs or ())
        if not any(source.input_name == "flow" for source in given):
            given.append(ProcessingInput(self.data_wrangler_flow_source, "/opt/ml/processing/flow", "flow"))
        return super()._normalize_args(job_name, arguments, given, outputs, code, kms_key)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["DataWranglerProcessor"])
