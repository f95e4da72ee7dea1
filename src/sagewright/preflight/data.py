"""The data of channels, and the buckets that a job writes to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.local_data import local_path
from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.s3 import parse_s3_url
from sagewright.vocabulary.suggestions import nearest

_NO_BUCKET = frozenset({"NoSuchBucket", "404"})


def check(flight: Flight) -> Iterator[Finding]:
    """Find channels without data, and buckets that there are not. What nobody may look at is passed over."""
    for name, channel in flight.channels.items():
        source = channel.get("DataSource", {}).get("S3DataSource", {})
        uri = source.get("S3Uri")
        if isinstance(uri, str):
            yield from _channel(flight.session, name, uri)
    for where, uri in _outputs(flight.request):
        if isinstance(uri, str) and uri.startswith("s3://"):
            yield from _bucket(flight.session, where, *parse_s3_url(uri))


def _channel(session: Any, name: str, uri: str) -> Iterator[Finding]:
    where, path = f"channel `{name}`", local_path(uri)
    if path is not None:
        if os.path.isdir(path) and not any(files for _, _, files in os.walk(path)):
            yield Finding(where, f"the folder `{path}` holds no files.")
    elif uri.startswith("s3://"):
        yield from _prefix(session, where, *parse_s3_url(uri))


def _prefix(session: Any, where: str, bucket: str, prefix: str) -> Iterator[Finding]:
    found, error = _asked(session, "list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
    if error in _NO_BUCKET:
        yield _no_bucket(session, where, bucket, prefix)
    elif not error and not found.get("Contents"):
        near = _near_prefix(session, bucket, prefix)
        yield Finding(where, f"there is nothing at `s3://{bucket}/{prefix}`.", did_you_mean(near))


def _near_prefix(session: Any, bucket: str, prefix: str) -> str | None:
    """Return what is there in place of the first part of a key that is not there."""
    parts = prefix.strip("/").split("/")
    for depth in range(len(parts)):
        above = "".join(f"{part}/" for part in parts[:depth])
        found, _ = _asked(session, "list_objects_v2", Bucket=bucket, Prefix=above, Delimiter="/", MaxKeys=1000)
        here = [item["Prefix"][len(above) :].strip("/") for item in found.get("CommonPrefixes", ())]
        here += [item["Key"][len(above) :] for item in found.get("Contents", ())]
        if parts[depth] not in here:
            near = nearest(parts[depth], here)
            below = "/".join(parts[depth + 1 :])
            return None if near is None else f"s3://{bucket}/{above}{near}{'/' if below else ''}{below}"
    return None


def _outputs(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "`output_path`", request.get("OutputDataConfig", {}).get("S3OutputPath")
    yield "`checkpoint_s3_uri`", request.get("CheckpointConfig", {}).get("S3Uri")


def _bucket(session: Any, where: str, bucket: str, key: str) -> Iterator[Finding]:
    is_there = bucket == session.__dict__.get("_default_bucket")
    if not is_there and _asked(session, "head_bucket", Bucket=bucket)[1] in _NO_BUCKET:
        yield _no_bucket(session, where, bucket, key)


def _no_bucket(session: Any, where: str, bucket: str, key: str) -> Finding:
    buckets = [item["Name"] for item in _asked(session, "list_buckets")[0].get("Buckets", ())]
    near = nearest(bucket, buckets)
    return Finding(where, f"there is no bucket `{bucket}`.", did_you_mean(near and f"s3://{near}/{key}"))


def _asked(session: Any, operation: str, **arguments: Any) -> tuple[Mapping[str, Any], str]:
    """Return S3's answer and the code of its error, one of which is empty."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return getattr(session.s3_client, operation)(**arguments), ""
    except ClientError as error:
        return {}, error.response["Error"]["Code"]
    except BotoCoreError as error:  # no credentials, no network: the job's own request will say so
        return {}, type(error).__name__
