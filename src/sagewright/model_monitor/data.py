"""What monitoring jobs look at, and where their results go."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.choices import check_choice
from sagewright.dataset_definition.inputs import DISTRIBUTIONS, INPUT_MODES
from sagewright.requests.monitoring import input_document, monitoring_output

Document = dict[str, Any]


class MonitoringInput:
    """What a monitoring job looks at.

    Attributes:
        start_time_offset, end_time_offset: The window of data before the run: `-PT1H`, `-PT0H`.
        features_attribute, inference_attribute, probability_attribute: Where features, predictions and scores stand
            in the data: columns or JMESPaths.
        probability_threshold_attribute: The score from which on an answer is positive.
    """

    def __init__(
        self,
        start_time_offset: str | None,
        end_time_offset: str | None,
        features_attribute: str | None,
        inference_attribute: str | None,
        probability_attribute: Any,
        probability_threshold_attribute: float | None,
    ) -> None:
        self.start_time_offset, self.end_time_offset = start_time_offset, end_time_offset
        self.features_attribute, self.inference_attribute = features_attribute, inference_attribute
        self.probability_attribute = probability_attribute
        self.probability_threshold_attribute = probability_threshold_attribute

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if value is not None)
        return f"{type(self).__name__}({given})"

    def _shared_members(self) -> Document:
        return {
            "StartTimeOffset": self.start_time_offset,
            "EndTimeOffset": self.end_time_offset,
            "FeaturesAttribute": self.features_attribute,
            "InferenceAttribute": self.inference_attribute,
            "ProbabilityAttribute": self.probability_attribute,
            "ProbabilityThresholdAttribute": self.probability_threshold_attribute,
        }


class _CapturedInput(MonitoringInput):
    """What was captured, and where the job finds it."""

    destination: str
    s3_input_mode: str
    s3_data_distribution_type: str
    exclude_features_attribute: str | None

    def _take_place(self, destination: str, s3_input_mode: str, s3_data_distribution_type: str) -> None:
        self.destination = destination
        self.s3_input_mode = check_choice("s3_input_mode", s3_input_mode, INPUT_MODES)
        self.s3_data_distribution_type = check_choice(
            "s3_data_distribution_type", s3_data_distribution_type, DISTRIBUTIONS
        )

    def _shared_members(self) -> Document:
        place = {
            "LocalPath": self.destination,
            "S3InputMode": self.s3_input_mode,
            "S3DataDistributionType": self.s3_data_distribution_type,
            "ExcludeFeaturesAttribute": self.exclude_features_attribute,
        }
        return {**place, **super()._shared_members()}


@suggests
class EndpointInput(_CapturedInput):
    """What an endpoint has captured.

    Args:
        destination: Where the job finds it: below `/opt/ml/processing/`.
        s3_input_mode: `File` or `Pipe`.
        s3_data_distribution_type: `FullyReplicated`, or `ShardedByS3Key` for a part on each host.
        exclude_features_attribute: Columns that are left out.
        **: As the attributes of `MonitoringInput`.

    Example:
        >>> from sagewright.model_monitor import EndpointInput
        >>> EndpointInput("my-endpoint", "/opt/ml/processing/input/endpoint").s3_input_mode
        'File'
    """

    def __init__(
        self,
        endpoint_name: str,
        destination: str,
        s3_input_mode: str = "File",
        s3_data_distribution_type: str = "FullyReplicated",
        start_time_offset: str | None = None,
        end_time_offset: str | None = None,
        features_attribute: str | None = None,
        inference_attribute: str | None = None,
        probability_attribute: Any = None,
        probability_threshold_attribute: float | None = None,
        exclude_features_attribute: str | None = None,
    ) -> None:
        self.endpoint_name = endpoint_name
        self._take_place(destination, s3_input_mode, s3_data_distribution_type)
        self.exclude_features_attribute = exclude_features_attribute
        super().__init__(
            start_time_offset,
            end_time_offset,
            features_attribute,
            inference_attribute,
            probability_attribute,
            probability_threshold_attribute,
        )

    def _to_request_dict(self) -> Document:
        own = {"EndpointName": self.endpoint_name}
        return input_document("EndpointInput", {**own, **self._shared_members()})


@suggests
class BatchTransformInput(_CapturedInput):
    """What batch transform jobs have captured.

    Args:
        data_captured_destination_s3_uri: Where `BatchDataCaptureConfig` has put it.
        destination: Where the job finds it: below `/opt/ml/processing/`.
        dataset_format: One of `MonitoringDatasetFormat`.
        **: As for `EndpointInput`.
    """

    def __init__(
        self,
        data_captured_destination_s3_uri: str,
        destination: str,
        dataset_format: Document,
        s3_input_mode: str = "File",
        s3_data_distribution_type: str = "FullyReplicated",
        start_time_offset: str | None = None,
        end_time_offset: str | None = None,
        features_attribute: str | None = None,
        inference_attribute: str | None = None,
        probability_attribute: Any = None,
        probability_threshold_attribute: float | None = None,
        exclude_features_attribute: str | None = None,
    ) -> None:
        self.data_captured_destination_s3_uri = data_captured_destination_s3_uri
        self._take_place(destination, s3_input_mode, s3_data_distribution_type)
        self.dataset_format = dataset_format
        self.exclude_features_attribute = exclude_features_attribute
        super().__init__(
            start_time_offset,
            end_time_offset,
            features_attribute,
            inference_attribute,
            probability_attribute,
            probability_threshold_attribute,
        )

    def _to_request_dict(self) -> Document:
        own = {
            "DataCapturedDestinationS3Uri": self.data_captured_destination_s3_uri,
            "DatasetFormat": self.dataset_format,
        }
        return input_document("BatchTransformInput", {**own, **self._shared_members()})


@suggests
class MonitoringOutput:
    """Where the results of monitoring jobs go.

    Args:
        source: The folder of the job: below `/opt/ml/processing/`.
        destination: S3 URI of a prefix; None: one of the default bucket, named after the schedule.
        s3_upload_mode: `Continuous` or `EndOfJob`.
    """

    def __init__(self, source: str, destination: str | None = None, s3_upload_mode: str = "Continuous") -> None:
        self.source, self.destination = source, destination
        self.s3_upload_mode = check_choice("s3_upload_mode", s3_upload_mode, ("Continuous", "EndOfJob"))

    def __repr__(self) -> str:
        return f"MonitoringOutput({self.source!r}, {self.destination!r}, {self.s3_upload_mode!r})"

    def _to_request_dict(self) -> Document:
        return monitoring_output(self.source, self.destination, self.s3_upload_mode)
