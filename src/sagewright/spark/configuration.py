"""Settings of Spark and what lies below it, in the form that Amazon EMR gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.vocabulary.suggestions import hint
from sagewright.vocabulary.variables import is_variable

KEYS = ("Classification", "Properties", "Configurations")
CLASSIFICATIONS = (
    "core-site",
    "hadoop-env",
    "hadoop-log4j",
    "hive-env",
    "hive-log4j",
    "hive-exec-log4j",
    "hive-site",
    "spark-defaults",
    "spark-env",
    "spark-log4j",
    "spark-hive-site",
    "spark-metrics",
    "yarn-env",
    "yarn-site",
    "export",
)
_GUIDE = "https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-configure-apps.html"

Configuration = Any  # a document, or a list of them


class SparkConfigUtils:
    """Checks of what a Spark job is given (v2's own name)."""

    @staticmethod
    def validate_configuration(configuration: Configuration) -> None:
        """Raise where settings have another form than EMR's.

        Raises:
            ValueError: A key is missing or unknown, or a classification is.
        """
        if isinstance(configuration, Mapping):
            _check(configuration)
        else:
            for item in configuration:
                _check(item)

    @staticmethod
    def validate_s3_uri(spark_output_s3_path: Any) -> None:
        """Raise where a place is not in S3.

        Raises:
            ValueError: It is not.
        """
        if not is_variable(spark_output_s3_path) and not spark_output_s3_path.startswith("s3://"):
            raise ValueError(
                f"Invalid s3 path: {spark_output_s3_path}. Please enter something like s3://bucket-name/folder-name"
            )


def _check(configuration: Mapping[str, Any]) -> None:
    if "Classification" not in configuration or "Properties" not in configuration:
        raise ValueError(
            f"Missing one or more required keys in configuration dictionary {configuration} Please see {_GUIDE} for "
            "more information"
        )
    for key in configuration:
        if key not in KEYS:
            raise ValueError(
                f"Invalid key: {key}. Must be one of {list(KEYS)}. Please see {_GUIDE} for more information."
                f"{hint(key, KEYS)}"
            )
    name = configuration["Classification"]
    if name not in CLASSIFICATIONS:
        raise ValueError(
            f"Invalid classification: {name}. Must be one of {list(CLASSIFICATIONS)}{hint(name, CLASSIFICATIONS)}"
        )
