"""The data of AutoML jobs of the second version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.requests.automl import given

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

INPUT_PREFIX = "auto-ml-v2-input-data"  # of the keys of local data that are uploaded


class _Channel:
    channel_type: Any = None
    compression_type: Any = None
    content_type: Any = None

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed, as v2's

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


@suggests
class AutoMLDataChannel(_Channel):
    """Data in S3.

    Args:
        s3_data_type: `S3Prefix`, `ManifestFile` or `AugmentedManifestFile`.
        channel_type: `training` or `validation`.
    """

    def __init__(
        self,
        s3_data_type: Any,
        s3_uri: Any,
        channel_type: Any = None,
        compression_type: Any = None,
        content_type: Any = None,
    ) -> None:
        self.s3_data_type, self.s3_uri, self.channel_type = s3_data_type, s3_uri, channel_type
        self.compression_type, self.content_type = compression_type, content_type

    @classmethod
    def from_response_dict(cls, data_channel: Mapping[str, Any]) -> AutoMLDataChannel:
        """Return the channel that a description holds."""
        source = data_channel["DataSource"]["S3DataSource"]
        return cls(
            source["S3DataType"],
            source["S3Uri"],
            data_channel.get("ChannelType"),
            data_channel.get("CompressionType"),
            data_channel.get("ContentType"),
        )

    def to_request_dict(self) -> Document:
        """Return the document of a request."""
        optional = {
            "ChannelType": self.channel_type or None,
            "CompressionType": self.compression_type or None,
            "ContentType": self.content_type or None,
        }
        source = {"S3DataType": self.s3_data_type, "S3Uri": self.s3_uri}
        return {"DataSource": {"S3DataSource": source}, **given(optional)}


@suggests
class LocalAutoMLDataChannel(_Channel):
    """Data on this machine, which are uploaded.

    Args:
        data_type: As `s3_data_type` of `AutoMLDataChannel`.
        path: A file or a folder.
    """

    def __init__(
        self,
        data_type: Any,
        path: str,
        channel_type: Any = None,
        compression_type: Any = None,
        content_type: Any = None,
    ) -> None:
        self.data_type, self.path, self.channel_type = data_type, path, channel_type
        self.compression_type, self.content_type = compression_type, content_type


def uploaded(channel: AutoMLDataChannel | LocalAutoMLDataChannel, session: Session) -> AutoMLDataChannel:
    """Return a channel of data in S3, having uploaded those that are on this machine."""
    if isinstance(channel, AutoMLDataChannel):
        return channel
    uri = session.upload_data(channel.path, key_prefix=INPUT_PREFIX)
    return AutoMLDataChannel(
        channel.data_type, uri, channel.channel_type, channel.compression_type, channel.content_type
    )
