"""The inputs of `fit`, as channels (`contract.md` 9.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.inputs import FileSystemInput, TrainingInput

Channel = dict[str, Any]


def channels_of(inputs: Any) -> list[Channel]:
    """Return the channel documents of what `fit` was given.

    Raises:
        ValueError: It is nothing that can be a channel.
    """
    if inputs is None:
        return []
    if isinstance(inputs, (str, TrainingInput, FileSystemInput)):
        inputs = {"training": inputs}
    if isinstance(inputs, list):
        raise ValueError(
            "List compatible only with RecordSets or FileSystemRecordSets, which are not built yet.\n"
            "hint: give a dict of channel name to S3 URI or TrainingInput."
        )
    if not isinstance(inputs, Mapping):
        raise ValueError(f"Cannot format input {inputs}. Expecting one of str, dict, TrainingInput or FileSystemInput")
    return [{"ChannelName": name, **_channel(value)} for name, value in inputs.items()]


def _channel(value: Any) -> Channel:
    if isinstance(value, (TrainingInput, FileSystemInput)):
        return dict(value.config)
    if not isinstance(value, str):
        raise ValueError(f"Cannot format input {value}. Expecting one of str, TrainingInput or FileSystemInput")
    if value.startswith("file://"):
        raise ValueError(
            "File URIs are supported in local mode only. Please use a S3 URI instead.\n"
            f"hint: session.upload_data('{value.removeprefix('file://')}') puts the data there and returns the URI."
        )
    if not value.startswith("s3://"):
        raise ValueError(f'URI input {value} must be a valid S3 or FILE URI: must start with "s3://" or "file://"')
    return dict(TrainingInput(value).config)


def add_channel(channels: list[Channel], channel: Channel) -> None:
    """Add a channel to others.

    Raises:
        ValueError: One of them has its name.
    """
    if any(other["ChannelName"] == channel["ChannelName"] for other in channels):
        raise ValueError(f"Duplicate channel {channel['ChannelName']} not allowed.")
    channels.append(channel)
