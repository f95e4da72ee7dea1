"""What is kept of an endpoint's requests and answers (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.config.paths import ENDPOINT_CONFIG_DATA_CAPTURE_KMS_KEY_ID_PATH
from sagewright.config.values import resolved
from sagewright.s3 import s3_path_join
from sagewright.vocabulary.content_types import CSV, JSON

if TYPE_CHECKING:
    from sagewright.session import Session


@suggests
class DataCaptureConfig:
    """Makes `deploy` create an endpoint that keeps what it is asked and answers.

    Args:
        enable_capture: False: nothing is kept; the rest is remembered for later.
        sampling_percentage: 0 to 100.
        destination_s3_uri: None: `model-monitor/data-capture` in the default bucket.
        capture_options: `REQUEST`, `RESPONSE` or both (None).
        csv_content_types, json_content_types: What is written as text, not as base64; None: `text/csv` and
            `application/json`.
        sagemaker_session: Knows the default bucket.

    Example:
        >>> from sagewright.model_monitor import DataCaptureConfig
        >>> DataCaptureConfig(True, destination_s3_uri="s3://b/captured").capture_options
        ['REQUEST', 'RESPONSE']
    """

    API_MAPPING: ClassVar = {"REQUEST": "Input", "RESPONSE": "Output"}

    def __init__(
        self,
        enable_capture: bool,
        sampling_percentage: int = 20,
        destination_s3_uri: str | None = None,
        kms_key_id: str | None = None,
        capture_options: Sequence[str] | None = None,
        csv_content_types: Sequence[str] | None = None,
        json_content_types: Sequence[str] | None = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        self.enable_capture, self.sampling_percentage = enable_capture, sampling_percentage
        self.destination_s3_uri = destination_s3_uri or _default_destination(sagemaker_session)
        self.kms_key_id = resolved(kms_key_id, sagemaker_session, ENDPOINT_CONFIG_DATA_CAPTURE_KMS_KEY_ID_PATH)
        self.capture_options = capture_options or ["REQUEST", "RESPONSE"]
        self.csv_content_types = csv_content_types or [CSV]
        self.json_content_types = json_content_types or [JSON]

    def _to_request_dict(self) -> dict[str, Any]:
        """Return `DataCaptureConfig`."""
        modes = [self.API_MAPPING.get(option.upper(), option) for option in self.capture_options]
        found: dict[str, Any] = {
            "EnableCapture": self.enable_capture,
            "InitialSamplingPercentage": self.sampling_percentage,
            "DestinationS3Uri": self.destination_s3_uri,
            "CaptureOptions": [{"CaptureMode": mode} for mode in modes],
            "CaptureContentTypeHeader": {
                "CsvContentTypes": self.csv_content_types,
                "JsonContentTypes": self.json_content_types,
            },
        }
        if self.kms_key_id is not None:
            found["KmsKeyId"] = self.kms_key_id
        return found


def _default_destination(session: Session | None) -> str:
    if session is None:
        from sagewright.session import Session

        session = Session()
    bucket, prefix = session.default_bucket(), session.default_bucket_prefix or ""
    return s3_path_join("s3://", bucket, prefix, "model-monitor", "data-capture")
