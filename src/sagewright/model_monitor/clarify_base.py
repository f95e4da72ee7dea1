"""What monitors by SageMaker Clarify have in common."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.clarify.processor import SageMakerClarifyProcessor
from sagewright.model_monitor.clarify_jobs import (
    ClarifyBaseliningConfig,
    ClarifyBaseliningJob,
    ClarifyMonitoringExecution,
)
from sagewright.model_monitor.data import EndpointInput
from sagewright.model_monitor.definition import DefinitionMonitor, Settings
from sagewright.model_monitor.monitor import ENDPOINT
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.processing.job import ProcessingJob
    from sagewright.requests.monitoring import Monitoring
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


@suggests
class ClarifyModelMonitor(DefinitionMonitor):
    """What monitors by Clarify have in common.

    Args:
        **: As for `ModelMonitor`.

    Raises:
        TypeError: It is made itself, instead of one of the classes below it.
    """

    latest_baselining_job: Any = None

    def __init__(
        self,
        role: str | None = None,
        instance_count: Any = 1,
        instance_type: InstanceType = "ml.m5.xlarge",
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
        if type(self) is ClarifyModelMonitor:
            raise TypeError("ClarifyModelMonitor is abstract, please instantiate its subclasses instead.")
        from sagewright import image_uris  # costs the tables of all images
        from sagewright.session import Session

        session = sagemaker_session or Session()
        super().__init__(
            role=role,
            image_uri=image_uris.retrieve("clarify", session.boto_region_name),
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
        self.latest_baselining_job_config: ClarifyBaseliningConfig | None = None

    def run_baseline(self, **_: Any) -> Any:  # type: ignore[override]  # takes anything, as in v2
        """Refuse: `suggest_baseline` is what there is.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "'.run_baseline()' is only allowed for ModelMonitor objects.Please use suggest_baseline instead."
        )

    def latest_monitoring_statistics(self, **_: Any) -> Any:  # type: ignore[override]  # takes anything, as in v2
        """Refuse: Clarify makes no statistics.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(f"{type(self).__name__} doesn't support statistics.")

    def list_executions(self) -> list[Any]:
        """Return the runs of the schedule, the latest last."""
        return [
            ClarifyMonitoringExecution(run.sagemaker_session, run.job_name, run.inputs, run.output, run.output_kms_key)
            for run in super().list_executions()
        ]

    def _baselining_processor(self) -> SageMakerClarifyProcessor:
        processor = SageMakerClarifyProcessor(
            role=self.role,
            instance_count=self.instance_count,
            instance_type=self.instance_type,
            volume_size_in_gb=self.volume_size_in_gb,
            volume_kms_key=self.volume_kms_key,
            output_kms_key=self.output_kms_key,
            max_runtime_in_seconds=self.max_runtime_in_seconds,
            sagemaker_session=self.sagemaker_session,
            env=self.env,
            tags=self.tags,
            network_config=self.network_config,
        )
        processor.image_uri, processor.base_job_name = self.image_uri, self.base_job_name
        return processor

    def _note_baseline(
        self, processor: SageMakerClarifyProcessor, name: str, config: ClarifyBaseliningConfig
    ) -> ProcessingJob:
        """Remember a baseline whose job has begun; return the job."""
        job = processor.latest_job
        assert job is not None  # a run that has begun has one
        self.latest_baselining_job_config, self.latest_baselining_job_name = config, name
        self.latest_baselining_job = ClarifyBaseliningJob(job)
        self.baselining_jobs.append(self.latest_baselining_job)
        return job

    def _job(self, given: Settings, name: str, schedule: str, existing: Document | None) -> Monitoring:
        """Return a job with its analysis, and with what the baseline has said of the data."""
        baseline = self.latest_baselining_job_config if existing is None else None
        endpoint_input, batch_input = given.endpoint_input, given.batch_transform_input
        if baseline is not None:
            endpoint_input = _completed(endpoint_input, baseline)
            batch_input = _completed(batch_input, baseline)
        job = super()._job(
            given._replace(endpoint_input=endpoint_input, batch_transform_input=batch_input), name, schedule, existing
        )
        uri = self._analysis_uri(given, name, baseline, existing)
        is_constrained = job.constraints_uri is not None
        return job._replace(config_uri=uri, baselining_job_name=None if is_constrained else job.baselining_job_name)

    def _analysis_uri(
        self, given: Settings, name: str, baseline: ClarifyBaseliningConfig | None, existing: Document | None
    ) -> str:
        """Return the S3 URI of the analysis' document, having uploaded it where it is not there yet.

        Raises:
            ValueError: Nobody has said what to analyse.
        """
        wanted = given.analysis_config
        if wanted is None and baseline is not None:
            wanted = baseline.analysis_config
        if wanted is None and existing is not None:
            wanted = existing[f"{self.monitoring_type()}AppSpecification"]["ConfigUri"]
        if wanted is None:
            raise ValueError(
                "analysis_config is mandatory.\nhint: give it, or call `suggest_baseline` first, which makes one."
            )
        if isinstance(wanted, str):
            return wanted
        place = given.output_s3_uri or _output_uri(existing, self.monitoring_type())
        uri = s3_path_join(place, name, str(uuid.uuid4()), "analysis_config.json")
        key, session = given.output_kms_key, self.sagemaker_session
        return S3Uploader.upload_string_as_file_body(json.dumps(wanted._to_dict()), uri, key, session)


def _completed(given: Any, baseline: ClarifyBaseliningConfig) -> Any:
    """Return an input that says where things stand in the data, as the baseline knows it where it does not itself."""
    if given is None:
        return None
    if isinstance(given, str):
        given = EndpointInput(given, ENDPOINT)
    for name in (
        "features_attribute",
        "inference_attribute",
        "probability_attribute",
        "probability_threshold_attribute",
    ):
        if getattr(given, name) is None:
            setattr(given, name, getattr(baseline, name))
    return given


def _output_uri(existing: Document | None, kind: str) -> str:
    outputs = (existing or {})[f"{kind}JobOutputConfig"]["MonitoringOutputs"]
    return str(outputs[0]["S3Output"]["S3Uri"])


def as_words(value: Any) -> str | None:
    return None if value is None else str(value)
