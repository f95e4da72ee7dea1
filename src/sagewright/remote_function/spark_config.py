"""What a function that runs as a Spark application takes (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.spark.configuration import SparkConfigUtils


@suggests
class SparkConfig:
    """What a function that runs as a Spark application takes. It cannot be changed.

    Args:
        submit_jars, submit_py_files, submit_files: Files of this machine, or S3 URIs.
        configuration: Classifications of Hadoop, Spark or Hive, as EMR has them.
        spark_event_logs_uri: The S3 URI where the application's events go.

    Raises:
        ValueError: The configuration holds what is none, or the URI is none of S3.
    """

    submit_jars: list[str] | None
    submit_py_files: list[str] | None
    submit_files: list[str] | None
    configuration: Any
    spark_event_logs_uri: str | None

    def __init__(
        self,
        submit_jars: list[str] | None = None,
        submit_py_files: list[str] | None = None,
        submit_files: list[str] | None = None,
        configuration: list[dict[str, Any]] | dict[str, Any] | None = None,
        spark_event_logs_uri: str | None = None,
    ) -> None:
        if configuration:
            SparkConfigUtils.validate_configuration(configuration=configuration)
        if spark_event_logs_uri:
            SparkConfigUtils.validate_s3_uri(spark_event_logs_uri)
        self.__dict__.update(
            submit_jars=submit_jars,
            submit_py_files=submit_py_files,
            submit_files=submit_files,
            configuration=configuration,
            spark_event_logs_uri=spark_event_logs_uri,
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"`{name}` of a SparkConfig cannot be changed.\nhint: make another one.")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it holds lists
