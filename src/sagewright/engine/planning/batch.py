"""What the batch client of a transform job's instance works from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Capture:
    """Where manifests of what went in and came out are written."""

    bucket: str
    prefix: str
    inference_ids: bool = False


@dataclass(frozen=True)
class Batch:
    """One instance's share of a transform job.

    Attributes:
        arn: The job's; inference ids are made of it.
        servers: The hosts of the same execution that serve the model's containers, in the order of its containers.
        bucket, prefix, data_type: The input: every key that begins with `prefix`, or a manifest's key.
        share, shares: This instance gets every `shares`-th object, from number `share` on.
        gunzip: The objects are compressed.
        split_type: `None`, `Line`, `RecordIO` or `TFRecord`.
        single: One record in each request; None: as the model's server says, else several.
        max_payload_mb: In MiB, 0: without bound, in chunks; None: as the server says, else 6.
        max_concurrent: Requests at a time; None: as the server says, else 1.
        line_ends: Add a newline to each answer.
        output_prefix: Empty, or it ends in a slash.
        timeout_s, max_retries: Of a request that the server answers with 5xx, or not in time.
        started_at: When the job began (unix seconds).
    """

    job: str
    arn: str
    servers: Sequence[str]
    bucket: str
    prefix: str
    output_bucket: str
    output_prefix: str
    started_at: float
    data_type: str = "S3Prefix"
    share: int = 0
    shares: int = 1
    gunzip: bool = False
    split_type: str = "None"
    single: bool | None = None
    max_payload_mb: int | None = None
    max_concurrent: int | None = None
    content_type: str | None = None
    accept: str | None = None
    line_ends: bool = False
    timeout_s: float = 600.0
    max_retries: int = 3
    input_filter: str = "$"
    join: bool = False
    output_filter: str = "$"
    capture: Capture | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Batch:
        capture = Capture(**document["capture"]) if document.get("capture") else None
        return cls(**{**document, "capture": capture})
