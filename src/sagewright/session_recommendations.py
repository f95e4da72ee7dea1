"""What a session can be asked of inference recommendations, which Amazon measures on its machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.following_kinds import RECOMMENDATIONS, follow_job, wait_for_job
from sagewright.requests.recommendations import container_config, recommendations_request
from sagewright.retrying import retries
from sagewright.sending import Sending

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

_TRIES = 30  # of ten seconds: the log of a job appears within five minutes


@suggests
class RecommendationCalls(Sending):
    """The part of `Session` that concerns inference recommendations: on the target `aws` only."""

    def create_inference_recommendations_job(
        self,
        role: str,
        sample_payload_url: str | None,
        supported_content_types: Sequence[str] | None,
        job_name: str | None = None,
        job_type: str = "Default",
        model_name: str | None = None,
        model_package_version_arn: str | None = None,
        job_duration_in_seconds: int | None = None,
        nearest_model_name: str | None = None,
        supported_instance_types: Sequence[str] | None = None,
        framework: str | None = None,
        framework_version: str | None = None,
        endpoint_configurations: Sequence[Document] | None = None,
        traffic_pattern: Document | None = None,
        stopping_conditions: Document | None = None,
        resource_limit: Document | None = None,
    ) -> str:
        """Start a job that measures a model on several types of instances; return its name.

        Args:
            sample_payload_url: The archive of sample requests in S3.
            job_type: `Default`, or `Advanced`, which takes `endpoint_configurations`, `traffic_pattern`,
                `stopping_conditions` and `resource_limit`.
            model_name, model_package_version_arn: One of them: what is measured.
            nearest_model_name: A known model that is like it.

        Raises:
            ValueError: There is not exactly one of `model_name` and `model_package_version_arn`.
        """
        if (model_name is None) == (model_package_version_arn is None):
            raise ValueError("Please provide either model_name or model_package_version_arn.")
        job_name = job_name or _new_name()
        request = recommendations_request(
            job_name,
            job_type,
            role,
            container_config(
                framework,
                sample_payload_url,
                supported_content_types,
                framework_version=framework_version,
                nearest_model_name=nearest_model_name,
                supported_instance_types=supported_instance_types,
            ),
            model_name=model_name,
            model_package_version_arn=model_package_version_arn,
            job_duration_s=job_duration_in_seconds,
            advanced_input={
                "ResourceLimit": resource_limit,
                "TrafficPattern": traffic_pattern,
                "EndpointConfigurations": endpoint_configurations,
            },
            stopping_conditions=stopping_conditions,
        )
        cast("Session", self)._announce()
        self._tell("Creating Inference Recommendations job with name: %s", job_name)
        self._send("create_inference_recommendations_job", request)
        return job_name

    def wait_for_inference_recommendations_job(
        self, job_name: str, poll: float = 120, log_level: str = "Verbose"
    ) -> Document:
        """Wait for a recommendations job's end; return its description, with the recommendations.

        Args:
            log_level: `Verbose` prints the job's log, `Quiet` a character for each look.

        Raises:
            ValueError: The level is none of these.
            UnexpectedStatusException: It has ended, and not well.
        """
        session = cast("Session", self)
        check_level(log_level)
        if log_level == "Verbose":
            follow_job(RECOMMENDATIONS, session, job_name, wait=True, poll=poll, streams=lambda _: 1)
        return dict(wait_for_job(RECOMMENDATIONS, session, job_name, poll))


def check_level(log_level: str | None) -> None:
    """Check how a job is to be followed.

    Raises:
        ValueError: It is none of the ways that there are.
    """
    if log_level not in ("Quiet", "Verbose"):
        raise ValueError("log_level must be either Quiet or Verbose")


def get_log_events_for_inference_recommender(cw_client: Any, log_group_name: str, log_stream_name: str) -> Document:
    """Return the first page of a log, which is waited for where there is none yet, for five minutes.

    Raises:
        Exception: It has not come.
    """
    from botocore.exceptions import ClientError

    print("Fetching logs from CloudWatch...", flush=True)  # noqa: T201
    for _ in retries(_TRIES, "Waiting for cloudwatch stream to appear. "):
        try:
            return dict(cw_client.get_log_events(logGroupName=log_group_name, logStreamName=log_stream_name))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
    raise AssertionError("`retries` raises at last")


def _new_name() -> str:
    import uuid

    return f"SMPYTHONSDK-{uuid.uuid4()}"
