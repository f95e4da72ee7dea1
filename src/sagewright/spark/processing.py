"""Processors that run Spark applications of Python and of Java (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.deferring import runnable_by_pipeline
from sagewright.processing.data import ProcessingInput, ProcessingOutput, RunArgs
from sagewright.processing.script import ScriptProcessor
from sagewright.spark.base import COMMAND, SparkProcessorBase
from sagewright.spark.configuration import SparkConfigUtils
from sagewright.spark.dependencies import FileType

__all__ = ["FileType", "PySparkProcessor", "SparkConfigUtils", "SparkJarProcessor"]

Document = dict[str, Any]
Inputs = Sequence[ProcessingInput] | None
Outputs = Sequence[ProcessingOutput] | None
Data = tuple[list[ProcessingInput] | None, list[ProcessingOutput] | None]


@suggests
class PySparkProcessor(SparkProcessorBase):
    """Runs applications of PySpark as processing jobs.

    Args:
        **: As for `SparkProcessorBase`.

    Example:
        >>> from sagewright.spark.processing import PySparkProcessor
        >>> role = "arn:aws:iam::123456789012:role/Role"
        >>> processor = PySparkProcessor(role, "ml.m5.xlarge", 2, framework_version="3.3")
        >>> processor.command
        ['smspark-submit']
    """

    def get_run_args(  # type: ignore[override]  # takes more, as in v2
        self,
        submit_app: str,
        submit_py_files: Sequence[Any] | None = None,
        submit_jars: Sequence[Any] | None = None,
        submit_files: Sequence[Any] | None = None,
        inputs: Inputs = None,
        outputs: Outputs = None,
        arguments: Sequence[Any] | None = None,
        job_name: str | None = None,
        configuration: Any = None,
        spark_event_logs_s3_uri: Any = None,
    ) -> RunArgs:
        """Upload what a run needs; return arguments for a pipeline's processing step.

        Outdated: call `run` with a `PipelineSession`.
        """
        files = (submit_py_files, submit_jars, submit_files)
        data = self._prepared(submit_app, files, inputs, outputs, job_name, configuration, spark_event_logs_s3_uri)
        return super().get_run_args(submit_app, *data, arguments)

    @runnable_by_pipeline
    def run(  # type: ignore[override]  # takes more, as in v2
        self,
        submit_app: str,
        submit_py_files: Sequence[Any] | None = None,
        submit_jars: Sequence[Any] | None = None,
        submit_files: Sequence[Any] | None = None,
        inputs: Inputs = None,
        outputs: Outputs = None,
        arguments: Sequence[Any] | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        experiment_config: Document | None = None,
        configuration: Any = None,
        spark_event_logs_s3_uri: Any = None,
        kms_key: str | None = None,
    ) -> Any:
        """Run an application.

        Args:
            submit_app: The script: a file here, or the S3 URI of one.
            submit_py_files, submit_jars, submit_files: Files and folders here, and S3 URIs.
            configuration: Settings in the form of Amazon EMR's: one document or a list of them.
            spark_event_logs_s3_uri: Where the event logs go.
            **: As for `Processor.run`.

        Raises:
            ValueError: A file is missing, or settings have another form.
            UnexpectedStatusException: The job has failed.
        """
        files = (submit_py_files, submit_jars, submit_files)
        data = self._prepared(submit_app, files, inputs, outputs, job_name, configuration, spark_event_logs_s3_uri)
        return ScriptProcessor.run(
            self, submit_app, *data, arguments, wait, logs, self._current_job_name, experiment_config, kms_key
        )

    def _prepared(
        self,
        app: Any,
        files: tuple[Sequence[Any] | None, ...],
        inputs: Inputs,
        outputs: Outputs,
        job_name: str | None,
        configuration: Any,
        event_logs_uri: Any,
    ) -> Data:
        self._check_app(app)
        self._current_job_name = self._generate_current_job_name(job_name)
        self.command = [COMMAND]
        kinds = (FileType.PYTHON, FileType.JAR, FileType.FILE)
        found = self._with_files(inputs or (), dict(zip(kinds, files, strict=True)))
        return self._with_settings(found, outputs, configuration, event_logs_uri)


@suggests
class SparkJarProcessor(SparkProcessorBase):
    """Runs applications of Spark that are jars as processing jobs.

    Args:
        **: As for `SparkProcessorBase`.
    """

    def get_run_args(  # type: ignore[override]  # takes more, as in v2
        self,
        submit_app: str,
        submit_class: Any = None,
        submit_jars: Sequence[Any] | None = None,
        submit_files: Sequence[Any] | None = None,
        inputs: Inputs = None,
        outputs: Outputs = None,
        arguments: Sequence[Any] | None = None,
        job_name: str | None = None,
        configuration: Any = None,
        spark_event_logs_s3_uri: Any = None,
    ) -> RunArgs:
        """Upload what a run needs; return arguments for a pipeline's processing step.

        Outdated: call `run` with a `PipelineSession`.
        """
        app, files = (submit_app, submit_class), (submit_jars, submit_files)
        data = self._prepared(app, files, inputs, outputs, job_name, configuration, spark_event_logs_s3_uri)
        return super().get_run_args(submit_app, *data, arguments)

    @runnable_by_pipeline
    def run(  # type: ignore[override]  # takes more, as in v2
        self,
        submit_app: str,
        submit_class: Any,
        submit_jars: Sequence[Any] | None = None,
        submit_files: Sequence[Any] | None = None,
        inputs: Inputs = None,
        outputs: Outputs = None,
        arguments: Sequence[Any] | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        experiment_config: Document | None = None,
        configuration: Any = None,
        spark_event_logs_s3_uri: Any = None,
        kms_key: str | None = None,
    ) -> Any:
        """Run an application.

        Args:
            submit_app: The jar: a file here, or the S3 URI of one.
            submit_class: The class in it whose `main` is run.
            **: As for `PySparkProcessor.run`.

        Raises:
            ValueError: A file is missing, or settings have another form.
            UnexpectedStatusException: The job has failed.
        """
        app, files = (submit_app, submit_class), (submit_jars, submit_files)
        data = self._prepared(app, files, inputs, outputs, job_name, configuration, spark_event_logs_s3_uri)
        return ScriptProcessor.run(
            self, submit_app, *data, arguments, wait, logs, self._current_job_name, experiment_config, kms_key
        )

    def _prepared(
        self,
        app: tuple[Any, Any],
        files: tuple[Sequence[Any] | None, ...],
        inputs: Inputs,
        outputs: Outputs,
        job_name: str | None,
        configuration: Any,
        event_logs_uri: Any,
    ) -> Data:
        self._check_app(app[0])
        if not app[1]:
            raise ValueError("submit_class is required")
        self._current_job_name = self._generate_current_job_name(job_name)
        self.command = [COMMAND, "--class", app[1]]
        found = self._with_files(inputs or (), dict(zip((FileType.JAR, FileType.FILE), files, strict=True)))
        return self._with_settings(found, outputs, configuration, event_logs_uri)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
