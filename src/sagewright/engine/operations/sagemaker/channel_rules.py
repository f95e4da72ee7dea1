"""Which ways of bringing a channel's data go together (`contract.md` 1.1.2, 1.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.parts import Params
from sagewright.vocabulary.errors import validation_error

AUGMENTED = "AugmentedManifestFile"
_DATA_TYPES = ("S3Prefix", "ManifestFile", AUGMENTED)

Channel = Mapping[str, Any]


def unbuilt_of_channels(params: Params) -> Iterator[tuple[str, Any]]:
    """Yield the fields that would change what a job finds and that the engine cannot honour."""
    for number, channel in enumerate(params.get("InputDataConfig") or (), start=1):
        for member, present in _unbuilt(channel["DataSource"]):
            yield f"InputDataConfig.{number}.DataSource.{member}", present


def check_channels(params: Params) -> None:
    """Check names, input modes and data types of all channels.

    Raises:
        ApiError: `ValidationException`.
    """
    channels = params.get("InputDataConfig") or ()
    names = [channel["ChannelName"] for channel in channels]
    for name in names:
        if names.count(name) > 1:
            raise validation_error(f"The channel name `{name}` is used more than once in InputDataConfig.")
    for channel in channels:
        mode = channel.get("InputMode", params["AlgorithmSpecification"]["TrainingInputMode"])
        for is_bad, why in _conflicts(channel, mode):
            if is_bad:
                raise validation_error(f"The channel `{channel['ChannelName']}`: {why}")


def _unbuilt(source: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "FileSystemDataSource", source.get("FileSystemDataSource")
    yield "DatasetSource", source.get("DatasetSource")
    s3 = source.get("S3DataSource") or {}
    data_type = s3.get("S3DataType", "S3Prefix")
    yield f"S3DataSource.S3DataType {data_type}", data_type not in _DATA_TYPES
    yield "S3DataSource.HubAccessConfig", s3.get("HubAccessConfig")


def _conflicts(channel: Channel, mode: str) -> Iterator[tuple[bool, str]]:
    s3 = channel["DataSource"].get("S3DataSource") or {}
    data_type, attributes = s3.get("S3DataType", "S3Prefix"), s3.get("AttributeNames")
    yield (
        data_type == AUGMENTED and mode != "Pipe",
        f"S3DataType {AUGMENTED} is only supported in Pipe input mode, and its input mode is {mode}.\n"
        "hint: give the channel InputMode Pipe.",
    )
    yield (
        data_type == AUGMENTED and not attributes,
        f"S3DataType {AUGMENTED} needs AttributeNames: which attributes of a line are streamed, in order.",
    )
    yield (
        data_type != AUGMENTED and bool(attributes),
        f"AttributeNames are only supported with S3DataType {AUGMENTED}, and its data type is {data_type}.",
    )
    yield (
        mode == "FastFile" and data_type != "S3Prefix",
        f"FastFile input mode only supports S3DataType S3Prefix, and its data type is {data_type}.\n"
        "hint: use File input mode.",
    )
    yield (
        channel.get("RecordWrapperType", "None") != "None" and mode != "Pipe",
        f"RecordWrapperType RecordIO is only supported in Pipe input mode, and its input mode is {mode}.\n"
        "hint: leave RecordWrapperType out; files are laid down as they are stored.",
    )
