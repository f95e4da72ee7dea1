"""What a function that runs as a Spark application takes (v2's own path)."""

from __future__ import annotations

from typing import Any, NamedTuple

from sagewright.spark.configuration import SparkConfigUtils

Configuration = list[dict[str, Any]] | dict[str, Any]


class _SparkConfig(NamedTuple):
    submit_jars: list[str] | None = None
    submit_py_files: list[str] | None = None
    submit_files: list[str] | None = None
    configuration: Any = None
    spark_event_logs_uri: str | None = None


class SparkConfig(_SparkConfig):
    """What a function that runs as a Spark application takes. It cannot be changed.

    Args:
        submit_jars, submit_py_files, submit_files: Files of this machine, or S3 URIs.
        configuration: Classifications of Hadoop, Spark or Hive, as EMR has them.
        spark_event_logs_uri: The S3 URI where the application's events go.

    Raises:
        ValueError: The configuration holds what is none, or the URI is none of S3.
    """

    __slots__ = ()

    def __new__(
        cls,
        submit_jars: list[str] | None = None,
        submit_py_files: list[str] | None = None,
        submit_files: list[str] | None = None,
        configuration: Any = None,
        spark_event_logs_uri: str | None = None,
    ) -> SparkConfig:
        if configuration:
            SparkConfigUtils.validate_configuration(configuration=configuration)
        if spark_event_logs_uri:
            SparkConfigUtils.validate_s3_uri(spark_event_logs_uri)
        return super().__new__(cls, submit_jars, submit_py_files, submit_files, configuration, spark_event_logs_uri)
