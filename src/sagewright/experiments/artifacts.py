"""Files and graphs of a run: in S3, and graphs in the lineage, too."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.experiments.records import already_exists

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

PREFIX = "trial-component-artifacts"


class Uploader:
    """Stores a run's files below its name.

    Args:
        bucket: None: the default bucket.
        prefix: Stands before the run's name in keys.
    """

    def __init__(self, session: Session, name: str, bucket: str | None, prefix: str | None) -> None:
        self._session, self._name, self._bucket = session, name, bucket
        self._prefix = PREFIX if prefix is None else prefix

    def upload_file(self, path: str, extra_args: Mapping[str, Any] | None) -> str:
        """Store a file; return its S3 URI.

        Raises:
            ValueError: It is none.
        """
        path = os.path.expanduser(path)
        if not os.path.isfile(path):
            raise ValueError(f"{path} does not exist or is not a file. Please supply a file path.")
        bucket, key = self._place(os.path.basename(path))
        self._session.s3_client.upload_file(
            path, bucket, key, ExtraArgs=None if extra_args is None else dict(extra_args)
        )
        return f"s3://{bucket}/{key}"

    def upload_json(self, name: str, value: Any) -> tuple[str, str | None]:
        """Store a value as JSON; return its S3 URI and ETag."""
        bucket, key = self._place(f"{name}.json")
        answer = self._session.s3_client.put_object(Bucket=bucket, Key=key, Body=json.dumps(value).encode())
        return f"s3://{bucket}/{key}", answer.get("ETag")

    def _place(self, name: str) -> tuple[str, str]:
        own = self._session.default_bucket_prefix if self._bucket is None else None
        bucket = self._bucket or self._session.default_bucket()
        return bucket, "/".join(part for part in (own, self._prefix, self._name, name) if part)


class Graphs:
    """Graphs of a run, which are told to the lineage when it ends."""

    def __init__(self, session: Session, component_arn: str) -> None:
        self._session, self._component = session, component_arn
        self._waiting: list[tuple[str, str, str | None, str, bool]] = []

    def add(self, name: str, uri: str, etag: str | None, kind: str, *, is_output: bool) -> None:
        """Take a graph that was stored."""
        self._waiting.append((name, uri, etag, kind, is_output))

    def save(self) -> None:
        """Tell the lineage of all graphs."""
        for graph in self._waiting:
            self._save(*graph)
        self._waiting = []

    def _save(self, name: str, uri: str, etag: str | None, kind: str, is_output: bool) -> None:
        from botocore.exceptions import ClientError

        client, source = self._session.sagemaker_client, {"SourceUri": uri}
        types = [{"SourceIdType": "S3ETag", "Value": etag}] if etag else []
        try:
            answer = client.create_artifact(
                ArtifactName=name, ArtifactType=kind, Source={**source, "SourceTypes": types}
            )
            ends = [self._component, answer["ArtifactArn"]]
            origin, target = ends if is_output else ends[::-1]
            how = "Produced" if is_output else "ContributedTo"
            client.add_association(SourceArn=origin, DestinationArn=target, AssociationType=how)
        except ClientError as error:
            if not already_exists(error):
                raise
            logger.warning("`%s` is in the lineage already: %s", name, error.response["Error"]["Message"])
