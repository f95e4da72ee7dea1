"""The files that monitoring jobs read and write (v2's own path)."""

from __future__ import annotations

import json
import logging
import os
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.s3 import S3Downloader, S3Uploader, s3_path_join

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


class ModelMonitoringFile:
    """A JSON file of a monitoring job.

    Attributes:
        body_dict: What it holds; may be changed and saved.
        file_s3_uri: Where it lies.
    """

    file_name: ClassVar[str] = ""

    def __init__(
        self, body_dict: Document, file_s3_uri: str, kms_key: str | None, sagemaker_session: Session | None
    ) -> None:
        self.body_dict, self.file_s3_uri = body_dict, file_s3_uri
        self.kms_key, self.session = kms_key, sagemaker_session

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.file_s3_uri!r})"

    def save(self, new_save_location_s3_uri: str | None = None) -> str:
        """Store the file; return its S3 URI.

        Args:
            new_save_location_s3_uri: None: where it was.
        """
        if new_save_location_s3_uri is not None:
            self.file_s3_uri = new_save_location_s3_uri
        return S3Uploader.upload_string_as_file_body(
            json.dumps(self.body_dict), self.file_s3_uri, self.kms_key, self.session
        )

    @classmethod
    def _read(cls, uri: str, kms_key: str | None, session: Session | None) -> Self:
        from botocore.exceptions import ClientError

        try:
            body = json.loads(S3Downloader.read_file(uri, session))
        except ClientError:
            logger.warning("There is no file of %s at `%s` that can be read.", cls.__name__, uri)
            raise
        return cls(body, uri, kms_key, session)

    @classmethod
    def _stored(cls, body: str, kms_key: str | None, file_name: str | None, session: Session | None) -> Self:
        if session is None:
            from sagewright.session import Session

            session = Session()
        prefix, name = session.default_bucket_prefix or "", file_name or cls.file_name
        uri = s3_path_join("s3://", session.default_bucket(), prefix, "monitoring", str(uuid.uuid4()), name)
        return cls._read(S3Uploader.upload_string_as_file_body(body, uri, kms_key, session), kms_key, session)

    @classmethod
    def _uploaded(cls, path: str, kms_key: str | None, session: Session | None) -> Self:
        with open(path, encoding="utf-8") as file:
            body = file.read()
        return cls._stored(body, kms_key, os.path.basename(path), session)


class Statistics(ModelMonitoringFile):
    """What a data set looks like: `statistics.json`."""

    file_name = "statistics.json"

    def __init__(
        self,
        body_dict: Document,
        statistics_file_s3_uri: str,
        kms_key: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        super().__init__(body_dict, statistics_file_s3_uri, kms_key, sagemaker_session)

    @classmethod
    def from_s3_uri(
        cls, statistics_file_s3_uri: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> Self:
        """Return the file at an S3 URI.

        Raises:
            ClientError: It cannot be read.
        """
        return cls._read(statistics_file_s3_uri, kms_key, sagemaker_session)

    @classmethod
    def from_string(
        cls,
        statistics_file_string: str,
        kms_key: str | None = None,
        file_name: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Store text in the default bucket; return the file."""
        return cls._stored(statistics_file_string, kms_key, file_name, sagemaker_session)

    @classmethod
    def from_file_path(
        cls, statistics_file_path: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> Self:
        """Upload a file from here to the default bucket; return it."""
        return cls._uploaded(statistics_file_path, kms_key, sagemaker_session)


class Constraints(ModelMonitoringFile):
    """What data have to look like: `constraints.json`."""

    file_name = "constraints.json"

    def __init__(
        self,
        body_dict: Document,
        constraints_file_s3_uri: str,
        kms_key: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        super().__init__(body_dict, constraints_file_s3_uri, kms_key, sagemaker_session)

    @classmethod
    def from_s3_uri(
        cls, constraints_file_s3_uri: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> Self:
        """Return the file at an S3 URI.

        Raises:
            ClientError: It cannot be read.
        """
        return cls._read(constraints_file_s3_uri, kms_key, sagemaker_session)

    @classmethod
    def from_string(
        cls,
        constraints_file_string: str,
        kms_key: str | None = None,
        file_name: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Store text in the default bucket; return the file."""
        return cls._stored(constraints_file_string, kms_key, file_name, sagemaker_session)

    @classmethod
    def from_file_path(
        cls, constraints_file_path: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> Self:
        """Upload a file from here to the default bucket; return it."""
        return cls._uploaded(constraints_file_path, kms_key, sagemaker_session)

    def set_monitoring(self, enable_monitoring: bool, feature_name: str | None = None) -> None:
        """Switch the evaluation of constraints on or off.

        Args:
            feature_name: Of this feature; None: of all.
        """
        word = "Enabled" if enable_monitoring else "Disabled"
        if feature_name is None:
            self.body_dict["monitoring_config"]["evaluate_constraints"] = word
            return
        for feature in self.body_dict["features"]:
            if feature["name"] == feature_name:
                overrides = feature.get("monitoring_config_overrides") or {}
                feature["monitoring_config_overrides"] = {**overrides, "evaluate_constraints": word}


class ConstraintViolations(ModelMonitoringFile):
    """Where data do not look as they have to: `constraint_violations.json`."""

    file_name = "constraint_violations.json"

    def __init__(
        self,
        body_dict: Document,
        constraint_violations_file_s3_uri: str,
        kms_key: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        super().__init__(body_dict, constraint_violations_file_s3_uri, kms_key, sagemaker_session)

    @classmethod
    def from_s3_uri(
        cls,
        constraint_violations_file_s3_uri: str,
        kms_key: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Return the file at an S3 URI.

        Raises:
            ClientError: It cannot be read.
        """
        return cls._read(constraint_violations_file_s3_uri, kms_key, sagemaker_session)

    @classmethod
    def from_string(
        cls,
        constraint_violations_file_string: str,
        kms_key: str | None = None,
        file_name: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Store text in the default bucket; return the file."""
        return cls._stored(constraint_violations_file_string, kms_key, file_name, sagemaker_session)

    @classmethod
    def from_file_path(
        cls, constraint_violations_file_path: str, kms_key: str | None = None, sagemaker_session: Session | None = None
    ) -> Self:
        """Upload a file from here to the default bucket; return it."""
        return cls._uploaded(constraint_violations_file_path, kms_key, sagemaker_session)
