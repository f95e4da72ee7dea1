"""Batch transform: predictions for whole data sets, without an endpoint (`contract.md` 3.2, 9.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import check_instances, nearest_of, suggests
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.current_run import experiment_config_of
from sagewright.deferring import place_in_run, runnable_by_pipeline
from sagewright.local.choice import session_for
from sagewright.local.folders import fetch_transformed, is_folder
from sagewright.local_data import local_path, uploaded_file
from sagewright.requests.transform import data_processing, transform_input, transform_output, transform_resources
from sagewright.s3 import s3_path_join
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.inputs import BatchDataCaptureConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


@suggests
class Transformer:
    """Runs transform jobs of one model.

    Args:
        model_name: A model that was created.
        strategy: `MultiRecord` or `SingleRecord`: how many records a request holds; None: as the model's server says.
        assemble_with: `Line` ends each answer with a newline; None puts them together as they are.
        output_path: S3 URI of a folder; None: one of the default bucket, named after each job. In local mode also a
            `file://` URI, whose folder gets the output when the job has been waited for.
        accept: MIME type of the answers.
        max_concurrent_transforms: Requests at a time to each instance; the output is the same however many.
        max_payload: MiB of one request; 0 sends objects in chunks, however large.
        env: Environment variables of the server.
        base_transform_job_name: Begins the names of the jobs; None: the name of the model's image.

    Example:
        >>> from sagewright.transformer import Transformer
        >>> transformer = Transformer("my-model", 1, "ml.m5.large", assemble_with="Line", accept="text/csv")
        >>> transformer.accept
        'text/csv'
    """

    JOB_CLASS_NAME = "transform-job"

    def __init__(
        self,
        model_name: str,
        instance_count: int,
        instance_type: InstanceType,
        strategy: str | None = None,
        assemble_with: str | None = None,
        output_path: str | None = None,
        output_kms_key: str | None = None,
        accept: str | None = None,
        max_concurrent_transforms: int | None = None,
        max_payload: int | None = None,
        tags: Tags = None,
        env: Mapping[str, str] | None = None,
        base_transform_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        volume_kms_key: str | None = None,
    ) -> None:
        self.model_name, self.strategy = model_name, strategy
        self.output_path, self.accept, self.assemble_with = output_path, accept, assemble_with
        check_instances(instance_count, instance_type)
        self.instance_count, self.instance_type = instance_count, instance_type
        self.max_concurrent_transforms, self.max_payload = max_concurrent_transforms, max_payload
        self.tags = format_tags(tags)
        self.base_transform_job_name = base_transform_job_name
        session = self.sagemaker_session = session_for(instance_type, instance_count, sagemaker_session)
        self.volume_kms_key = resolved(volume_kms_key, session, paths.TRANSFORM_RESOURCES_VOLUME_KMS_KEY_ID_PATH)
        self.output_kms_key = resolved(output_kms_key, session, paths.TRANSFORM_OUTPUT_KMS_KEY_ID_PATH)
        self.env = resolved(env, session, paths.TRANSFORM_JOB_ENVIRONMENT_PATH)
        self.latest_transform_job: TransformJob | None = None
        self._current_job_name: str | None = None
        self._reset_output_path = False

    @runnable_by_pipeline
    def transform(
        self,
        data: str,
        data_type: str = "S3Prefix",
        content_type: str | None = None,
        compression_type: str | None = None,
        split_type: str | None = None,
        job_name: str | None = None,
        input_filter: str | None = None,
        output_filter: str | None = None,
        join_source: str | None = None,
        experiment_config: Document | None = None,
        model_client_config: Document | None = None,
        batch_data_capture_config: BatchDataCaptureConfig | None = None,
        wait: bool = True,
        logs: bool = True,
    ) -> None:
        """Run a transform job.

        Args:
            data: S3 URI of an object, a prefix or a manifest; or, ours, a file or folder here, which is uploaded.
            data_type: `S3Prefix` or `ManifestFile`.
            content_type: MIME type of the input.
            compression_type: `Gzip` or None.
            split_type: What a record is: `Line`, `RecordIO` or `TFRecord`; None: the whole object.
            job_name: None: `base_transform_job_name` with a timestamp.
            input_filter: JSONPath of what the model gets of a record, for example `$[1:]`.
            output_filter: JSONPath of what is stored of a record.
            join_source: `Input` puts each answer beside its record.
            model_client_config: `{"InvocationsTimeoutInSeconds": 600, "InvocationsMaxRetries": 3}`.
            wait: Return when the job has ended.
            logs: Show its log meanwhile.

        Raises:
            ValueError: `data` is nothing that there is.
            UnexpectedStatusException: The job has failed; its reason names the first record at fault.
        """
        uri = self._input_uri(data)
        self._current_job_name = job_name or name_from_base(self.base_transform_job_name or self._retrieve_base_name())
        if self.output_path is None or self._reset_output_path:
            self.output_path, self._reset_output_path = self._own_place(), True
        to_folder = is_folder(self.output_path)
        place = self._own_place() if to_folder else self.output_path
        self.sagemaker_session.transform(
            job_name=self._current_job_name,
            model_name=self.model_name,
            strategy=self.strategy,
            max_concurrent_transforms=self.max_concurrent_transforms,
            max_payload=self.max_payload,
            input_config=transform_input(uri, data_type, content_type, compression_type, split_type),
            output_config=transform_output(place, self.output_kms_key, self.assemble_with, self.accept),
            resource_config=transform_resources(self.instance_count, self.instance_type, self.volume_kms_key),
            experiment_config=experiment_config_of(experiment_config),
            env=self.env,
            tags=self.tags,
            data_processing=data_processing(input_filter, output_filter, join_source),
            model_client_config=model_client_config,
            batch_data_capture_config=batch_data_capture_config,
        )
        folder = self.output_path if to_folder else None
        self.latest_transform_job = TransformJob(self.sagemaker_session, self._current_job_name, folder)
        if wait or to_folder:
            self.latest_transform_job.wait(logs=logs)

    def transform_with_monitoring(
        self,
        monitoring_config: Any,
        monitoring_resource_config: Any,
        data: str,
        data_type: str = "S3Prefix",
        content_type: str | None = None,
        compression_type: str | None = None,
        split_type: str | None = None,
        input_filter: str | None = None,
        output_filter: str | None = None,
        join_source: str | None = None,
        model_client_config: Document | None = None,
        batch_data_capture_config: BatchDataCaptureConfig | None = None,
        monitor_before_transform: bool = False,
        supplied_baseline_statistics: str | None = None,
        supplied_baseline_constraints: str | None = None,
        wait: bool = True,
        pipeline_name: str | None = None,
        role: str | None = None,
        fail_on_violation: bool = True,
    ) -> Any:
        """Run a pipeline that transforms data and checks what goes in or comes out.

        Args:
            monitoring_config: What is checked: a configuration of `workflow.quality_check_step` or
                `workflow.clarify_check_step`.
            monitoring_resource_config: What the check runs on: a `CheckJobConfig`.
            monitor_before_transform: Check what goes in, before.
            supplied_baseline_statistics, supplied_baseline_constraints: S3 URIs of the baseline.
            pipeline_name: None: one with the time in it.
            role: Of the pipeline; None: the one that this program runs as.
            fail_on_violation: Fail where the check does.
            **: As for `transform`.

        Returns:
            The pipeline's execution.
        """
        from sagewright.monitored_transform import start_monitored

        execution = start_monitored(
            self,
            {
                "data": data,
                "data_type": data_type,
                "content_type": content_type,
                "compression_type": compression_type,
                "split_type": split_type,
                "input_filter": input_filter,
                "output_filter": output_filter,
                "join_source": join_source,
                "model_client_config": model_client_config,
                "batch_data_capture_config": batch_data_capture_config,
            },
            {
                "monitor_configuration": monitoring_config,
                "check_job_configuration": monitoring_resource_config,
                "monitor_before_transform": monitor_before_transform,
                "supplied_baseline_statistics": supplied_baseline_statistics,
                "supplied_baseline_constraints": supplied_baseline_constraints,
                "fail_on_violation": fail_on_violation,
            },
            pipeline_name,
            role,
        )
        if wait:
            execution.wait()
        return execution

    def wait(self, logs: bool = True) -> None:
        """Wait for the latest job's end.

        Raises:
            ValueError: There is none.
            UnexpectedStatusException: It has failed.
        """
        self._latest().wait(logs=logs)

    def stop_transform_job(self, wait: bool = True) -> None:
        """Tell the latest job to stop.

        Raises:
            ValueError: There is none.
        """
        job = self._latest()
        job.stop()
        if wait:
            job.wait()

    def delete_model(self) -> None:
        """Delete the model."""
        self.sagemaker_session.delete_model(self.model_name)

    @classmethod
    def attach(cls, transform_job_name: str, sagemaker_session: Session | None = None) -> Transformer:
        """Return the transformer of a job that was started."""
        from sagewright.session import Session

        session = sagemaker_session or Session()
        job = session.describe_transform_job(transform_job_name)
        output, resources = job["TransformOutput"], job["TransformResources"]
        transformer = cls(
            job["ModelName"],
            resources["InstanceCount"],
            resources["InstanceType"],
            strategy=job.get("BatchStrategy"),
            assemble_with=output.get("AssembleWith"),
            output_path=output["S3OutputPath"],
            output_kms_key=output.get("KmsKeyId"),
            accept=output.get("Accept"),
            max_concurrent_transforms=job.get("MaxConcurrentTransforms"),
            max_payload=job.get("MaxPayloadInMB"),
            base_transform_job_name=job["TransformJobName"],
            sagemaker_session=session,
            volume_kms_key=resources.get("VolumeKmsKeyId"),
        )
        transformer.latest_transform_job = TransformJob(session, transform_job_name)
        return transformer

    def _input_uri(self, data: Any) -> Any:
        if is_variable(data):
            return data
        if local_path(data) is not None:
            session = self.sagemaker_session
            place = s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "", "transform")
            return uploaded_file(session, data, place)
        if not data.startswith("s3://"):
            raise ValueError(f"Invalid S3 URI: {data}")
        return str(data)

    def _own_place(self) -> Any:
        session = self.sagemaker_session
        return place_in_run(session) or s3_path_join(
            "s3://", session.default_bucket(), session.default_bucket_prefix or "", str(self._current_job_name)
        )

    def _retrieve_base_name(self) -> str:
        if is_variable(self.model_name):
            return self.JOB_CLASS_NAME
        image_uri = self._retrieve_image_uri()
        return base_name_from_image(image_uri, self.JOB_CLASS_NAME) if image_uri else self.model_name

    def _retrieve_image_uri(self) -> str | None:
        from botocore.exceptions import ClientError

        try:
            model = self.sagemaker_session.sagemaker_client.describe_model(ModelName=self.model_name)
        except ClientError:
            raise ValueError(
                f"Failed to fetch model information for {self.model_name}. Please ensure that the model exists. Local "
                "instance types require locally created models."
            ) from None
        containers = [model["PrimaryContainer"]] if model.get("PrimaryContainer") else model.get("Containers") or [{}]
        image: str | None = containers[0].get("Image")
        return image

    def _latest(self) -> TransformJob:
        if self.latest_transform_job is None:
            raise ValueError("No transform job available")
        return self.latest_transform_job


class TransformJob:
    """A transform job that was started.

    Attributes:
        name, job_name: Its name.
    """

    def __init__(self, sagemaker_session: Session, job_name: str, folder: str | None = None) -> None:
        self.sagemaker_session, self.job_name = sagemaker_session, job_name
        self._folder = folder  # a `file://` URI, in local mode

    @property
    def name(self) -> str:
        return self.job_name

    def describe(self) -> Document:
        """Return `DescribeTransformJob`'s answer."""
        return self.sagemaker_session.describe_transform_job(self.job_name)

    def wait(self, logs: bool = True) -> None:
        """Wait for the job's end.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        try:
            if logs:
                self.sagemaker_session.logs_for_transform_job(self.job_name, wait=True)
            else:
                self.sagemaker_session.wait_for_transform_job(self.job_name)
        finally:
            if self._folder is not None:
                fetch_transformed(self.sagemaker_session, self._folder, self.describe())

    def stop(self) -> None:
        """Tell the job to stop."""
        self.sagemaker_session.stop_transform_job(self.job_name)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["Transformer"])
