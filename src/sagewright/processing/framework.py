"""Processors that run a folder of code in a framework's image."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.deferring import code_place_of_step, runnable_by_pipeline, step_in_building
from sagewright.processing.bootstrap import bootstrap_script
from sagewright.processing.data import ProcessingInput, ProcessingOutput, RunArgs
from sagewright.processing.script import INPUT_FOLDER, OUTDATED, ScriptProcessor
from sagewright.processing.staging import refuse_where_none_runs
from sagewright.s3 import S3Uploader
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.source_code import UploadedCode
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]
ARCHIVE = "sourcedir.tar.gz"


@suggests
class FrameworkProcessor(ScriptProcessor):
    """Runs processing jobs of a script with its folder and what it depends on, in a framework's training image.

    Args:
        estimator_cls: The framework's estimator: `SKLearn`, `PyTorch`, ...
        framework_version: Of the image.
        image_uri: An image instead of the framework's.
        command: What runs the script; None: `["python"]`.
        code_location: The S3 URI below which the code goes; None: the default bucket.
        **: As for `Processor`.

    Example:
        >>> from sagewright.processing import FrameworkProcessor
        >>> from sagewright.sklearn import SKLearn
        >>> role = "arn:aws:iam::123456789012:role/Role"
        >>> processor = FrameworkProcessor(SKLearn, "1.2-1", role, 1, "ml.m5.large")
        >>> processor.base_job_name
        'sklearn'
    """

    estimator_cls: Any
    framework_entrypoint_command: ClassVar[list[str]] = ["/bin/bash"]

    def __init__(
        self,
        estimator_cls: Any,
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
        self.estimator_cls, self.framework_version, self.py_version = estimator_cls, framework_version, py_version
        super().__init__(
            role=role,
            image_uri=image_uri,
            command=command or ["python"],
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            base_job_name=base_job_name,
            sagemaker_session=sagemaker_session,
            env=env,
            tags=tags,
            network_config=network_config,
        )
        self._code_input_name = "entrypoint"
        self.code_location = code_location[:-1] if code_location and code_location.endswith("/") else code_location
        if image_uri is None or base_job_name is None:
            estimator = self._create_estimator()
            self.image_uri = estimator.training_image_uri() if image_uri is None else image_uri
            self.base_job_name = base_job_name or estimator.base_job_name or estimator_cls._framework_name

    def get_run_args(  # type: ignore[override]  # takes more, as in v2
        self,
        code: str,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        git_config: Document | None = None,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        arguments: Sequence[Any] | None = None,
        job_name: str | None = None,
    ) -> RunArgs:
        """Upload the code; return arguments for a pipeline's processing step.

        Outdated: call `run` with a `PipelineSession`.
        """
        logger.warning(OUTDATED)
        code, inputs, _ = self._with_payload(code, source_dir, dependencies, git_config, job_name, inputs)
        return RunArgs(code, inputs, outputs, arguments)

    @runnable_by_pipeline
    def run(  # type: ignore[override]  # takes more, as in v2
        self,
        code: str,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        git_config: Document | None = None,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        arguments: Sequence[Any] | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        experiment_config: Document | None = None,
        kms_key: str | None = None,
        codeartifact_repo_arn: str | None = None,
    ) -> Any:
        """Run a script, with the code that it needs, as a processing job.

        Args:
            code: The script: a path in `source_dir`, if there is one; or the S3 URI of a shell script.
            source_dir: Its folder, which goes along whole, or the S3 URI of a `sourcedir.tar.gz`. A `requirements.txt`
                in it is installed first.
            dependencies: Files and folders that go along beside the script.
            git_config: A repository in which all these lie.
            codeartifact_repo_arn: A repository of AWS CodeArtifact that requirements come from.
            **: As for `Processor.run`.

        Raises:
            ValueError: The script is not there, or the ARN is none.
            UnexpectedStatusException: The job has failed.
        """
        code, inputs, job_name = self._with_payload(
            code, source_dir, dependencies, git_config, job_name, inputs, kms_key, codeartifact_repo_arn
        )
        return super().run(code, inputs, outputs, arguments, wait, logs, job_name, experiment_config, kms_key)

    def _create_estimator(
        self,
        entry_point: str = "",
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        git_config: Document | None = None,
    ) -> Any:
        """Return the estimator that knows the image, and how code gets to S3."""
        return self.estimator_cls(
            framework_version=self.framework_version,
            py_version=self.py_version,
            instance_count=1,
            output_kms_key=self.output_kms_key,
            **self._estimator_arguments(entry_point, source_dir, dependencies, git_config),
        )

    def _estimator_arguments(
        self,
        entry_point: str,
        source_dir: str | None,
        dependencies: Sequence[str] | None,
        git_config: Document | None,
    ) -> Document:
        return {
            "entry_point": entry_point,
            "source_dir": source_dir,
            "dependencies": dependencies,
            "git_config": git_config,
            "code_location": self.code_location,
            "enable_network_isolation": False,
            "image_uri": self.image_uri,
            "role": self.role,
            "instance_type": self.instance_type,
            "sagemaker_session": self.sagemaker_session,
            "debugger_hook_config": False,
            "disable_profiler": True,
        }

    def _with_payload(
        self,
        code: str,
        source_dir: str | None,
        dependencies: Sequence[str] | None,
        git_config: Document | None,
        job_name: str | None,
        inputs: Sequence[ProcessingInput] | None,
        kms_key: str | None = None,
        codeartifact_repo_arn: str | None = None,
    ) -> tuple[str, Sequence[ProcessingInput] | None, str | None]:
        """Upload the code and what unpacks it; return the latter's S3 URI, all inputs and the job's name."""
        if code.startswith("s3://"):
            return code, inputs, job_name
        job_name = self._current_job_name = self._generate_current_job_name(job_name)
        refuse_where_none_runs(self)
        uploaded = self._upload_payload(code, source_dir, dependencies, git_config, job_name)
        script = bootstrap_script(self.command, uploaded.script_name, codeartifact_repo_arn)
        place = self._bootstrap_place(uploaded, script)
        uri = S3Uploader.upload_string_as_file_body(
            script, place, kms_key or self.output_kms_key, self.sagemaker_session
        )
        payload = ProcessingInput(uploaded.s3_prefix, f"{INPUT_FOLDER}/code/", "code")
        return uri, [*(inputs or ()), payload], job_name

    def _upload_payload(
        self,
        code: str,
        source_dir: str | None,
        dependencies: Sequence[str] | None,
        git_config: Document | None,
        job_name: str,
    ) -> UploadedCode:
        from sagewright.estimator.staging import source_of, upload_source

        estimator = self._create_estimator(code, source_dir, dependencies, git_config)
        with source_of(estimator) as source:
            if source is None:
                raise ValueError("`code` is needed: the script that the job runs.")
            return upload_source(estimator, source, job_name)

    def _bootstrap_place(self, uploaded: UploadedCode, script: str) -> str:
        """Return the S3 URI of the script that unpacks the code.

        Raises:
            RuntimeError: The code's archive has another name than the script looks for.
        """
        if f"/{ARCHIVE}" not in uploaded.s3_prefix:
            raise RuntimeError("S3 source_dir file must be named `sourcedir.tar.gz.`")
        if step_in_building() is None:
            return uploaded.s3_prefix.replace(ARCHIVE, "runproc.sh")
        from sagewright.workflow.digests import hash_object

        place = code_place_of_step(self.sagemaker_session, "code", digest=hash_object(script))
        return f"{place}/runproc.sh"

    def _set_entrypoint(self, script: str) -> None:
        self.entrypoint = [*self.framework_entrypoint_command, script]
