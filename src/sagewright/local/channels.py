"""Local mode's own kind of channel."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import shows


@shows
class file_input:
    """A file or folder of this machine as a channel of a job.

    Args:
        fileUri: `file://` and an absolute path.
        content_type: The MIME type of its files.

    Example:
        >>> from sagewright.local import file_input
        >>> file_input("file:///data/train").config["DataSource"]["FileDataSource"]["FileUri"]
        'file:///data/train'
    """

    def __init__(self, fileUri: str, content_type: str | None = None) -> None:
        source = {"FileDataDistributionType": "FullyReplicated", "FileUri": fileUri}
        self.config: dict[str, Any] = {"DataSource": {"FileDataSource": source}}
        if content_type is not None:
            self.config["ContentType"] = content_type
