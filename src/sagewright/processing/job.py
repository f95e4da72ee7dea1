"""A processing job that was started."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.current_run import experiment_config_of
from sagewright.dataset_definition.inputs import DatasetDefinition, S3Input
from sagewright.processing.data import FeatureStoreOutput, ProcessingInput, ProcessingOutput
from sagewright.requests.processing import app_specification, output_config, processing_resources, stopping_condition
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.processing.processor import Processor
    from sagewright.session import Session

Document = dict[str, Any]


class ProcessingJob:
    """A processing job that was started.

    Attributes:
        name, job_name: Its name.
        inputs, outputs: What it works on; None: it has none.
    """

    def __init__(
        self,
        sagemaker_session: Session,
        job_name: str,
        inputs: Sequence[ProcessingInput] | None,
        outputs: Sequence[ProcessingOutput] | None,
        output_kms_key: str | None = None,
    ) -> None:
        self.sagemaker_session, self.job_name = sagemaker_session, job_name
        self.inputs, self.outputs, self.output_kms_key = inputs, outputs, output_kms_key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.job_name!r})"

    @property
    def name(self) -> str:
        return self.job_name

    @classmethod
    def start_new(
        cls,
        processor: Processor,
        inputs: Sequence[ProcessingInput],
        outputs: Sequence[ProcessingOutput],
        experiment_config: Document | None,
    ) -> Self:
        """Start a processor's job of inputs and outputs that are complete."""
        config = experiment_config_of(experiment_config)
        processor.sagemaker_session.process(**process_arguments(processor, inputs, outputs, config))
        name = str(processor._current_job_name)
        return cls(processor.sagemaker_session, name, inputs, outputs, processor.output_kms_key)

    @classmethod
    def from_processing_name(cls, sagemaker_session: Session, processing_job_name: str) -> Self:
        """Return the job of a name."""
        job = sagemaker_session.describe_processing_job(job_name=processing_job_name)
        output = job.get("ProcessingOutputConfig") or {}
        return cls(
            sagemaker_session,
            processing_job_name,
            [_input(source) for source in job.get("ProcessingInputs") or ()] or None,
            [_output(target) for target in output.get("Outputs") or ()] or None,
            output.get("KmsKeyId"),
        )

    @classmethod
    def from_processing_arn(cls, sagemaker_session: Session, processing_job_arn: str) -> Self:
        """Return the job of an ARN."""
        return cls.from_processing_name(sagemaker_session, processing_job_arn.split(":")[5].partition("/")[2])

    def wait(self, logs: bool = True) -> None:
        """Wait for the job's end.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        if logs:
            self.sagemaker_session.logs_for_processing_job(self.job_name, wait=True)
        else:
            self.sagemaker_session.wait_for_processing_job(self.job_name)

    def describe(self) -> Document:
        """Return `DescribeProcessingJob`'s answer."""
        return self.sagemaker_session.describe_processing_job(self.job_name)

    def stop(self) -> None:
        """Tell the job to stop."""
        self.sagemaker_session.stop_processing_job(self.job_name)

    @staticmethod
    def prepare_app_specification(container_arguments: Any, container_entrypoint: Any, image_uri: Any) -> Document:
        """Return `AppSpecification`."""
        return app_specification(image_uri, container_entrypoint, container_arguments)

    @staticmethod
    def prepare_output_config(kms_key_id: Any, outputs: Sequence[Document]) -> Document:
        """Return `ProcessingOutputConfig`."""
        return output_config(outputs, kms_key_id)

    @staticmethod
    def prepare_processing_resources(
        instance_count: Any, instance_type: Any, volume_kms_key_id: Any, volume_size_in_gb: Any
    ) -> Document:
        """Return `ProcessingResources`."""
        return processing_resources(instance_count, instance_type, volume_size_in_gb, volume_kms_key_id)

    @staticmethod
    def prepare_stopping_condition(max_runtime_in_seconds: Any) -> Document:
        """Return `StoppingCondition`."""
        return {"MaxRuntimeInSeconds": max_runtime_in_seconds}


def process_arguments(
    processor: Processor,
    inputs: Sequence[ProcessingInput],
    outputs: Sequence[ProcessingOutput],
    experiment_config: Document | None,
) -> Document:
    """Return the arguments of `Session.process` for a processor's job."""
    session, network = processor.sagemaker_session, processor.network_config
    return {
        "inputs": [source._to_request_dict() for source in inputs],
        "output_config": output_config([output._to_request_dict() for output in outputs], processor.output_kms_key),
        "experiment_config": experiment_config,
        "job_name": processor._current_job_name,
        "resources": processing_resources(
            processor.instance_count, processor.instance_type, processor.volume_size_in_gb, processor.volume_kms_key
        ),
        "stopping_condition": stopping_condition(processor.max_runtime_in_seconds),
        "app_specification": app_specification(processor.image_uri, processor.entrypoint, processor.arguments),
        "environment": processor.env,
        "network_config": None if network is None else network._to_request_dict(),
        "role_arn": processor.role if is_variable(processor.role) else session.expand_role(processor.role),
        "tags": processor.tags,
    }


def _input(document: Document) -> ProcessingInput:
    return ProcessingInput(
        input_name=document["InputName"],
        s3_input=S3Input.from_boto(document.get("S3Input")),
        dataset_definition=DatasetDefinition.from_boto(document.get("DatasetDefinition")),
        app_managed=document.get("AppManaged", False),
    )


def _output(document: Document) -> ProcessingOutput:
    place = document.get("S3Output", {})
    return ProcessingOutput(
        source=place.get("LocalPath"),
        destination=place.get("S3Uri"),
        output_name=document["OutputName"],
        s3_upload_mode=place.get("S3UploadMode", "EndOfJob"),
        app_managed=document.get("AppManaged", False),
        feature_store_output=FeatureStoreOutput.from_boto(document.get("FeatureStoreOutput")),
    )
