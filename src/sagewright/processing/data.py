"""What goes into a processing job, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.api_object import ApiObject
from sagewright.arguments import suggests
from sagewright.choices import check_choice
from sagewright.dataset_definition.inputs import (
    COMPRESSIONS,
    DATA_TYPES,
    DISTRIBUTIONS,
    INPUT_MODES,
    DatasetDefinition,
    S3Input,
)
from sagewright.requests.processing import input_document, output_document

Document = dict[str, Any]


@suggests
class ProcessingInput:
    """Data that a processing job gets.

    Args:
        source: S3 URI of an object or prefix; or a file or folder here, which `run` uploads.
        destination: Where the job finds them: below `/opt/ml/processing/`.
        input_name: None: `input-1` and so on.
        s3_data_type: `S3Prefix` or `ManifestFile`.
        s3_input_mode: `File` copies them before the start, `Pipe` streams them.
        s3_data_distribution_type: `FullyReplicated`, or `ShardedByS3Key` for a part of the objects on each host.
        s3_compression_type: `None`, or `Gzip`, in pipe mode only.
        s3_input: All these at once, instead of them.
        dataset_definition: A query of a database instead of objects.
        app_managed: The container fetches the data itself.

    Example:
        >>> from sagewright.processing import ProcessingInput
        >>> ProcessingInput("s3://bucket/rows", "/opt/ml/processing/input").s3_input.s3_input_mode
        'File'
    """

    def __init__(
        self,
        source: Any = None,
        destination: Any = None,
        input_name: str | None = None,
        s3_data_type: str = "S3Prefix",
        s3_input_mode: str = "File",
        s3_data_distribution_type: str = "FullyReplicated",
        s3_compression_type: str = "None",
        s3_input: S3Input | None = None,
        dataset_definition: DatasetDefinition | None = None,
        app_managed: bool = False,
    ) -> None:
        self.source, self.destination, self.input_name = source, destination, input_name
        self.s3_data_type = check_choice("s3_data_type", s3_data_type, DATA_TYPES)
        self.s3_input_mode = check_choice("s3_input_mode", s3_input_mode, INPUT_MODES)
        self.s3_data_distribution_type = check_choice(
            "s3_data_distribution_type", s3_data_distribution_type, DISTRIBUTIONS
        )
        self.s3_compression_type = check_choice("s3_compression_type", s3_compression_type, COMPRESSIONS)
        self.s3_input, self.dataset_definition, self.app_managed = s3_input, dataset_definition, app_managed
        self._complete()

    def __repr__(self) -> str:
        return (
            f"ProcessingInput(input_name={self.input_name!r}, source={self.source!r}, destination={self.destination!r})"
        )

    def _complete(self) -> None:
        if self.s3_input is not None:
            self.source, self.destination = self.s3_input.s3_uri, self.s3_input.local_path
            self.s3_data_type, self.s3_input_mode = self.s3_input.s3_data_type, self.s3_input.s3_input_mode
            self.s3_data_distribution_type = self.s3_input.s3_data_distribution_type
        elif self.source is not None and self.destination is not None:
            self.s3_input = S3Input(
                self.source,
                self.destination,
                self.s3_data_type,
                self.s3_input_mode,
                self.s3_data_distribution_type,
                self.s3_compression_type,
            )

    def _to_request_dict(self) -> Document:
        return input_document(
            self.input_name,
            self.app_managed,
            S3Input.to_boto(self.s3_input) if self.s3_input else None,
            None if self.dataset_definition is None else DatasetDefinition.to_boto(self.dataset_definition),
        )


@suggests
class ProcessingOutput:
    """Data that a processing job makes.

    Args:
        source: The folder of the job: below `/opt/ml/processing/`.
        destination: S3 URI of a prefix; None: one of the default bucket, named after the job.
        output_name: None: `output-1` and so on.
        s3_upload_mode: `EndOfJob`, or `Continuous` as the files appear.
        app_managed: The container stores the data itself.
        feature_store_output: A feature group that they go to.

    Example:
        >>> from sagewright.processing import ProcessingOutput
        >>> ProcessingOutput("/opt/ml/processing/train", output_name="train")
        ProcessingOutput(output_name='train', source='/opt/ml/processing/train', destination=None)
    """

    def __init__(
        self,
        source: Any = None,
        destination: Any = None,
        output_name: str | None = None,
        s3_upload_mode: str = "EndOfJob",
        app_managed: bool = False,
        feature_store_output: FeatureStoreOutput | None = None,
    ) -> None:
        self.source, self.destination, self.output_name = source, destination, output_name
        self.s3_upload_mode = check_choice("s3_upload_mode", s3_upload_mode, ("EndOfJob", "Continuous"))
        self.app_managed, self.feature_store_output = app_managed, feature_store_output

    def __repr__(self) -> str:
        own = {"output_name": self.output_name, "source": self.source, "destination": self.destination}
        return f"ProcessingOutput({', '.join(f'{name}={value!r}' for name, value in own.items())})"

    def _to_request_dict(self) -> Document:
        group = self.feature_store_output
        return output_document(
            self.output_name,
            self.app_managed,
            self.source,
            self.destination,
            self.s3_upload_mode,
            None if group is None else FeatureStoreOutput.to_boto(group),
        )


@suggests
class FeatureStoreOutput(ApiObject):
    """A feature group that an output goes to."""

    feature_group_name: str | None = None

    def __init__(self, feature_group_name: str | None = None) -> None:
        self.feature_group_name = feature_group_name


@suggests
class RunArgs:
    """Arguments of a processing step of a pipeline.

    Args:
        code: S3 URI of what is run.
    """

    def __init__(
        self,
        code: Any,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        arguments: Sequence[Any] | None = None,
    ) -> None:
        self.code, self.inputs, self.outputs, self.arguments = code, inputs, outputs, arguments

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunArgs) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def __repr__(self) -> str:
        return f"RunArgs({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
