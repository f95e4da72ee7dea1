"""What processors of Spark have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.deferring import step_in_building
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.processing.script import INPUT_FOLDER, ScriptProcessor
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.spark.configuration import SparkConfigUtils
from sagewright.spark.dependencies import OPTIONS, FileType, stage
from sagewright.utils import Tags
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]

COMMAND = "smspark-submit"
EVENT_LOGS = "/opt/ml/processing/spark-events/"


@suggests
class SparkProcessorBase(ScriptProcessor):
    """Runs processing jobs with `spark-submit`.

    Args:
        framework_version: Spark's, for example `3.3`.
        py_version, container_version: Narrow down the image; both or neither.
        image_uri: An image instead of Amazon's.
        configuration_location, dependency_location: The S3 URIs below which settings and files go; None: the default
            bucket.
        **: As for `Processor`.

    Raises:
        ValueError: There is no such image.
    """

    def __init__(
        self,
        role: str | None = None,
        instance_type: InstanceType | None = None,
        instance_count: Any = None,
        framework_version: str | None = None,
        py_version: str | None = None,
        container_version: str | None = None,
        image_uri: Any = None,
        volume_size_in_gb: Any = 30,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        configuration_location: str | None = None,
        dependency_location: str | None = None,
        max_runtime_in_seconds: Any = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        env: Mapping[str, Any] | None = None,
        tags: Tags = None,
        network_config: NetworkConfig | None = None,
    ) -> None:
        from sagewright.session import Session

        self.configuration_location, self.dependency_location = configuration_location, dependency_location
        self.history_server = None  # what v2 starts in docker
        self._spark_event_logs_s3_uri: Any = None
        session = sagemaker_session or Session()
        versions = (framework_version, py_version, container_version)
        super().__init__(
            role=role,
            image_uri=image_uri or _image_uri(session.boto_region_name, instance_type, *versions),
            command=[COMMAND],
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            base_job_name=base_job_name,
            sagemaker_session=session,
            env=env or {},
            tags=tags,
            network_config=network_config,
        )

    def start_history_server(self, spark_event_logs_s3_uri: str | None = None) -> None:
        """Refuse: v2 starts a container of docker's for it.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "`start_history_server` is not built into Sagewright: the history server is a container of docker's.\n"
            "hint: read the event logs with a Spark of your own."
        )

    def terminate_history_server(self) -> None:
        """Do nothing: no history server is ever started."""

    def _check_app(self, submit_app: Any) -> None:
        if not submit_app:
            raise ValueError("submit_app is required")
        if is_variable(submit_app):
            raise ValueError(
                "submit_app argument has to be a valid S3 URI or local file path rather than a pipeline variable"
            )

    def _with_files(
        self, inputs: Sequence[ProcessingInput], given: Mapping[FileType, Sequence[Any] | None]
    ) -> list[ProcessingInput]:
        """Upload files and name them in the command; return inputs with those that hold the files."""
        found = list(inputs)
        for kind, files in given.items():
            if not files:
                continue
            name = OPTIONS[kind]
            place, folder = self._place(self.dependency_location, name), f"{INPUT_FOLDER}/{name}"
            staged = stage(self.sagemaker_session, files, place, folder)
            if staged.is_uploaded:
                found.append(ProcessingInput(place, folder, name))
            self.command += [f"--{name}", staged.option]
        return found

    def _with_settings(
        self,
        inputs: list[ProcessingInput],
        outputs: Sequence[ProcessingOutput] | None,
        configuration: Any,
        event_logs_uri: Any,
    ) -> tuple[list[ProcessingInput] | None, list[ProcessingOutput] | None]:
        """Return inputs with Spark's settings, and outputs with its event logs; None for no members."""
        found = list(outputs or ())
        if event_logs_uri:
            SparkConfigUtils.validate_s3_uri(event_logs_uri)
            self._spark_event_logs_s3_uri = event_logs_uri
            self.command += ["--local-spark-event-logs-dir", EVENT_LOGS]
            found.append(ProcessingOutput(EVENT_LOGS, event_logs_uri, s3_upload_mode="Continuous"))
        if configuration:
            SparkConfigUtils.validate_configuration(configuration)
            inputs = [*inputs, self._settings_input(configuration)]
        return inputs or None, found or None

    def _settings_input(self, configuration: Any) -> ProcessingInput:
        uri = f"{self._place(self.configuration_location, 'conf')}/configuration.json"
        S3Uploader.upload_string_as_file_body(json.dumps(configuration), uri, None, self.sagemaker_session)
        return ProcessingInput(uri, f"{INPUT_FOLDER}/conf", "conf")

    def _place(self, location: str | None, name: str) -> str:
        """Return the S3 URI of an input of the current job; in a pipeline one that stays while the input does."""
        session, step = self.sagemaker_session, step_in_building()
        above = location or s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "")
        if step is not None and name == "conf" and step.config_hash:
            return s3_path_join(above, step.pipeline_name, step.step_name, "input", name, step.config_hash)
        if step is not None and name != "conf" and step.code_hash:
            return s3_path_join(above, step.pipeline_name, "code", step.code_hash, name)
        return s3_path_join(above, str(self._current_job_name), "input", name)


def _image_uri(region: str, instance_type: Any, version: str | None, py: str | None, container: str | None) -> str:
    if (py is None) != (container is None):
        raise ValueError("Both or neither of py_version and container_version should be set")
    from sagewright import image_uris  # costs the tables of all images

    return image_uris.retrieve(
        "spark",
        region,
        version=version,
        instance_type=instance_type,
        py_version=py,
        container_version=container and f"v{container}",
    )
