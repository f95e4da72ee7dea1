"""What cannot be laid down."""

from __future__ import annotations


class LayoutError(Exception):
    """What the program needs cannot be laid down; the text is the job's failure reason."""


def download_failed(detail: str) -> LayoutError:
    """Return the failure of an input, as SageMaker words it (`contract.md` 1.6)."""
    return LayoutError(f"ClientError: Data download failed:{detail}")


def no_objects(uri: str, channel: str) -> LayoutError:
    """Return the failure of an input that is not there."""
    return download_failed(
        f'No S3 objects found under S3 URL "{uri}" given in input data source of channel `{channel}`.'
    )
