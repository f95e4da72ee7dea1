"""What a session can be asked of transform jobs (`contract.md` 9.2)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.defaults import TRANSFORM_TAGS
from sagewright.config.tags import all_tags
from sagewright.config.values import resolved, with_attribute, with_nested
from sagewright.following_kinds import TRANSFORM, follow_job, wait_for_job
from sagewright.requests.transform import transform_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.inputs import BatchDataCaptureConfig
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class TransformCalls(Sending):
    """The part of `Session` that concerns transform jobs."""

    def transform(
        self,
        job_name: str,
        model_name: str,
        strategy: str | None,
        max_concurrent_transforms: int | None,
        max_payload: int | None,
        input_config: Document,
        output_config: Document,
        resource_config: Document,
        experiment_config: Document | None,
        env: Mapping[str, str] | None = None,
        tags: Tags = None,
        data_processing: Document | None = None,
        model_client_config: Document | None = None,
        batch_data_capture_config: BatchDataCaptureConfig | None = None,
    ) -> None:
        """Start a transform job of documents: each argument is a member of `CreateTransformJob`.

        Args:
            max_payload: MiB of one request; 0 sends objects in chunks, however large.
        """
        capture = with_attribute(
            batch_data_capture_config, None, "kms_key_id", self, paths.TRANSFORM_JOB_KMS_KEY_ID_PATH
        )
        request = transform_request(
            job_name,
            model_name,
            input_config,
            with_nested(output_config, ["KmsKeyId"], self, paths.TRANSFORM_OUTPUT_KMS_KEY_ID_PATH) or {},
            with_nested(resource_config, ["VolumeKmsKeyId"], self, paths.TRANSFORM_JOB_VOLUME_KMS_KEY_ID_PATH) or {},
            strategy=strategy,
            max_concurrent_transforms=max_concurrent_transforms,
            max_payload=max_payload,
            env=resolved(env, self, paths.TRANSFORM_JOB_ENVIRONMENT_PATH),
            tags=all_tags(format_tags(tags), self, TRANSFORM_TAGS),
            data_processing=data_processing,
            experiment_config=experiment_config,
            model_client_config=model_client_config,
            data_capture_config=None if capture is None else capture._to_request_dict(),
        )
        cast("Session", self)._announce()
        self._tell("Creating transform job with name: %s", job_name)
        self._send("create_transform_job", request)

    def describe_transform_job(self, job_name: str) -> Document:
        """Return `DescribeTransformJob`'s answer."""
        return dict(self.sagemaker_client.describe_transform_job(TransformJobName=job_name))

    def stop_transform_job(self, name: str) -> None:
        """Tell a job to stop; one that has ended already is none the worse for it."""
        from botocore.exceptions import ClientError

        logger.info("Stopping transform job: %s", name)
        try:
            self.sagemaker_client.stop_transform_job(TransformJobName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                logger.error("Error occurred while attempting to stop transform job: %s.", name)
                raise
            logger.info("Transform job: %s is already stopped or not running.", name)

    def logs_for_transform_job(self, job_name: str, wait: bool = False, poll: float = 10) -> None:
        """Print a transform job's log; with `wait` until it has ended.

        Args:
            poll: Seconds between two looks at most; short jobs are looked at more often.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        follow_job(TRANSFORM, cast("Session", self), job_name, wait=wait, poll=poll, streams=_streams)

    def wait_for_transform_job(self, job: str, poll: float = 5) -> Document:
        """Wait for a transform job's end, with a character for each look; return its description.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        return dict(wait_for_job(TRANSFORM, cast("Session", self), job, poll))


def _streams(description: Mapping[str, Any]) -> int:
    """Return how many streams a job's log will have: what each server says, and what is said of its objects."""
    return 2 * int(description["TransformResources"]["InstanceCount"])
