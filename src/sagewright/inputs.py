"""Where a training job's channels come from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.requests.training import s3_channel

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


@suggests
class ShuffleConfig:
    """Shuffle the order of a channel's objects.

    Args:
        seed: Of the shuffle, which is the same in every epoch order for the same seed.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed


@suggests
class TrainingInput:
    """A channel of objects in S3.

    Args:
        s3_data: An S3 URI: a key, or the prefix of many; or, ours, a file or folder here, which `fit` uploads.
        distribution: `FullyReplicated`, or `ShardedByS3Key` for a part of the objects on each host.
        compression: `Gzip`, in pipe mode only.
        content_type: MIME type of the objects, for example `text/csv`.
        record_wrapping: `RecordIO`, in pipe mode only.
        s3_data_type: `S3Prefix`, `ManifestFile` or `AugmentedManifestFile`.
        input_mode: `File`, `Pipe` or `FastFile`, instead of the job's.
        attribute_names: Of an augmented manifest.
        target_attribute_name: The attribute of an augmented manifest that AutoML learns.

    Example:
        >>> from sagewright.inputs import TrainingInput
        >>> TrainingInput("s3://bucket/train/", content_type="text/csv").config["ContentType"]
        'text/csv'
    """

    def __init__(
        self,
        s3_data: str | os.PathLike[str],
        distribution: str | None = None,
        compression: str | None = None,
        content_type: str | None = None,
        record_wrapping: str | None = None,
        s3_data_type: str = "S3Prefix",
        instance_groups: Sequence[str] | None = None,
        input_mode: str | None = None,
        attribute_names: Sequence[str] | None = None,
        target_attribute_name: str | None = None,
        shuffle_config: ShuffleConfig | None = None,
        hub_access_config: Mapping[str, Any] | None = None,
        model_access_config: Mapping[str, Any] | None = None,
    ) -> None:
        # AutoML, which alone has a target attribute, takes no distribution.
        if not target_attribute_name and not distribution:
            distribution = "FullyReplicated"
        self.config = s3_channel(
            os.fspath(s3_data) if isinstance(s3_data, os.PathLike) else s3_data,
            distribution=distribution,
            compression=compression,
            content_type=content_type,
            record_wrapping=record_wrapping,
            data_type=s3_data_type,
            instance_groups=instance_groups,
            input_mode=input_mode,
            attribute_names=attribute_names,
            shuffle_seed=None if shuffle_config is None else shuffle_config.seed,
            hub_access=None if hub_access_config is None else dict(hub_access_config),
            model_access=None if model_access_config is None else dict(model_access_config),
        )
        if target_attribute_name is not None:
            self.config["TargetAttributeName"] = target_attribute_name

    def add_hub_access_config(self, hub_access_config: Mapping[str, Any] | None = None) -> None:
        """Say which hub content the channel's data come from."""
        if hub_access_config is not None:
            self.config["DataSource"]["S3DataSource"]["HubAccessConfig"] = dict(hub_access_config)

    def add_model_access_config(self, model_access_config: Mapping[str, Any] | None = None) -> None:
        """Say whether the terms of the channel's model were accepted."""
        if model_access_config is not None:
            self.config["DataSource"]["S3DataSource"]["ModelAccessConfig"] = dict(model_access_config)


@suggests
class TransformInput:
    """The data of a transform job, as a pipeline's step takes them; `Transformer.transform` has an argument for each.

    Args:
        data: S3 URI of an object, a prefix or a manifest.
        data_type: `S3Prefix` or `ManifestFile`.
        split_type: What a record is: `Line`, `RecordIO` or `TFRecord`; None: the whole object.
        input_filter: JSONPath of what the model gets of a record.
        output_filter: JSONPath of what is stored of a record.
        join_source: `Input` puts each answer beside its record.
    """

    def __init__(
        self,
        data: str,
        data_type: str = "S3Prefix",
        content_type: str | None = None,
        compression_type: str | None = None,
        split_type: str | None = None,
        input_filter: str | None = None,
        output_filter: str | None = None,
        join_source: str | None = None,
        model_client_config: dict[str, Any] | None = None,
        batch_data_capture_config: Any = None,
    ) -> None:
        self.data, self.data_type, self.content_type = data, data_type, content_type
        self.compression_type, self.split_type = compression_type, split_type
        self.input_filter, self.output_filter, self.join_source = input_filter, output_filter, join_source
        self.model_client_config = model_client_config
        self.batch_data_capture_config = batch_data_capture_config


@suggests
class CreateModelInput:
    """What a model is made for, as a pipeline's step takes it.

    Args:
        instance_type: The instances that it will run on.
    """

    def __init__(self, instance_type: InstanceType | None = None, accelerator_type: str | None = None) -> None:
        self.instance_type, self.accelerator_type = instance_type, accelerator_type

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if other.__class__ is self.__class__ else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # what it is made of may change

    def __repr__(self) -> str:
        return f"CreateModelInput({self.instance_type!r}, {self.accelerator_type!r})"


@suggests
class BatchDataCaptureConfig:
    """Keep lists of what transform jobs have read and written.

    Args:
        destination_s3_uri: S3 URI of the folder that the lists go to.
        kms_key_id: Recorded and shown; nothing is encrypted on this machine.
        generate_inference_id: Give each record of the output an id and the time of the job.
    """

    def __init__(
        self, destination_s3_uri: str, kms_key_id: str | None = None, generate_inference_id: bool | None = None
    ) -> None:
        self.destination_s3_uri, self.kms_key_id = destination_s3_uri, kms_key_id
        self.generate_inference_id = generate_inference_id

    def _to_request_dict(self) -> dict[str, Any]:
        members = {"KmsKeyId": self.kms_key_id, "GenerateInferenceId": self.generate_inference_id}
        given = {name: value for name, value in members.items() if value is not None}
        return {"DestinationS3Uri": self.destination_s3_uri, **given}


@suggests
class FileSystemInput:
    """A channel on a file system of EFS or FSx for Lustre.

    Args:
        file_system_type: `EFS` or `FSxLustre`.
        directory_path: Absolute path on the file system.
        file_system_access_mode: `ro` or `rw`.

    Raises:
        ValueError: A type or mode that does not exist.
    """

    def __init__(
        self,
        file_system_id: str,
        file_system_type: str,
        directory_path: str,
        file_system_access_mode: str = "ro",
        content_type: str | None = None,
    ) -> None:
        if file_system_type not in ("FSxLustre", "EFS"):
            raise ValueError(f"Unrecognized file system type: {file_system_type}. Valid values: FSxLustre, EFS.")
        if file_system_access_mode not in ("ro", "rw"):
            raise ValueError(f"Unrecognized file system access mode: {file_system_access_mode}. Valid values: ro, rw.")
        self.config: dict[str, Any] = {
            "DataSource": {
                "FileSystemDataSource": {
                    "FileSystemId": file_system_id,
                    "FileSystemType": file_system_type,
                    "DirectoryPath": directory_path,
                    "FileSystemAccessMode": file_system_access_mode,
                }
            }
        }
        if content_type:
            self.config["ContentType"] = content_type


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "TrainingInput",
            "FileSystemInput",
            "ShuffleConfig",
            "CreateModelInput",
            "TransformInput",
            "BatchDataCaptureConfig",
        ],
    )
