"""What a session can be asked of processing jobs (`contract.md` 3.1, 9.11)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.config.values import filled, filled_each, resolved, with_nested, with_tags
from sagewright.following_kinds import PROCESSING, follow_job, wait_for_job
from sagewright.requests.processing import processing_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

JOB = "SageMaker.ProcessingJob"  # where a config file has its defaults
ENCRYPTION = "EnableInterContainerTrafficEncryption"
SOURCES = (  # of which an input has one
    ("DatasetDefinition", "S3Input"),
    ("DatasetDefinition.AthenaDatasetDefinition", "DatasetDefinition.RedshiftDatasetDefinition"),
)


@suggests
class ProcessingCalls(Sending):
    """The part of `Session` that concerns processing jobs."""

    def process(
        self,
        inputs: Sequence[Document] | None,
        output_config: Document,
        job_name: str,
        resources: Document,
        stopping_condition: Document | None,
        app_specification: Document,
        environment: Mapping[str, str] | None = None,
        network_config: Document | None = None,
        role_arn: str | None = None,
        tags: Tags = None,
        experiment_config: Document | None = None,
    ) -> None:
        """Start a processing job of documents: each argument is a member of `CreateProcessingJob`."""
        network = with_nested(network_config, [ENCRYPTION], self, f"{JOB}.NetworkConfig.{ENCRYPTION}")
        request = processing_request(
            job_name,
            filled(resources, self, f"{JOB}.ProcessingResources") or resources,
            app_specification,
            resolved(role_arn, self, f"{JOB}.RoleArn"),
            inputs=filled_each(inputs, self, f"{JOB}.ProcessingInputs", either=SOURCES),
            output=filled(output_config, self, f"{JOB}.ProcessingOutputConfig"),
            environment=resolved(environment, self, f"{JOB}.Environment"),
            network=filled(network, self, f"{JOB}.NetworkConfig"),
            stopping=stopping_condition,
            tags=with_tags(format_tags(tags), self, f"{JOB}.Tags"),
            experiment_config=experiment_config,
        )
        cast("Session", self)._announce()
        self._tell("Creating processing-job with name %s", job_name)
        self._send("create_processing_job", request)

    def describe_processing_job(self, job_name: str) -> Document:
        """Return `DescribeProcessingJob`'s answer."""
        return dict(self.sagemaker_client.describe_processing_job(ProcessingJobName=job_name))

    def stop_processing_job(self, job_name: str) -> None:
        """Tell a job to stop."""
        self.sagemaker_client.stop_processing_job(ProcessingJobName=job_name)

    def logs_for_processing_job(self, job_name: str, wait: bool = False, poll: float = 10) -> None:
        """Print a processing job's log; with `wait` until it has ended.

        Args:
            poll: Seconds between two looks at most; short jobs are looked at more often.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        follow_job(PROCESSING, cast("Session", self), job_name, wait=wait, poll=poll, streams=_streams)

    def wait_for_processing_job(self, job: str, poll: float = 5) -> Document:
        """Wait for a processing job's end, with a character for each look; return its description.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        return dict(wait_for_job(PROCESSING, cast("Session", self), job, poll))

    def was_processing_job_successful(self, job_name: str) -> bool:
        """Tell whether a job has completed."""
        return bool(self.describe_processing_job(job_name)["ProcessingJobStatus"] == "Completed")


def _streams(description: Mapping[str, Any]) -> int:
    return int(description["ProcessingResources"]["ClusterConfig"]["InstanceCount"])
