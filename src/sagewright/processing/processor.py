"""Processors: containers over data (`contract.md` 9.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import check_instances, suggests
from sagewright.config.values import resolved, with_attribute
from sagewright.deferring import runnable_by_pipeline
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.processing.job import ProcessingJob
from sagewright.processing.staging import staged_input, staged_output
from sagewright.s3 import s3_path_join
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]

JOB = "SageMaker.ProcessingJob"  # where a config file has its defaults
NO_LOGS = """Logs can only be shown if wait is set to True.
                Please either set wait to True or set logs to False."""


@suggests
class Processor:
    """Runs processing jobs: an image, with an entry point of its own, over data.

    Args:
        role: Name or ARN of the role that the jobs act as; None: the config file's.
        entrypoint: The command; None: the image's own.
        volume_size_in_gb: GiB of each instance's volume.
        max_runtime_in_seconds: The service stops the job then; None: after a day.
        base_job_name: Begins the names of the jobs; None: the name of the image.
        env: Environment variables of the container.
        tags: Of the jobs, as a list of documents or a plain dict.
        network_config: VPC, isolation, encryption.

    Raises:
        ValueError: There is no role.

    Example:
        >>> from sagewright.processing import Processor
        >>> processor = Processor("arn:aws:iam::123456789012:role/Role", "my-image:1", 1, "ml.m5.large", ["python3"])
        >>> processor.volume_size_in_gb
        30
    """

    JOB_CLASS_NAME = "processing-job"

    def __init__(
        self,
        role: str | None = None,
        image_uri: Any = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        entrypoint: Sequence[Any] | None = None,
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
        self.image_uri = image_uri
        check_instances(instance_count, instance_type)
        self.instance_count, self.instance_type, self.entrypoint = instance_count, instance_type, entrypoint
        self.volume_size_in_gb, self.max_runtime_in_seconds = volume_size_in_gb, max_runtime_in_seconds
        self.base_job_name, self.tags = base_job_name, format_tags(tags)
        self.jobs: list[ProcessingJob] = []
        self.latest_job: ProcessingJob | None = None
        self._current_job_name: str | None = None
        self.arguments: Sequence[Any] | None = None
        self.sagemaker_session = session = _session_for(instance_type, sagemaker_session)
        self.output_kms_key = resolved(output_kms_key, session, f"{JOB}.ProcessingOutputConfig.KmsKeyId")
        self.volume_kms_key = resolved(
            volume_kms_key, session, f"{JOB}.ProcessingResources.ClusterConfig.VolumeKmsKeyId"
        )
        self.network_config = network_with_defaults(network_config, session, f"{JOB}.NetworkConfig")
        self.role: Any = resolved(role, session, f"{JOB}.RoleArn")
        if not self.role:
            raise ValueError("An AWS IAM role is required to create a Processing job.\nhint: give `role`.")
        self.env: Mapping[str, Any] | None = resolved(env, session, f"{JOB}.Environment")

    def __repr__(self) -> str:
        members = ("image_uri", "instance_count", "instance_type")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in members)})"

    @runnable_by_pipeline
    def run(
        self,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        arguments: Sequence[Any] | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        experiment_config: Document | None = None,
        kms_key: str | None = None,
    ) -> Any:
        """Run a processing job.

        Args:
            arguments: Of the command.
            wait: Return when the job has ended.
            logs: Show its log meanwhile.
            job_name: None: `base_job_name` with a timestamp.
            kms_key: Encrypts what is uploaded.

        Raises:
            ValueError: `logs` without `wait`.
            UnexpectedStatusException: The job has failed.
        """
        if logs and not wait:
            raise ValueError(NO_LOGS)
        self._run(
            self._normalize_args(
                job_name=job_name, arguments=arguments, inputs=inputs, outputs=outputs, kms_key=kms_key
            ),
            experiment_config,
            wait=wait,
            logs=logs,
        )

    def _run(
        self,
        data: tuple[list[ProcessingInput], list[ProcessingOutput]],
        experiment_config: Document | None,
        *,
        wait: bool,
        logs: bool,
    ) -> None:
        self.latest_job = ProcessingJob.start_new(self, *data, experiment_config)
        self.jobs.append(self.latest_job)
        if wait:
            self.latest_job.wait(logs=logs)

    def _normalize_args(
        self,
        job_name: str | None = None,
        arguments: Sequence[Any] | None = None,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        code: Any = None,
        kms_key: str | None = None,
    ) -> tuple[list[ProcessingInput], list[ProcessingOutput]]:
        """Name the job, upload what is here, and return all inputs and outputs with names and places.

        Raises:
            ValueError: The code is only known when a pipeline runs, or is not there.
            TypeError: An input or output is something else.
        """
        if is_variable(code):
            raise ValueError(
                "code argument has to be a valid S3 URI or local file path rather than a pipeline variable"
            )
        self._current_job_name = self._generate_current_job_name(job_name)
        inputs = self._with_code(inputs, code, kms_key)
        found = [staged_input(self, source, count, kms_key) for count, source in enumerate(inputs or (), 1)]
        self.arguments = arguments
        return found, [staged_output(self, output, count) for count, output in enumerate(outputs or (), 1)]

    def _with_code(
        self, inputs: Sequence[ProcessingInput] | None, code: Any, kms_key: str | None
    ) -> Sequence[ProcessingInput] | None:
        return inputs

    def _generate_current_job_name(self, job_name: str | None = None) -> str:
        if job_name is not None:
            return job_name
        base = self.base_job_name or base_name_from_image(self.image_uri, Processor.JOB_CLASS_NAME)
        return name_from_base(base)

    def _job_place(self, *parts: str) -> str:
        """Return an S3 URI of the default bucket that belongs to the current job."""
        session = self.sagemaker_session
        return s3_path_join(
            "s3://", session.default_bucket(), session.default_bucket_prefix or "", str(self._current_job_name), *parts
        )


def network_with_defaults(given: NetworkConfig | None, session: Session, path: str) -> NetworkConfig | None:
    """Return a network in which the config file has filled what is left open; None: nobody says anything of it.

    Args:
        path: Of the `NetworkConfig` in the config file.
    """
    from sagewright.network import NetworkConfig

    network = given
    for name, member in (
        ("subnets", "VpcConfig.Subnets"),
        ("security_group_ids", "VpcConfig.SecurityGroupIds"),
        ("enable_network_isolation", "EnableNetworkIsolation"),
        ("encrypt_inter_container_traffic", "EnableInterContainerTrafficEncryption"),
    ):
        network = with_attribute(network, NetworkConfig, name, session, f"{path}.{member}")
    return network


def _session_for(instance_type: Any, given: Session | None) -> Session:
    if type(instance_type) is str and instance_type in ("local", "local_gpu"):
        from sagewright.local.local_session import LocalSession

        return given if isinstance(given, LocalSession) else LocalSession(disable_local_code=True)
    if given is not None:
        return given
    from sagewright.session import Session

    return Session()
