"""What each host of a job is to get of its channels, and what it is told about them (`contract.md` 1.7, 1.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.planning.document import Fetch
from sagewright.vocabulary.s3_uris import split_s3_uri

Channel = Mapping[str, Any]


def fetch_of(channel: Channel, default_mode: str, host: str, hosts: Sequence[str]) -> Fetch:
    """Return one host's part of a channel.

    Args:
        default_mode: The job's, for a channel that has none of its own.
        hosts: All hosts that get the channel.
    """
    source = channel["DataSource"]["S3DataSource"]
    bucket, prefix = split_s3_uri(source["S3Uri"])
    mode = channel.get("InputMode", default_mode)
    is_sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
    return Fetch(
        channel["ChannelName"],
        bucket,
        prefix,
        f"input/data/{channel['ChannelName']}",
        data_type=source.get("S3DataType", "S3Prefix"),
        mode=mode,
        gunzip=mode == "Pipe" and channel.get("CompressionType") == "Gzip",
        record_io=channel.get("RecordWrapperType") == "RecordIO",
        attributes=tuple(source.get("AttributeNames") or ()),
        seed=(channel.get("ShuffleConfig") or {}).get("Seed"),
        share=list(hosts).index(host) if is_sharded else 0,
        shares=len(hosts) if is_sharded else 1,
    )


def folders_of(fetches: Sequence[Fetch]) -> list[str]:
    """Return the folders of the channels that are files."""
    return [fetch.path for fetch in fetches if fetch.mode != "Pipe"]


def config_of(channels: Sequence[Channel], default_mode: str) -> dict[str, dict[str, str]]:
    """Return a host's `inputdataconfig.json`."""
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode", default_mode),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in channels
    }
