"""The inputs of `fit`, as channels (`contract.md` 9.5)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sagewright.amazon.record_sets import FileSystemRecordSet, RecordSet
from sagewright.inputs import FileSystemInput, TrainingInput
from sagewright.local.channels import file_input
from sagewright.local_data import local_path
from sagewright.vocabulary.variables import is_variable

Channel = dict[str, Any]


def channels_of(inputs: Any) -> list[Channel]:
    """Return the channel documents of what `fit` was given; local files and folders stand in them as they are.

    Raises:
        ValueError: It is nothing that can be a channel.
    """
    if inputs is None:
        return []
    if isinstance(inputs, (RecordSet, FileSystemRecordSet)):
        inputs = inputs.data_channel()
    if is_variable(inputs) or isinstance(inputs, (str, os.PathLike, TrainingInput, FileSystemInput, file_input)):
        inputs = {"training": inputs}
    if isinstance(inputs, list):
        inputs = _by_channel(inputs)
    if not isinstance(inputs, Mapping):
        raise ValueError(f"Cannot format input {inputs}. Expecting one of str, dict, TrainingInput or FileSystemInput")
    return [{"ChannelName": name, **_channel(value)} for name, value in inputs.items()]


def _by_channel(records: list[Any]) -> Mapping[Any, Any]:
    """Return sets of records by their channels."""
    found: dict[Any, Any] = {}
    for each in records:
        if not isinstance(each, (RecordSet, FileSystemRecordSet)):
            raise ValueError(
                "List compatible only with RecordSets or FileSystemRecordSets.\n"
                "hint: give a dict of channel name to S3 URI or TrainingInput."
            )
        if each.channel in found:
            raise ValueError("Duplicate channels not allowed.")
        found.update(each.data_channel())
    return found


def _channel(value: Any) -> Channel:
    if isinstance(value, FileSystemInput):
        return dict(value.config)
    if isinstance(value, TrainingInput):
        _check_local(value.config["DataSource"]["S3DataSource"]["S3Uri"])
        return dict(value.config)
    if isinstance(value, file_input):
        uri = checked_uri(value.config["DataSource"]["FileDataSource"]["FileUri"])
        return dict(TrainingInput(uri, content_type=value.config.get("ContentType")).config)
    if not isinstance(value, (str, os.PathLike)) and not is_variable(value):
        raise ValueError(f"Cannot format input {value}. Expecting one of str, TrainingInput or FileSystemInput")
    return dict(TrainingInput(checked_uri(value)).config)


def checked_uri(value: Any) -> Any:
    """Return an S3 URI, or a path or `file://` URI of what is here, or what only a pipeline's run decides.

    Raises:
        ValueError: It is neither.
    """
    if is_variable(value):
        return value  # it stands where a URI would
    uri = os.fspath(value)
    if not uri.startswith("s3://") and local_path(uri) is None:
        _refuse(uri)
    return uri


def _check_local(uri: Any) -> None:
    # Other text may be a pipeline's variable; v2 checks none of it.
    if isinstance(uri, str) and uri.startswith("file://") and local_path(uri) is None:
        _refuse(uri)


def _refuse(uri: str) -> None:
    path = uri.removeprefix("file://")
    hint = f"hint: there is no file or folder `{path}` here; a local one would be uploaded."
    if uri.startswith("file://"):
        raise ValueError(f"File URIs are supported in local mode only. Please use a S3 URI instead.\n{hint}")
    raise ValueError(f'URI input {uri} must be a valid S3 or FILE URI: must start with "s3://" or "file://"\n{hint}')


def add_channel(channels: list[Channel], channel: Channel) -> None:
    """Add a channel to others.

    Raises:
        ValueError: One of them has its name.
    """
    if any(other["ChannelName"] == channel["ChannelName"] for other in channels):
        raise ValueError(f"Duplicate channel {channel['ChannelName']} not allowed.")
    channels.append(channel)
