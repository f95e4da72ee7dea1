"""Bringing a pipeline's definition to the service, and starting it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from sagewright.config.values import with_tags
from sagewright.s3 import s3_path_join
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_INLINE_BYTES = 100 * 1024
_ATTEMPTS = 8

# Where SageMaker has experiments; there will be no more regions.
_EXPERIMENTS = frozenset(
    [
        "af-south-1",
        "ap-east-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ca-central-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-south-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ]
)


def experiments_are_in(region: str) -> bool:
    """Tell whether a region has experiments."""
    return region in _EXPERIMENTS


def definition_members(session: Session, name: str, definition: str) -> Document:
    """Return the members of a request that hold a definition; one that is long goes to S3."""
    if len(definition.encode()) < _INLINE_BYTES:
        return {"PipelineDefinition": definition}
    bucket, key = session.default_bucket(), s3_path_join(session.default_bucket_prefix or "", name)
    session.upload_string_as_file_body(definition, bucket, key)
    return {"PipelineDefinitionS3Location": {"Bucket": bucket, "ObjectKey": key}}


def tags_of(session: Session, given: Tags) -> list[Document] | None:
    """Return a pipeline's tags: those given, and the configuration's that have another key."""
    return with_tags(format_tags(given), session, "SageMaker.Pipeline.Tags")


def is_taken(error: ClientError) -> bool:
    """Tell whether an error says that there is a pipeline of the name."""
    details = error.response["Error"]
    return details["Code"] == "ValidationException" and "already exists" in details["Message"]


def add_tags(session: Session, arn: str, tags: list[Document] | list[dict[str, str]]) -> None:
    """Give a pipeline that is there tags, beside those that it has."""
    client, own = session.sagemaker_client, {tag["Key"] for tag in tags}
    there = [tag for tag in client.list_tags(ResourceArn=arn)["Tags"] if tag["Key"] not in own]
    client.add_tags(ResourceArn=arn, Tags=[*tags, *there])


def started(session: Session, request: Document) -> str:
    """Start a run; return its ARN. A tag that allows it may take a minute to be known."""
    from botocore.exceptions import ClientError

    for attempt in range(_ATTEMPTS):
        try:
            return str(session.sagemaker_client.start_pipeline_execution(**request)["PipelineExecutionArn"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDeniedException" or attempt == _ATTEMPTS - 1:
                raise
            logger.error("Retrying in attempt %s, due to %s", attempt + 1, error)
            time.sleep(2**attempt)
    raise AssertionError("unreachable")
